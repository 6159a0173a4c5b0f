/** What a policy document says, as it was read from YAML: a rule, a set, or the rest of a document. */
export type PolicyValue =
  | null
  | boolean
  | number
  | string
  | readonly PolicyValue[]
  | { readonly [key: string]: PolicyValue };

/**
 * How a part of the built-in policy stands in a folder.
 *
 * `same` as this version has it; `old` as an earlier version had it; `changed` by a person; `new`: this version has it, and
 * nothing in the folder is of a version that had it; `absent`: taken out, or never taken over; `moved` into another
 * document by a person; `dropped`: an earlier version had it, this one has not, and the folder still has.
 */
export type PartState = 'same' | 'old' | 'changed' | 'new' | 'absent' | 'moved' | 'dropped';

/** One rule or set of the built-in policy, or the head of a document (all else that it says). */
export interface BuiltInPart {
  /** `never/proxy-verb` of a rule, `never/$privileged` of a set, `never` of a head. */
  readonly id: string;
  readonly kind: 'rule' | 'set' | 'head';
  readonly state: PartState;
  /** The file in which it stands; of what is not there, the one into which it would be written. */
  readonly file: string;
  readonly inFolder: PolicyValue;
  readonly builtIn: PolicyValue;
  /** What the built-in text says of it above it. */
  readonly comment: string;
  /** The sets that would be taken over with it. */
  readonly needs: readonly string[];
  /** Of a set, the rules that refer to it and that a person wrote or changed. */
  readonly usedBy: readonly string[];
  /** It can be taken over. */
  readonly available: boolean;
  /** It is taken over unless others are chosen. */
  readonly offered: boolean;
}

/** A policy folder beside the built-in policy of this version. */
export interface PolicyUpgrade {
  readonly folder: string;
  /** Of the folder as it was looked at. */
  readonly digest: string;
  readonly parts: readonly BuiltInPart[];
}

/** What taking parts over did. */
export interface PolicyUpgraded {
  readonly folder: string;
  /** Ids, those that were taken along as well. */
  readonly taken: readonly string[];
  readonly files: readonly string[];
  /** The folder with copies of the changed files as they were; null where every file is new. */
  readonly copies: string | null;
  readonly digest: string;
}
