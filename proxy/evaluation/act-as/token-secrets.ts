import type { Road } from '../../../model/gained-identity.ts';
import type { Sight } from '../look/sight.ts';
import { isBootstrapName } from './bootstrap-token.ts';
import type { Change } from './change.ts';
import { anyone, type Gained, serviceAccount } from './service-account.ts';
import { changedPrograms } from './what-runs.ts';
import { secretsIn } from './workload.ts';

/** `ci-token-x7k2p`: how the token controller named what it made by itself, up to Kubernetes 1.23. */
const MADE_BY_CONTROLLER = /^(.+)-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** Identities whose tokens are in Secrets that a workload would take into its pods, and did not before. */
export function gainedByTakenSecrets({ namespace, before, after }: Change, { tokensIn }: Sight): Promise<Gained[]> {
  const had = secretsIn(before);
  return heldIn(
    'pod',
    namespace,
    [...secretsIn(after)].filter((name) => !had.has(name)),
    tokensIn,
  );
}

/** Identities whose tokens are in Secrets of a pod that is there, for whoever gets into it. */
export function gainedBySecretsOf(namespace: string, pod: unknown, { tokensIn }: Sight): Promise<Gained[]> {
  return heldIn('exec', namespace, [...secretsIn(pod)], tokensIn);
}

/** The same for whoever chooses what runs in a workload that has them. */
export function gainedByCodeBesideSecrets(
  { namespace, before, after }: Change,
  { tokensIn }: Sight,
): Promise<Gained[]> {
  if (after !== null && changedPrograms(before, after).length === 0) return Promise.resolve([]);
  const has = secretsIn(after ?? before);
  return heldIn(
    'exec',
    namespace,
    [...secretsIn(before)].filter((name) => has.has(name)),
    tokensIn,
  );
}

async function heldIn(
  road: Road,
  namespace: string,
  names: readonly string[],
  tokensIn: Sight['tokensIn'],
): Promise<Gained[]> {
  if (names.length === 0 || namespace === '') return [];
  const others = names.filter((name) => !isBootstrapName(namespace, name));
  const tokens = others.length === 0 ? null : await tokensIn(namespace, others);
  return names.flatMap((name) => {
    if (isBootstrapName(namespace, name))
      return anyone(road, `whoever signs in by the bootstrap token in the Secret ${name}`);
    const token = tokens?.get(name) ?? 'none';
    if (token === 'none') return [];
    if (token === 'no-answer')
      return anyone(road, `whomever the token in the Secret ${name} is for, which could not be read`);
    // Whoever may not read Secrets puts them into pods all day: only a name that says what it is counts.
    const account = token === 'forbidden' ? (MADE_BY_CONTROLLER.exec(name)?.[1] ?? '') : token.account;
    return account === '' ? [] : serviceAccount(road, namespace, account, `, whose token is in the Secret ${name}`);
  });
}
