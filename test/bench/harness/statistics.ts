import type { Comparison, Sample, Target } from './section.ts';

/** The middle figure of the rounds, with the quarter and three-quarter ones. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface TargetResult extends Target {
  /** Of the figure, or of the ratio within each round; null where a side has no figure. */
  readonly figure: Figure | null;
  readonly met: boolean | null;
}

export interface ComparisonResult {
  readonly title: string;
  readonly rounds: number;
  readonly rows: ReadonlyArray<{ readonly contender: string; readonly figures: Readonly<Record<string, Figure>> }>;
  readonly targets: readonly TargetResult[];
  readonly notes: string[];
}

/** Samples of each contender by name, one for each round, in order. */
export type Rounds = ReadonlyMap<string, readonly Sample[]>;

export function summarise({ title, metrics, contenders, targets }: Comparison, rounds: Rounds): ComparisonResult {
  const rows = contenders.map(({ name }) => {
    const samples = rounds.get(name) ?? [];
    const figures: Record<string, Figure> = {};
    for (const metric of Object.keys(metrics)) {
      const figure = figureOf(samples.map((sample) => sample[metric]));
      if (figure !== null) figures[metric] = figure;
    }
    return { contender: name, figures };
  });
  const count = Math.max(0, ...[...rounds.values()].map((samples) => samples.length));
  return { title, rounds: count, rows, targets: (targets ?? []).map((target) => judge(target, rounds)), notes: [] };
}

function judge(target: Target, rounds: Rounds): TargetResult {
  const { metric, contender, peer, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = target;
  const own = (rounds.get(contender) ?? []).map((sample) => sample[metric]);
  // Within a round both sides met the same state of the machine, so the ratio is steadier than either figure.
  const figures =
    peer === null
      ? own
      : own.map((value, round) => {
          const unit = rounds.get(peer)?.[round]?.[metric];
          return value === undefined || unit === undefined ? undefined : value / unit;
        });
  const figure = figureOf(figures);
  return { ...target, figure, met: figure === null ? null : figure.median <= atMost && figure.median >= atLeast };
}

/** Null when no round has a figure. */
export function figureOf(values: ReadonlyArray<number | undefined>): Figure | null {
  const sorted = values.filter((value): value is number => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** @param sorted ascending, not empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
