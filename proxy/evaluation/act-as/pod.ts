import type { Change } from './change.ts';
import { type Gained, serviceAccount } from './service-account.ts';
import { accountsIn } from './workload.ts';

/**
 * Service accounts that a workload would run as and did not before: wherever the object names one, in a pod template or
 * in a custom resource that makes pods, and `default` for pods that name none.
 */
export function gainedByPod({ namespace, before, after }: Change): Gained[] {
  const had = accountsIn(before);
  return [...accountsIn(after)]
    .filter((name) => !had.has(name))
    .map((name) => serviceAccount('pod', namespace, name, ', as which its pods would run'));
}
