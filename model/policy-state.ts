import type { WaitingSummary } from './policy-change.ts';

export interface PolicyState {
  /** `loaded`, `stale` (a file is broken: the last good policy goes on) or `none` (nothing good yet: everything is denied). */
  readonly status: 'loaded' | 'stale' | 'none';
  readonly folder: string;
  /** Of what is in force, which a change of the folder that waits is not. */
  readonly digest: string;
  readonly loadedAt: string;
  readonly policies: ReadonlyArray<{ readonly name: string; readonly file: string; readonly rules: number }>;
  readonly problems: readonly PolicyProblem[];
  /** What of the policy in force can match nothing here: it does not do what it says. */
  readonly warnings: readonly PolicyWarning[];
  /** What the folder says and is not in force, until a person confirms it; null where nothing waits. */
  readonly waiting: WaitingSummary | null;
  /** What was noticed of the folder, in words: another folder in its place, files that are links out of it. */
  readonly notices: readonly string[];
}

/** What is wrong with a policy file, and where. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1; 0 when no line is meant. */
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** What of a rule can match nothing where this gateway runs, and where it stands. */
export interface PolicyWarning extends PolicyProblem {
  /** `policy/rule`. */
  readonly rule: string;
}
