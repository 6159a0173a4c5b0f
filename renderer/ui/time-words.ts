const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 s ago`, `4 min ago`, `in 3 h`; what is further than 30 days is a date. Times are epoch milliseconds. */
export function relativeTime(time: number, now: number): string {
  const distance = Math.abs(now - time);
  if (distance < 1_000) return 'now';
  if (distance >= 30 * DAY) return new Date(time).toISOString().slice(0, 10);
  const words = span(distance);
  return time <= now ? `${words} ago` : `in ${words}`;
}

/** As kubectl's AGE column: `12s`, `4m`, `3h`, `12d`. */
export function age(time: number, now: number): string {
  const distance = Math.max(0, now - time);
  if (distance < MINUTE) return `${Math.floor(distance / 1_000)}s`;
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)}m`;
  if (distance < 2 * DAY) return `${Math.floor(distance / HOUR)}h`;
  return `${Math.floor(distance / DAY)}d`;
}

function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / 1_000)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

/** `2026-03-01 14:05:09.123`, in the person's own time zone. */
export function exactTime(time: number): string {
  const date = new Date(time);
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** `14:05:09` in the person's own time zone. */
export function clockTime(time: number): string {
  return exactTime(time).slice(11, 19);
}

/** The time of a row: `14:05:09` of today, `03-01 14:05` of this year, else the day. */
export function rowTime(time: number, now: number): string {
  const exact = exactTime(time);
  const today = exactTime(now);
  if (exact.slice(0, 10) === today.slice(0, 10)) return exact.slice(11, 19);
  return exact.slice(0, 4) === today.slice(0, 4) ? exact.slice(5, 16) : exact.slice(0, 10);
}

/** `0:07`, `12:30`, `1:02:03`: a position in a recording. */
export function position(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const rest = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}

/** `3 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `512 B`, `4.0 KiB`, `12 MiB`. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? 'B'}`;
}

export interface Countdown {
  /** Whole seconds left, rounded up: it says 1 until nothing is left. */
  readonly seconds: number;
  /** 1 at the start, 0 at the end. */
  readonly fraction: number;
  readonly over: boolean;
}

/** What is left until `end`, of a span that began at `start`. Times are epoch milliseconds. */
export function countdown(start: number, end: number, now: number): Countdown {
  const left = Math.max(0, end - now);
  const whole = Math.max(1, end - start);
  return { seconds: Math.ceil(left / 1_000), fraction: Math.min(1, left / whole), over: left === 0 };
}

/** `1:05` above a minute, `48 s` below. */
export function countdownWords(seconds: number): string {
  return seconds >= 60 ? position(seconds * 1_000) : `${seconds} s`;
}
