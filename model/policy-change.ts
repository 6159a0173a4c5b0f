/** One rule in which two policies differ, in words for people. Texts of it are a person's own: print them as text. */
export interface RuleChange {
  /** `never/proxy-verb`. */
  readonly id: string;
  /** The file in which it stands, or stood. */
  readonly file: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What the rule does: as it would be, or as it was where it is removed. */
  readonly about: string;
  /** What gets looser, or may; empty where nothing can. */
  readonly opens: readonly string[];
  /** What gets stricter, or may. */
  readonly closes: readonly string[];
  /** In what its text differs, key by key, with the sets that it refers to put in their place. */
  readonly differences: readonly string[];
}

/** A change of the policy folder that waits until a person confirms it. */
export interface WaitingChange {
  /** Of the folder as it would come into force: who accepts names it. */
  readonly digest: string;
  /** RFC 3339. */
  readonly since: string;
  /** Why it waits, as one sentence. */
  readonly why: string;
  /** What `rules` are told against. */
  readonly against: 'accepted' | 'built-in';
  /** Those that open first, each by its id. */
  readonly rules: readonly RuleChange[];
}

/** As much of a change that waits as every screen has room for. */
export interface WaitingSummary {
  readonly digest: string;
  readonly since: string;
  readonly why: string;
  /** How many rules open something. */
  readonly opens: number;
}

/** True where no request can be decided more loosely than before, as far as the rules' texts tell. */
export function onlyTightens(rules: readonly RuleChange[]): boolean {
  return rules.every(({ opens }) => opens.length === 0);
}
