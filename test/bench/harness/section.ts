/** What one round of one contender came to: a figure for each metric. A metric that was not measured is left out. */
export type Sample = Readonly<Record<string, number>>;

/** One way to do the work that is compared. */
export interface Contender {
  readonly name: string;
  /** Runs one round, at most a few seconds long, and says what it came to. */
  sample(): Promise<Sample>;
}

/** A bound that a contender's figure, or its ratio to a peer's, should keep. */
export interface Target {
  readonly metric: string;
  readonly contender: string;
  /** The contender whose figure is the unit; null: the figure itself is bounded. */
  readonly peer: string | null;
  /** Exactly one of the two is set. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Contenders that do the same work, measured in turns. */
export interface Comparison {
  readonly title: string;
  /** Columns, in order: the metric's name (its unit is part of it) and how many decimals it is printed with. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly contenders: readonly Contender[];
  readonly targets?: readonly Target[];
}

/** What a section is given. */
export interface Bench {
  /** Runs the rounds of a comparison in turns (one of each contender, then again), then prints and keeps its table. */
  compare(comparison: Comparison): Promise<void>;
  /** A line under the last table, e.g. which peer could not be had and why. */
  note(text: string): void;
}

/** One file of figures. It starts what it needs and ends it. */
export type Section = (bench: Bench) => Promise<void>;
