import { z } from 'zod';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { PolicyUpgrade, PolicyUpgraded } from '../../model/policy-upgrade.ts';
import { byHand, call, event } from './call.ts';

export const policyCalls = {
  'policy.state': call<PolicyState>()(z.void()),
  /** The change of the policy folder that waits for the person, rule by rule; an event of the policy makes it old. */
  'policy.waiting': call<WaitingChange | null>()(z.void(), ['gatehouse', 'policy']),
  /** Opens the window in which the person confirms it: the page itself cannot. */
  'policy.review': byHand<void>()(z.void()),
  /** Puts the change that was shown into force. For that window alone. */
  'policy.accept': byHand<PolicyState>()(z.string().regex(/^[0-9a-f]{64}$/), ['policy']),
  /** The policy folder beside the built-in policy of this version; an event of the policy makes it old. */
  'policy.upgrade': call<PolicyUpgrade>()(z.void()),
  /**
   * Writes rules and sets of the built-in policy into the folder. The page names those that it showed and the folder that
   * it showed them of, and can have nothing written but built-in texts, over nothing that a person changed; main asks the
   * person in a dialog of the system's. Null after a no.
   */
  'policy.takeOver': byHand<PolicyUpgraded | null>()(
    z.object({
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      parts: z
        .array(z.string().regex(/^[a-z0-9-]{1,63}\/\$?[A-Za-z0-9_-]{1,200}$/))
        .min(1)
        .max(1000),
    }),
  ),
} as const;

export const policyEvents = {
  'policy.changed': event<PolicyState>(['gatehouse', 'policy']),
} as const;
