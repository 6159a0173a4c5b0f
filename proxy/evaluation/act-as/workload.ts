import { at, type Fields, listAt, objectsIn, specified, textAt } from '../fields.ts';

/** `serviceAccountName`, `serviceAccount`, `driverServiceAccount`, `serviceAccountRef`: a text, or an object with a name. */
const ACCOUNT_FIELD = /serviceAccount(?:Name|Ref)?$/i;
/** Names that a service account can have (RFC 1123 subdomain); a custom resource may mean something else by the field. */
export const ACCOUNT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Every specification of a pod inside an object, known by its list of containers: of a pod, of a template of whatever
 * kind, of a custom resource that makes pods.
 */
function podSpecsIn(object: unknown): Fields[] {
  return [...objectsIn(specified(object))].filter((fields) => Array.isArray(fields['containers']));
}

/**
 * Service accounts as which a workload runs: those that it names, and `default` for pods that name none. Labels and
 * annotations of a template name nobody: one that was there before would hide whom it names later.
 */
export function accountsIn(object: unknown): Set<string> {
  const names = new Set<string>();
  for (const fields of objectsIn(specified(object), 'metadata')) {
    for (const [field, value] of Object.entries(fields)) {
      if (!ACCOUNT_FIELD.test(field)) continue;
      const name = typeof value === 'string' ? value : textAt(value, 'name');
      if (ACCOUNT_NAME.test(name)) names.add(name);
    }
  }
  for (const spec of podSpecsIn(object)) {
    if (textAt(spec, 'serviceAccountName') === '' && textAt(spec, 'serviceAccount') === '') names.add('default');
  }
  return names;
}

/** False where the pods of a workload say that the account's token should not be there, and mount none by themselves. */
export function holdsToken(object: unknown): boolean {
  const specs = podSpecsIn(object);
  return (specs.length === 0 ? [at(object, 'spec')] : specs).some(
    (spec) => at(spec, 'automountServiceAccountToken') !== false || listAt(spec, 'volumes').some(bringsIdentity),
  );
}

/** A token of the pod's own account, or a certificate in its name (KEP-4317). */
function bringsIdentity(volume: unknown): boolean {
  return listAt(volume, 'projected', 'sources').some(
    (source) => at(source, 'serviceAccountToken') !== undefined || at(source, 'podCertificate') !== undefined,
  );
}

/** Names of the Secrets that get into a workload's pods: by a volume, a projection, a variable, or all their keys. */
export function secretsIn(object: unknown): Set<string> {
  const names = new Set<string>();
  for (const fields of objectsIn(specified(object))) {
    names
      .add(textAt(fields, 'secret', 'secretName'))
      .add(textAt(fields, 'secret', 'name'))
      .add(textAt(fields, 'secretKeyRef', 'name'))
      .add(textAt(fields, 'secretRef', 'name'));
  }
  names.delete('');
  return names;
}
