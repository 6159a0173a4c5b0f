export interface PolicyState {
  /** `loaded`, `stale` (a file is broken: the last good policy goes on) or `none` (nothing good yet: everything is denied). */
  readonly status: 'loaded' | 'stale' | 'none';
  readonly folder: string;
  readonly digest: string;
  readonly loadedAt: string;
  readonly policies: ReadonlyArray<{ readonly name: string; readonly file: string; readonly rules: number }>;
  readonly problems: readonly PolicyProblem[];
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
