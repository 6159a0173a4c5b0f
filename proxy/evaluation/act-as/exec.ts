import { at, listAt, textAt } from '../fields.ts';
import { anyone, type Gained, serviceAccount } from './service-account.ts';

/**
 * The service account that whoever gets into a pod acts as; `default` too, because it may have been given rights.
 * @param pod null where it could not be read.
 */
export function gainedByExec(namespace: string, name: string, pod: unknown): Gained[] {
  if (pod === null) return [anyone('exec', `the service account of pod ${name}, which could not be read`)];
  if (!holdsToken(pod)) return [];
  const account = textAt(pod, 'spec', 'serviceAccountName') || 'default';
  return [serviceAccount('exec', namespace, account, `, as which pod ${name} runs`)];
}

/** The token is there unless the pod says that it should not be, and mounts none by itself. */
function holdsToken(pod: unknown): boolean {
  if (at(pod, 'spec', 'automountServiceAccountToken') !== false) return true;
  return listAt(pod, 'spec', 'volumes').some((volume) =>
    listAt(volume, 'projected', 'sources').some((source) => at(source, 'serviceAccountToken') !== undefined),
  );
}
