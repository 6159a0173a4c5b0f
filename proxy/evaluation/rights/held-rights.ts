import { listAt, textsAt } from '../fields.ts';
import type { LeadingRight } from './leading-right.ts';
import { LEADING_RIGHTS } from './leading-rights.ts';

/** A right that leads further, and how far it goes. */
export interface HeldRight {
  /** `reads secrets`. */
  readonly says: string;
  /** The names that it is restricted to, sorted; null where it is not. */
  readonly names: readonly string[] | null;
}

/** What a rule without limits gives; nothing is said beside it. */
export const EVERYTHING = 'may do everything';
const ALL = '*';

/**
 * The rights of a role that lead further, in the order of the table, each once.
 * @param role a Role or ClusterRole; null where there is none.
 * @param namespace where it is bound; empty for the whole cluster.
 * @param isToken whether a Secret that it names holds a token; where that is not known, it may.
 */
export function heldRights(
  role: unknown,
  namespace: string,
  isToken: (secret: string) => boolean = () => true,
): HeldRight[] {
  return heldIn(listAt(role, 'rules'), (right) => countsIn(right, namespace), isToken);
}

/**
 * The same of rules as the API server tells them to their holder (SelfSubjectRulesReview): those for a namespace, and
 * among them, not told apart, those for the whole cluster.
 */
export function toldRights(
  rules: readonly unknown[],
  namespace: string,
  isToken: (secret: string) => boolean,
): HeldRight[] {
  return heldIn(rules, ({ namespace: only }) => only === undefined || only === namespace, isToken);
}

function heldIn(
  rules: readonly unknown[],
  counts: (right: LeadingRight) => boolean,
  isToken: (secret: string) => boolean,
): HeldRight[] {
  if (rules.some(isUnlimited)) return [{ says: EVERYTHING, names: null }];
  const held = new Map<string, readonly string[] | null>();
  for (const right of LEADING_RIGHTS) {
    if (!counts(right)) continue;
    for (const rule of rules) {
      if (!grants(rule, right)) continue;
      const names = textsAt(rule, 'resourceNames');
      if (names.length > 0 && !countsFor(right, names, isToken)) continue;
      const known = held.get(right.says);
      const isWhole = names.length === 0 || known === null;
      held.set(right.says, isWhole ? null : [...new Set([...(known ?? []), ...names])].toSorted());
    }
  }
  return [...held].map(([says, names]) => ({ says, names }));
}

/** The Secrets that rules give by their names, each once. */
export function secretsNamed(rules: readonly unknown[]): string[] {
  const byName = LEADING_RIGHTS.filter(({ names }) => names === 'tokens');
  const giving = rules.filter((rule) => byName.some((right) => grants(rule, right)));
  return [...new Set(giving.flatMap((rule) => textsAt(rule, 'resourceNames')))];
}

/**
 * Whether a rule gives some verb on some resource of a right, as kubernetes `pkg/apis/rbac/v1/evaluation_helpers.go` has
 * it: `*` is every resource and subresource, `*\/exec` that subresource of each, and `pods/*` nothing at all.
 */
function grants(rule: unknown, right: LeadingRight): boolean {
  const verbs = textsAt(rule, 'verbs');
  const groups = textsAt(rule, 'apiGroups');
  const resources = textsAt(rule, 'resources');
  return (
    right.verbs.some((wanted) => verbs.some((given) => isVerb(given, wanted, right))) &&
    (groups.includes(ALL) || (right.group === ALL ? groups.length > 0 : groups.includes(right.group))) &&
    right.resources.some((wanted) => resources.some((given) => isResource(given, wanted, isNamed(groups, right))))
  );
}

/** False for a rule about `*\/scale` or the like of any group, which means no kind of a group whose every kind counts. */
function isNamed(groups: readonly string[], { group }: LeadingRight): boolean {
  return group === ALL || groups.includes(group);
}

function isUnlimited(rule: unknown): boolean {
  const isAll = (field: string): boolean => textsAt(rule, field).includes(ALL);
  return isAll('verbs') && isAll('apiGroups') && isAll('resources') && textsAt(rule, 'resourceNames').length === 0;
}

/** `*` on a kind of one's own has the verbs in it that are for any kind, and leads nowhere by them. */
function isVerb(given: string, wanted: string, { group }: LeadingRight): boolean {
  return given === ALL ? group !== ALL : matches(given, wanted);
}

function isResource(given: string, wanted: string, isGroupNamed: boolean): boolean {
  if (given === ALL || given === wanted) return true;
  if (wanted === ALL) return isGroupNamed;
  const subresource = wanted.split('/', 2)[1];
  return subresource !== undefined && given === `*/${subresource}`;
}

function countsIn({ clusterWide, namespace: only }: LeadingRight, namespace: string): boolean {
  if (namespace === '') return true;
  return clusterWide !== true && (only === undefined || only === namespace);
}

function countsFor({ names }: LeadingRight, given: readonly string[], isToken: (secret: string) => boolean): boolean {
  if (names === 'tokens') return given.some(isToken);
  return names === undefined || given.some((name) => names.some((pattern) => matches(name, pattern)));
}

/** A text, or with `*` at its end all that begin so. */
function matches(text: string, pattern: string): boolean {
  return pattern.endsWith(ALL) ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
