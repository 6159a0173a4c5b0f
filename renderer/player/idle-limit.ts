import type { RecordingContent } from '../../preload/contract.ts';

/** A recording whose pauses are no longer than a limit, and where its API requests then stand. */
export interface ShortenedRecording {
  readonly cast: string;
  /** As the content's requests, with `atMs` on the shortened time line. */
  readonly requests: RecordingContent['requests'];
  readonly durationMs: number;
}

/**
 * Shortens every pause of an asciicast v3 text to at most `limit` seconds (null: leaves it). The player can skip idle
 * time by itself, but then its markers and the list beside it drift apart; here both move on one time line.
 * A last line that was cut off by a crash is left out, as are lines that are not events.
 */
export function limitIdle(
  content: Pick<RecordingContent, 'cast' | 'requests'>,
  limit: number | null,
): ShortenedRecording {
  const [header = '', ...lines] = content.cast.split('\n');
  const kept: string[] = [header];
  /** Where the old time line bends: from `old` seconds on, `shift` seconds have been taken out. */
  const bends: Array<{ readonly old: number; readonly shift: number }> = [];
  let old = 0;
  let now = 0;
  for (const line of lines) {
    const event = readEvent(line);
    if (event === null) continue;
    const [interval, ...rest] = event;
    const short = limit === null ? interval : Math.min(interval, limit);
    old += interval;
    now += short;
    if (short !== interval) bends.push({ old, shift: old - now });
    kept.push(short === interval ? line : JSON.stringify([round(short), ...rest]));
  }
  const requests = content.requests.map((request) => ({
    ...request,
    atMs: Math.round(shorten(request.atMs / 1_000) * 1_000),
  }));
  return { cast: `${kept.join('\n')}\n`, requests, durationMs: Math.round(now * 1_000) };

  function shorten(time: number): number {
    let shift = 0;
    for (const bend of bends) {
      // Inside the pause itself: it stands where the pause is cut, never before its beginning.
      if (time < bend.old) return Math.min(time - shift, bend.old - bend.shift);
      shift = bend.shift;
    }
    return Math.min(time - shift, now);
  }
}

type CastEvent = [interval: number, code: string, data: unknown];

function readEvent(line: string): CastEvent | null {
  if (!line.startsWith('[')) return null;
  try {
    const event: unknown = JSON.parse(line);
    if (!Array.isArray(event) || typeof event[0] !== 'number' || typeof event[1] !== 'string') return null;
    return event as CastEvent;
  } catch {
    return null;
  }
}

const round = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

/** The index of the last request at or before a time: the one to show as current; -1 before the first. */
export function currentRequest(requests: RecordingContent['requests'], atMs: number): number {
  let current = -1;
  requests.forEach((request, index) => {
    if (request.atMs <= atMs) current = index;
  });
  return current;
}
