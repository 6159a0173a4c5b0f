import type { PolicyValue } from './policy-upgrade.ts';

/** Whether a part, as it would be, lets more through than before. `either` also where that cannot be told from the text. */
export type Reach = 'opens' | 'closes' | 'either' | 'same';

/** One thing in which two rules or sets differ. */
export interface Difference {
  /** The keys that lead there: `match.verbs`, `effect`, `users`. */
  readonly path: string;
  /** Entries of a list that only the new one has, or its value. */
  readonly added: readonly string[];
  /** Entries of a list that only the old one has, or its value. */
  readonly removed: readonly string[];
  /** The key is in one of the two alone. */
  readonly only: 'before' | 'after' | null;
  readonly list: boolean;
}

/** In what a rule or a set differs from another, key by key; the order of lists means nothing. */
export function differences(before: PolicyValue, after: PolicyValue, path = ''): Difference[] {
  if (isBlock(before) && isBlock(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => {
      const inner = path === '' ? key : `${path}.${key}`;
      const [left, right] = [before[key], after[key]];
      if (left === undefined) return right === undefined ? [] : only('after', right, inner);
      return right === undefined ? only('before', left, inner) : differences(left, right, inner);
    });
  }
  const [left, right] = [entries(before), entries(after)];
  const added = right.filter((entry) => !left.includes(entry));
  const removed = left.filter((entry) => !right.includes(entry));
  if (added.length === 0 && removed.length === 0) return [];
  return [{ path, added, removed, only: null, list: Array.isArray(before) || Array.isArray(after) }];
}

/**
 * What taking over a rule does to who may do what, as far as its text tells: a rule that denies and matches more closes.
 * What cannot be told is `either`; nothing that opens is called anything else than `opens` or `either`.
 */
export function ruleReach(before: PolicyValue, after: PolicyValue): Reach {
  const [left, right] = [isBlock(before) ? before : null, isBlock(after) ? after : null];
  const effect = (right ?? left)?.['effect'];
  if (left !== null && right !== null) {
    const found = differences(left, right).filter(({ path }) => path !== 'message');
    if (found.length === 0) return 'same';
    if (found.some(({ path }) => !path.startsWith('match.'))) return 'either';
    return reachOf(effect, matchesMore(left['match'], right['match'], found));
  }
  // What is masked, recorded or bounded only takes away.
  const obligations = (right ?? left)?.['obligations'] ?? null;
  if (effect === 'none' && isBlock(obligations) && !('warnings' in obligations)) {
    return right === null ? 'opens' : 'closes';
  }
  return reachOf(effect, right !== null);
}

/** A rule that asks is `either`: what it names was denied before, or was allowed. */
function reachOf(effect: PolicyValue | undefined, more: boolean | null): Reach {
  if (more === null || (effect !== 'deny' && effect !== 'allow')) return 'either';
  return (effect === 'allow') === more ? 'opens' : 'closes';
}

/** The dimensions in which one entry more is one request more, whatever else the rule says. */
const PLAIN = ['match.verbs', 'match.namespaces', 'match.names', 'match.sessions'];

function matchesMore(
  before: PolicyValue | undefined,
  after: PolicyValue | undefined,
  found: readonly Difference[],
): boolean | null {
  const paths = (match: PolicyValue | undefined, key: string) => isBlock(match ?? null) && key in (match as object);
  // Of resources and paths either half is enough, so that with both given neither alone narrows a rule.
  const both = [before, after].some((match) => paths(match, 'resources') && paths(match, 'nonResourceURLs'));
  const plain = both ? PLAIN : [...PLAIN, 'match.resources', 'match.nonResourceURLs'];
  const directions = found.map(({ path, added, removed, only: which }) => {
    if (!plain.includes(path) || (both && which !== null)) return null;
    // A dimension that was not there matched everything.
    if (which !== null) return PLAIN.includes(path) ? which === 'before' : null;
    return added.length > 0 === removed.length > 0 ? null : added.length > 0;
  });
  const [first = null] = directions;
  return directions.every((direction) => direction === first) ? first : null;
}

/** A block that one side has alone is told key by key too. */
function only(which: 'before' | 'after', value: PolicyValue, path: string): Difference[] {
  if (isBlock(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => only(which, inner, `${path}.${key}`));
  }
  const said = entries(value);
  const list = Array.isArray(value);
  return [{ path, added: which === 'after' ? said : [], removed: which === 'before' ? said : [], only: which, list }];
}

function entries(value: PolicyValue): string[] {
  return Array.isArray(value) ? value.map(valueText) : [valueText(value as PolicyValue)];
}

/** A value on one line: `{verbs: [get, head], nonResourceURLs: $discovery}`. */
export function valueText(value: PolicyValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isBlock(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${valueText(inner)}`)
    .join(', ')}}`;
}

function isBlock(value: PolicyValue): value is { readonly [key: string]: PolicyValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
