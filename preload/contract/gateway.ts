import { z } from 'zod';
import { byHand, call, event, type Problem } from './call.ts';

export interface GatewayStatus {
  readonly state: 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';
  /** `https://127.0.0.1:<port>` while running. */
  readonly url: string | null;
  readonly restarts: number;
  readonly problem: Problem | null;
  /** The journal cannot be written, the keystore has no safe backend, … */
  readonly notices: readonly string[];
}

export const gatewayCalls = {
  'gateway.status': call<GatewayStatus>()(z.void()),
  'gateway.restart': byHand<void>()(z.void()),
} as const;

export const gatewayEvents = {
  'gateway.changed': event<GatewayStatus>(['gatehouse', 'approvals', 'secret']),
} as const;
