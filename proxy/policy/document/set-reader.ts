import type { PolicyProblem } from '../../../model/policy-state.ts';
import type { DocumentPath, ParsedPolicy } from './parse-policy.ts';
import type { ClusterBlock, IdentityBlock, PolicySet } from './policy-document.ts';

const NOTHING: PolicySet = [];

/** Resolves the `$name` references of one document and collects what is wrong with it. */
export class SetReader {
  readonly problems: PolicyProblem[] = [];
  readonly #policy: ParsedPolicy;

  constructor(policy: ParsedPolicy) {
    this.#policy = policy;
  }

  report(path: DocumentPath, code: string, message: string): void {
    this.problems.push(this.#policy.problem(path, code, message));
  }

  /** A list of texts with the sets among them put in their place. */
  texts(values: readonly string[], path: DocumentPath): string[] {
    return values.flatMap((value) => {
      if (!value.startsWith('$')) return [value];
      const set = this.#set(value, path);
      if (Array.isArray(set)) return set.includes(value) ? [] : this.#plain(set, path);
      return this.#wrong(value, 'a list', path, []);
    });
  }

  identities(block: string | IdentityBlock, path: DocumentPath): IdentityBlock {
    const set = typeof block === 'string' ? this.#set(block, path) : block;
    if (set === NOTHING) return {};
    if (Array.isArray(set) || 'clusters' in set)
      return this.#wrong(String(block), 'a set of users and groups', path, {});
    return {
      ...(set.users ? { users: this.texts(set.users, path) } : {}),
      ...(set.groups ? { groups: this.texts(set.groups, path) } : {}),
      ...(set.serviceAccounts ? { serviceAccounts: this.texts(set.serviceAccounts, path) } : {}),
    };
  }

  clusters(block: string | ClusterBlock, path: DocumentPath): ClusterBlock {
    let found: ClusterBlock;
    if (typeof block === 'string') {
      const set = this.#set(block, path);
      // Unresolved: a problem is on record, so this document will not come into force.
      if (set === NOTHING) return { names: [] };
      if (Array.isArray(set) || !('clusters' in set))
        return this.#wrong(block, 'a set with clusters', path, { names: [] });
      found = set.clusters;
    } else found = block;
    return { ...found, ...(found.names ? { names: this.texts(found.names, path) } : {}) };
  }

  #set(reference: string, path: DocumentPath): PolicySet {
    const sets = this.#policy.document.spec.sets ?? {};
    const name = reference.slice(1);
    const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (set !== undefined) return set;
    this.report(path, 'unknown-set', `there is no set ${reference} under spec.sets`);
    return NOTHING;
  }

  /** Sets do not nest: one look is enough to know what a rule means. */
  #plain(set: readonly string[], path: DocumentPath): string[] {
    const nested = set.find((value) => value.startsWith('$'));
    if (nested !== undefined) this.report(path, 'invalid-value', `a set cannot refer to another set (${nested})`);
    return set.filter((value) => !value.startsWith('$'));
  }

  #wrong<T>(reference: string, wanted: string, path: DocumentPath, instead: T): T {
    this.report(path, 'invalid-value', `${reference} is not ${wanted}`);
    return instead;
  }
}
