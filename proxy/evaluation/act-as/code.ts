import type { Change } from './change.ts';
import { waysToHost } from './node.ts';
import { anyone, type Gained, serviceAccount } from './service-account.ts';
import { changedPrograms } from './what-runs.ts';
import { accountsIn, holdsToken } from './workload.ts';

/** Controllers make pods by it with the account that their workload names, whatever it names itself. */
const REVISIONS = 'controllerrevisions';

/**
 * Whom a workload that is there acts as already, and whose program the write would choose: as if its sender got into its
 * pods. What it would act as for the first time is gained by other roads.
 * @param change `after` null where it could not be rehearsed: then everything may be different.
 */
export function gainedByCode({ namespace, resource, before, after }: Change): Gained[] {
  const changed = after === null ? ['whatever it says'] : changedPrograms(before, after);
  const runs = changed.length === 0 ? null : changed.join(', ');
  if (resource === REVISIONS) {
    return runs === null ? [] : [anyone('exec', 'the account of the workload that takes up this revision')];
  }
  const then = after ?? before;
  const isTokenNew = holdsToken(then) && !holdsToken(before);
  if (before === null || (runs === null && !isTokenNew)) return [];
  const kept = accountsIn(then);
  const accounts = holdsToken(then) ? [...accountsIn(before)].filter((name) => kept.has(name)) : [];
  const how = runs === null ? ', whose token its pods would get' : `, as which what is changed would run (${runs})`;
  const ways = waysToHost(then, resource);
  const held = runs === null ? [] : [...waysToHost(before, resource)].filter((way) => ways.has(way));
  return [
    ...accounts.map((name) => serviceAccount('exec', namespace, name, how)),
    ...(held.length === 0
      ? []
      : [anyone('exec', `root on the node that runs what is changed (${runs}; ${held.join(', ')})`)]),
  ];
}
