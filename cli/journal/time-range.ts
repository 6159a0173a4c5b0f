import { usageError } from '../command/flags.ts';

/** From when on, and until when: Unix times in milliseconds; null: open at that end. */
export interface TimeRange {
  readonly since: number | null;
  /** Itself no more of it. */
  readonly until: number | null;
}

export const SINCE_FLAG = {
  type: 'string',
  value: 'TIME',
  says: 'from then on: an RFC 3339 time, a day (UTC, as the journal counts), or how long ago, such as 90s, 2h or 7d',
} as const;
export const UNTIL_FLAG = {
  type: 'string',
  value: 'TIME',
  says: 'before then, said in the same ways; a day counts as a whole',
} as const;

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** RFC 3339 §5.6: the offset is no option, so no hour is there twice when clocks are set back. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/;

/** @throws {CommandError} wrong usage. */
export function timeRange(
  command: string,
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: number,
): TimeRange {
  const range = {
    since: since === undefined ? null : instant(command, 'since', since, now).from,
    until: until === undefined ? null : instant(command, 'until', until, now).to,
  };
  if (range.since !== null && range.until !== null && range.since >= range.until) {
    throw usageError(
      command,
      `--since ${since} (${inUtc(range.since)}) is not before --until ${until} (${inUtc(range.until)}): nothing can lie between them`,
    );
  }
  return range;
}

function instant(command: string, flag: string, text: string, now: number): { readonly from: number; to: number } {
  const ago = /^(\d{1,9})([smhdw])$/.exec(text);
  if (ago !== null) {
    const time = now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
    return { from: time, to: time };
  }
  if (DAY.test(text) && isDay(text)) {
    const from = Date.parse(`${text}T00:00:00Z`);
    return { from, to: from + 86_400_000 };
  }
  const parts = INSTANT.exec(text);
  if (parts !== null && isDay(parts[1] ?? '')) {
    const time = Date.parse(
      `${parts[1]}T${parts[2]}:${parts[3]}:${parts[4] ?? '00'}${parts[5] ?? ''}${parts[6]?.toUpperCase()}`,
    );
    if (!Number.isNaN(time)) return { from: time, to: time };
  }
  const why =
    WITHOUT_ZONE.test(text) && parts === null
      ? `"${text}" is in no time zone: add Z, or an offset such as +02:00`
      : `"${text}" is no time`;
  throw usageError(
    command,
    `--${flag}: ${why}. It takes 2026-03-29T08:00:00Z, 2026-03-29 (UTC), or how long ago: 90s, 15m, 2h, 7d, 4w`,
  );
}

/** Whether the calendar has it: Date.parse takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

function inUtc(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'before all time' : date.toISOString();
}
