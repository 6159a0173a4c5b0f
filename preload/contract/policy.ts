import { z } from 'zod';
import type { PolicyState } from '../../model/policy-state.ts';
import { call, event } from './call.ts';

export const policyCalls = {
  'policy.state': call<PolicyState>()(z.void()),
} as const;

export const policyEvents = {
  'policy.changed': event<PolicyState>(),
} as const;
