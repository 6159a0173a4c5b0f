import { at, listAt, textAt } from '../fields.ts';
import { aggregatedBy, isUnfilled } from '../rights/aggregation.ts';
import { heldRights } from '../rights/held-rights.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** Roles of the cluster itself that lead further, where they could not be read: every one but those that only look. */
const HARMLESS_ROLE = /^(?:view|system:(?:basic-user|discovery|public-info-viewer|.*:?view(?:er)?))$/;
const BUILT_IN_ROLE = /^(?:cluster-admin|admin|edit|view|system:.*)$/;
const WIDE_GROUP = /^system:(?:masters|authenticated|unauthenticated|serviceaccounts(?::.*)?|nodes)$/;
/** Labels by which the cluster's own roles take in others. */
const BUILT_IN_LABEL = 'rbac.authorization.k8s.io/aggregate-to-';

/** Rights that let their holder act as others, which a role or a binding would give and did not before. */
export function gainedByRights(change: Change): Gained[] {
  return change.resource.endsWith('bindings') ? gainedByBinding(change) : gainedByRole(change);
}

function gainedByRole(change: Change): Gained[] {
  const had = new Set(dangersOfRole(change.before, change));
  const dangers = dangersOfRole(change.after, change).filter((danger) => !had.has(danger));
  if (dangers.length === 0) return [];
  const name = textAt(change.after, 'metadata', 'name');
  return [anyone('rbac', `others, for whoever holds the role ${name} (${dangers.join(', ')})`)];
}

/** What whoever holds a role may do with it that leads further, in words; nobody says yet where it will be bound. */
function dangersOfRole(role: unknown, { resource, namespace, aggregators }: Change): string[] {
  const rights = dangersIn(role, namespace);
  const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors');
  const takesIn = selectors.length === 0 ? [] : [`rights of other roles, by ${JSON.stringify(selectors)}`];
  const leads = rights.length > 0 || takesIn.length > 0;
  const holders = resource === 'clusterroles' && leads ? holdersOf(role, aggregators ?? null) : [];
  return [...rights, ...takesIn, ...holders];
}

function dangersIn(role: unknown, namespace: string): string[] {
  return heldRights(role, namespace).map(({ says, names }) =>
    names === null ? says : `${says} (only ${names.join(', ')})`,
  );
}

/** Who gets the rights of a ClusterRole beside those whom it is bound to: the holders of the roles that take it in. */
function holdersOf(role: unknown, aggregators: readonly unknown[] | null): string[] {
  if (aggregators !== null) return aggregatedBy(aggregators, role).map((name) => `aggregated to ${name}`);
  const labels = Object.entries(at(role, 'metadata', 'labels') ?? {});
  const isOwn = ([label]: readonly [string, unknown]): boolean => label.startsWith(BUILT_IN_LABEL);
  const others = labels.filter((label) => !isOwn(label)).map(([label, value]) => `${label}=${String(value)}`);
  return [
    ...labels.filter(isOwn).map(([label]) => `aggregated to ${label.slice(BUILT_IN_LABEL.length)}`),
    ...(others.length === 0 ? [] : [`aggregated to any role that selects ${others.join(', ')}`]),
  ];
}

/** A binding gives its subjects what the role holds; where it could not be read, its name says. */
function gainedByBinding({ namespace, before, after, role: bound }: Change): Gained[] {
  const role = textAt(after, 'roleRef', 'name');
  const sameRole = role === textAt(before, 'roleRef', 'name');
  const had = new Set(sameRole ? subjectsOf(before) : []);
  const subjects = subjectsOf(after).filter((subject) => !had.has(subject));
  if (subjects.length === 0) return [];
  const wide = subjects.filter((subject) => subject.startsWith('group ') && WIDE_GROUP.test(subject.slice(6)));
  // A Role may be called as one of the cluster's own is, and hold anything.
  const isBuiltIn = textAt(after, 'roleRef', 'kind') === 'ClusterRole' && BUILT_IN_ROLE.test(role);
  const isRead = bound !== null && bound !== undefined;
  const dangers = isRead ? dangersIn(bound, namespace) : isBuiltIn ? [] : ['which could not be read'];
  if (isRead && isUnfilled(bound)) dangers.push('whose rights are those of others');
  const leads = isRead || !isBuiltIn ? dangers.length > 0 : !HARMLESS_ROLE.test(role);
  if (!leads && wide.length === 0) return [];
  const rights = dangers.length === 0 ? role : `${role} (${dangers.join(', ')})`;
  // Whoever holds cluster-admin in the whole cluster is what system:masters is.
  return [
    {
      road: 'rbac',
      user: '',
      groups: isBuiltIn && role === 'cluster-admin' ? ['system:masters'] : [],
      anyone: !leads || !(isRead || isBuiltIn),
      account: null,
      says: `the role ${rights}, for ${subjects.join(', ')}`,
    },
  ];
}

function subjectsOf(binding: unknown): string[] {
  return listAt(binding, 'subjects').map((subject) => {
    const namespace = textAt(subject, 'namespace');
    const name = textAt(subject, 'name');
    const kind = textAt(subject, 'kind');
    if (kind === 'ServiceAccount') return `service account ${namespace}:${name}`;
    return `${kind === 'Group' ? 'group' : 'user'} ${name}`;
  });
}
