import { objectsIn, specified, textAt } from '../fields.ts';
import type { Change } from './change.ts';
import { type Gained, serviceAccount } from './service-account.ts';

/** `serviceAccountName`, `serviceAccount`, `driverServiceAccount`, `serviceAccountRef`: a text, or an object with a name. */
const ACCOUNT_FIELD = /serviceAccount(?:Name|Ref)?$/i;
/** Names that a service account can have (RFC 1123 subdomain); a custom resource may mean something else by the field. */
const ACCOUNT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Service accounts that a workload would run as and did not before, `default` apart: wherever the object names one, in
 * a pod template or in a custom resource that makes pods.
 */
export function gainedByPod({ namespace, before, after }: Change): Gained[] {
  const had = accountsIn(before);
  return [...accountsIn(after)]
    .filter((name) => name !== 'default' && !had.has(name))
    .map((name) => serviceAccount('pod', namespace, name, ', as which its pods would run'));
}

function accountsIn(object: unknown): Set<string> {
  const names = new Set<string>();
  for (const fields of objectsIn(specified(object))) {
    for (const [field, value] of Object.entries(fields)) {
      if (!ACCOUNT_FIELD.test(field)) continue;
      const name = typeof value === 'string' ? value : textAt(value, 'name');
      if (ACCOUNT_NAME.test(name)) names.add(name);
    }
  }
  return names;
}
