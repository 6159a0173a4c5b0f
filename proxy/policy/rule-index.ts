import type { CompiledRule } from './compile-policy.ts';
import type { Principals } from './match/dimension.ts';
import type { PolicyQuestion } from './policy-question.ts';

/** Resources that clients made up fill the index too, so it is emptied at this size. */
const INDEX_LIMIT = 2000;

/** Rules in the order of all rules, with their places in it. */
interface Rules {
  readonly rules: CompiledRule[];
  readonly places: number[];
}

/** The rules for one verb and resource. */
interface Bucket {
  /** Rules for anyone, or for principals by a pattern. */
  readonly forAnyone: Rules;
  /** Rules for principals by name; null where there are none. */
  readonly byUser: ReadonlyMap<string, Rules> | null;
  readonly byGroup: ReadonlyMap<string, Rules> | null;
}

/**
 * Finds the rules that can be about a request without asking each: by verb and resource, then by the principal's names.
 * What it leaves out cannot match; what it gives must still be asked about all that is not fixed.
 */
export class RuleIndex {
  readonly #rules: Rules;
  /** By verb, resource and group: three look-ups cost less than making one key of the three. */
  readonly #buckets = new Map<string, Map<string, Map<string, Bucket>>>();
  #size = 0;
  readonly #paths: Bucket;

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = { rules: [...rules], places: rules.map((_, place) => place) };
    this.#paths = bucketOf(this.#rules, () => true);
  }

  /** In the order of all rules. */
  candidates(question: PolicyQuestion): readonly CompiledRule[] {
    const { forAnyone, byUser, byGroup } = this.#bucket(question);
    const { user, groups } = question.principal;
    let found = byUser === null ? forAnyone : merge(forAnyone, byUser.get(user));
    if (byGroup !== null) for (const group of groups) found = merge(found, byGroup.get(group));
    return question.resource === '' ? found.rules.filter((rule) => mayMatch(rule, question)) : found.rules;
  }

  #bucket(question: PolicyQuestion): Bucket {
    const { verb, resource, apiGroup } = question;
    // Paths that are not about a resource are endless, so they share one bucket of rules that were not asked yet.
    if (resource === '') return this.#paths;
    return this.#buckets.get(verb)?.get(resource)?.get(apiGroup) ?? this.#makeBucket(question);
  }

  #makeBucket(question: PolicyQuestion): Bucket {
    const bucket = bucketOf(this.#rules, (rule) => mayMatch(rule, question));
    if (this.#size >= INDEX_LIMIT) {
      this.#buckets.clear();
      this.#size = 0;
    }
    this.#size += 1;
    inner(inner(this.#buckets, question.verb), question.resource).set(question.apiGroup, bucket);
    return bucket;
  }
}

/** Whether verb, group and resource (or the path) leave a rule possible. Their answers are the same in either sense. */
function mayMatch({ effect, dimensions }: CompiledRule, question: PolicyQuestion): boolean {
  return dimensions.every(({ fixed, answer }) => !fixed || answer(question, effect !== 'allow') !== 'no');
}

/** By whom a rule can be found; undefined where it is for anyone, or for principals by a pattern. */
function principalsOf({ dimensions }: CompiledRule): Principals | undefined {
  return dimensions.find(({ principals }) => principals !== undefined)?.principals;
}

/** The map under a key, made where it is missing. */
function inner<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, known);
  return known;
}

function bucketOf({ rules, places }: Rules, isWanted: (rule: CompiledRule) => boolean): Bucket {
  const forAnyone: Rules = { rules: [], places: [] };
  const byUser = new Map<string, Rules>();
  const byGroup = new Map<string, Rules>();
  for (const [index, rule] of rules.entries()) {
    if (!isWanted(rule)) continue;
    const place = places[index] ?? 0;
    const principals = principalsOf(rule);
    if (principals === undefined) add(forAnyone, rule, place);
    for (const user of new Set(principals?.users)) addUnder(byUser, user, rule, place);
    for (const group of new Set(principals?.groups)) addUnder(byGroup, group, rule, place);
  }
  return {
    forAnyone,
    byUser: byUser.size === 0 ? null : byUser,
    byGroup: byGroup.size === 0 ? null : byGroup,
  };
}

function addUnder(lists: Map<string, Rules>, name: string, rule: CompiledRule, place: number): void {
  const list = lists.get(name) ?? { rules: [], places: [] };
  lists.set(name, list);
  add(list, rule, place);
}

function add(list: Rules, rule: CompiledRule, place: number): void {
  list.rules.push(rule);
  list.places.push(place);
}

/** Both in order, each rule once. A new list only where both have rules. */
function merge(left: Rules, right: Rules | undefined): Rules {
  if (right === undefined || right.rules.length === 0) return left;
  if (left.rules.length === 0) return right;
  const merged: Rules = { rules: [], places: [] };
  let [l, r] = [0, 0];
  while (l < left.places.length || r < right.places.length) {
    const [ofLeft = Number.POSITIVE_INFINITY, ofRight = Number.POSITIVE_INFINITY] = [left.places[l], right.places[r]];
    const rule = ofLeft <= ofRight ? left.rules[l] : right.rules[r];
    if (rule !== undefined) add(merged, rule, Math.min(ofLeft, ofRight));
    if (ofLeft <= ofRight) l += 1;
    if (ofRight <= ofLeft) r += 1;
  }
  return merged;
}
