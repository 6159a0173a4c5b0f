import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import {
  type CastEventCode,
  endNoteLine,
  eventLine,
  headerLine,
  type RecordingEnd,
  type RecordingHeader,
  requestNoteLine,
} from './asciicast.ts';
import { LineFile } from './line-file.ts';

/** Output is gathered into one event for this long, or up to this many bytes. */
const GATHER_MS = 16;
const GATHER_BYTES = 48 * 1024;

export interface RecordingOptions {
  readonly folder: string;
  /** Letters, digits, `-` and `_`; the file is `<id>.cast`. */
  readonly id: string;
  readonly header: RecordingHeader;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called once, when the recording can no longer be written (a full disk). What is on disk stays. */
  readonly onProblem: (error: Error) => void;
}

/** A recording being written. Bytes in, whole lines on disk, in the order of the calls. */
export interface Recording {
  readonly id: string;
  readonly file: string;
  /** Bytes as the terminal wrote them. UTF-8 that is cut anywhere is joined again; what is not UTF-8 becomes U+FFFD. */
  output(bytes: Uint8Array): void;
  input(text: string): void;
  resize(columns: number, rows: number): void;
  /** An API request of this session, as a marker. */
  request(request: { readonly auditId: string; readonly outcome: string; readonly label: string }): void;
  /** How far it is, without reading the file. */
  progress(): RecordingProgress;
  /**
   * @param exitCode the shell's, when it ended by itself.
   * @param reason in words, where somebody ended it.
   */
  close(end: RecordingEnd, exitCode: number | null, reason?: string): void;
  /** What was to be recorded never began. */
  discard(): void;
}

export interface RecordingProgress {
  readonly durationMs: number;
  readonly bytes: number;
  readonly requests: number;
}

export const RECORDING_SUFFIX = '.cast';

/**
 * Starts a recording (`line-file.ts` says how it is written: a `kill -9` loses only what was still being gathered).
 * @throws {Error} of `node:fs` when the file cannot be made, or its first line not written.
 */
export function openRecording(options: RecordingOptions): Recording {
  const { folder, id, header, now } = options;
  const file = join(folder, `${id}${RECORDING_SUFFIX}`);
  const startedAt = now();
  const lines = new LineFile(file, headerLine(header, startedAt), (error) => {
    if (gatherTimer) clearTimeout(gatherTimer);
    options.onProblem(error);
  });

  const decoder = new StringDecoder('utf8');
  let lastEventMs = 0;
  let requests = 0;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  /** When the first gathered byte came: the time of the event that it will be part of. */
  let gatheredAt = 0;
  let gatherTimer: NodeJS.Timeout | null = null;

  const elapsed = () => Math.max(lastEventMs, Math.round(now() - startedAt));

  function event(code: CastEventCode, data: string, atMs: number): void {
    lines.append(eventLine({ intervalMs: atMs - lastEventMs, code, data }));
    lastEventMs = atMs;
  }
  function flush(last = false): void {
    if (gatherTimer) clearTimeout(gatherTimer);
    gatherTimer = null;
    const bytes = gathered.length === 1 && gathered[0] ? Buffer.from(gathered[0]) : Buffer.concat(gathered);
    gathered = [];
    gatheredBytes = 0;
    const text = decoder.write(bytes) + (last ? decoder.end() : '');
    if (text) event('o', text, Math.max(lastEventMs, gatheredAt));
  }
  function eventNow(code: CastEventCode, data: string): void {
    flush();
    event(code, data, elapsed());
  }

  return {
    id,
    file,
    output(bytes) {
      if (!lines.isOpen || bytes.length === 0) return;
      if (gatheredBytes === 0) gatheredAt = elapsed();
      gathered.push(Uint8Array.from(bytes));
      gatheredBytes += bytes.length;
      if (gatheredBytes >= GATHER_BYTES) flush();
      else gatherTimer ??= setTimeout(() => flush(), GATHER_MS);
    },
    input: (text) => eventNow('i', text),
    resize: (columns, rows) => eventNow('r', `${columns}x${rows}`),
    request({ auditId, outcome, label }) {
      flush();
      requests += 1;
      lines.append(requestNoteLine({ auditId, outcome }));
      event('m', label, elapsed());
    },
    progress: () => ({ durationMs: lastEventMs, bytes: lines.bytes, requests }),
    close(end, exitCode, reason) {
      if (!lines.isOpen) return;
      flush(true);
      if (exitCode !== null) event('x', String(exitCode), elapsed());
      lines.append(endNoteLine({ end, durationMs: lastEventMs, requests, ...(reason ? { reason } : {}) }));
      lines.close();
    },
    discard() {
      if (gatherTimer) clearTimeout(gatherTimer);
      lines.discard();
    },
  };
}
