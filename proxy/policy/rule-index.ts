import type { CompiledRule } from './compile-policy.ts';
import type { PolicyQuestion } from './decision.ts';

/** Resources that clients made up fill the index too, so it is emptied at this size. */
const INDEX_LIMIT = 2000;

/** A rule with its place among all, so that what is found in several places can be put in order. */
interface Placed {
  readonly place: number;
  readonly rule: CompiledRule;
}

/** The rules for one verb and resource. */
interface Bucket {
  /** Rules for anyone, or for principals by a pattern. */
  readonly forAnyone: readonly Placed[];
  /** Rules for principals by name. */
  readonly byPrincipal: ReadonlyMap<string, readonly Placed[]>;
}

/**
 * Finds the rules that can be about a request without asking each: by verb and resource, then by the principal's names.
 * What it leaves out cannot match; what it gives must still be asked.
 */
export class RuleIndex {
  readonly #rules: readonly Placed[];
  readonly #buckets = new Map<string, Bucket>();
  readonly #paths: Bucket;

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules.map((rule, place) => ({ place, rule }));
    this.#paths = bucketOf(this.#rules);
  }

  /** In the order of all rules. */
  candidates(question: PolicyQuestion): readonly CompiledRule[] {
    const { forAnyone, byPrincipal } = this.#bucket(question);
    const found: Placed[] = [...forAnyone];
    if (byPrincipal.size > 0) {
      const { user, groups } = question.principal;
      append(found, byPrincipal.get(userKey(user)));
      for (const group of groups) append(found, byPrincipal.get(groupKey(group)));
    }
    found.sort((a, b) => a.place - b.place);
    const rules: CompiledRule[] = [];
    for (const { rule } of found) if (rules[rules.length - 1] !== rule) rules.push(rule);
    return rules;
  }

  /** Paths that are not about a resource are endless, so they share one bucket. */
  #bucket(question: PolicyQuestion): Bucket {
    if (question.resource === '') return this.#paths;
    // A path cannot hold a line break (request-target.ts), so no two questions share a key.
    const key = `${question.verb}\n${question.apiGroup}\n${question.resource}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = bucketOf(
      this.#rules.filter(({ rule: { effect, dimensions } }) =>
        dimensions.every(({ fixed, test }) => !fixed || test(question, effect !== 'allow')),
      ),
    );
    if (this.#buckets.size >= INDEX_LIMIT) this.#buckets.clear();
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** How a principal's names are told apart in {@link Dimension.principals}. */
export const userKey = (user: string): string => `user ${user}`;
export const groupKey = (group: string): string => `group ${group}`;

function bucketOf(rules: readonly Placed[]): Bucket {
  const forAnyone: Placed[] = [];
  const byPrincipal = new Map<string, Placed[]>();
  for (const placed of rules) {
    const principals = placed.rule.dimensions.find((dimension) => dimension.principals !== undefined)?.principals;
    if (principals === undefined) forAnyone.push(placed);
    for (const principal of new Set(principals)) {
      const known = byPrincipal.get(principal);
      if (known === undefined) byPrincipal.set(principal, [placed]);
      else known.push(placed);
    }
  }
  return { forAnyone, byPrincipal };
}

function append(found: Placed[], more: readonly Placed[] | undefined): void {
  if (more !== undefined) for (const placed of more) found.push(placed);
}
