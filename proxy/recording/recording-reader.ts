import { createReadStream } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { wholeLines } from '../whole-lines.ts';
import { endNoteLine, type RecordedStream, type RecordingEnd, readHeader, readLine } from './asciicast.ts';
import { RECORDING_SUFFIX, type RecordingProgress } from './recording-writer.ts';

/** A recording in a list. */
export interface RecordingSummary {
  readonly id: string;
  /** What was recorded: a terminal of the app, or a stream through the gateway. */
  readonly kind: 'terminal' | RecordedStream['kind'];
  /** Only an asciicast plays; `bytes` is `byte-recording.ts`. */
  readonly format: 'asciicast' | 'bytes';
  readonly title: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly principal: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly bytes: number;
  /** `open`: still being written, or its writer died and {@link recoverRecordings} has not run since. */
  readonly end: RecordingEnd | 'open';
  readonly requests: number;
}

export interface RecordedRequest {
  readonly atMs: number;
  readonly auditId: string;
  readonly label: string;
  readonly outcome: string;
}

export interface ReadRecording {
  readonly entry: RecordingSummary;
  /** asciicast v3, up to the last whole line. */
  readonly cast: string;
  readonly requests: readonly RecordedRequest[];
}

/** @throws {Error} when the file is missing, or is no recording of ours. */
export async function readRecording(file: string): Promise<ReadRecording> {
  const whole = await readFile(file, 'utf8');
  const cast = whole.slice(0, whole.lastIndexOf('\n') + 1);
  const scan = startScan();
  for (const line of cast.split('\n')) scan.line(line);
  return { entry: scan.summary(file, Buffer.byteLength(cast)), cast, requests: scan.requests };
}

/**
 * The newest first. What is not a recording is passed over.
 * @param written how far those are that this process is writing, by id: they need not be read through.
 */
export async function listRecordings(
  folder: string,
  written: ReadonlyMap<string, RecordingProgress> = new Map(),
): Promise<RecordingSummary[]> {
  const found: RecordingSummary[] = [];
  for (const file of await recordingFiles(folder)) {
    const summary = await summarise(file, written.get(basename(file, RECORDING_SUFFIX))).catch(() => null);
    if (summary) found.push(summary);
  }
  return found.sort((one, other) => other.startedAt.localeCompare(one.startedAt));
}

/**
 * Ends the recordings whose writer died: cut to the last whole line, marked as ended by a crash. To be called while no
 * recording is being written.
 * @returns the ids of those it ended.
 */
export async function recoverRecordings(folder: string): Promise<string[]> {
  const recovered: string[] = [];
  for (const file of await recordingFiles(folder)) {
    const summary = await summarise(file).catch(() => null);
    if (summary?.end !== 'open') continue;
    // One that cannot be ended must not keep the others from it.
    if (await endAsCrashed(file, summary).catch(() => false)) recovered.push(summary.id);
  }
  return recovered;
}

async function endAsCrashed(file: string, { durationMs, requests, bytes }: RecordingSummary): Promise<boolean> {
  const handle = await open(file, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.write(endNoteLine({ end: 'crash', durationMs, requests }), bytes);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

/** The path of a recording in a folder; ids hold no separators, so that it stays in there. */
export function recordingFile(folder: string, id: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new RangeError('a recording id is made of letters, digits, - and _');
  return join(folder, `${id}${RECORDING_SUFFIX}`);
}

async function recordingFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(RECORDING_SUFFIX)).map((name) => join(folder, name));
}

/** Head and tail suffice for a recording that was ended, the head for one whose progress is known; any other is read through. */
async function summarise(file: string, progress?: RecordingProgress): Promise<RecordingSummary> {
  return (await summariseEnds(file, progress)) ?? summariseByScan(file);
}

const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 512;

async function summariseEnds(file: string, progress: RecordingProgress | undefined): Promise<RecordingSummary | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const text = tail.toString('utf8');
    const last = text.endsWith('\n') ? readLine(text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1)) : null;
    const ended = last?.kind === 'end' ? last.note : null;
    const how = ended ? { ...ended, bytes: size } : progress ? { ...progress, end: 'open' as const } : null;
    if (!how) return null;
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size));
    await handle.read(head, 0, head.length, 0);
    const header = readHeader(head.toString('utf8', 0, head.indexOf(0x0a)));
    return summaryOf(file, header, how.durationMs, how.bytes, how.end, how.requests);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

async function summariseByScan(file: string): Promise<RecordingSummary> {
  const scan = startScan();
  let wholeBytes = 0;
  for await (const line of wholeLines(createReadStream(file))) {
    scan.line(line.toString('utf8'));
    wholeBytes += line.length + 1;
  }
  return scan.summary(file, wholeBytes);
}

function startScan() {
  let header: ReturnType<typeof readHeader> | null = null;
  let atMs = 0;
  let end: RecordingEnd | 'open' = 'open';
  let note: { auditId: string; outcome: string } | null = null;
  const requests: RecordedRequest[] = [];
  return {
    requests,
    line(line: string): void {
      if (!header) {
        header = readHeader(line);
        return;
      }
      const read = readLine(line);
      if (read.kind === 'request') note = read.note;
      if (read.kind === 'end') end = read.note.end;
      if (read.kind !== 'event') return;
      atMs += read.event.intervalMs;
      if (read.event.code === 'm' && note) requests.push({ atMs, label: read.event.data, ...note });
      if (read.event.code === 'm') note = null;
    },
    summary(file: string, bytes: number): RecordingSummary {
      if (!header) throw new SyntaxError('an empty recording');
      return summaryOf(file, header, atMs, bytes, end, requests.length);
    },
  };
}

function summaryOf(
  file: string,
  { title, startedAt, subject }: ReturnType<typeof readHeader>,
  durationMs: number,
  bytes: number,
  end: RecordingEnd | 'open',
  requests: number,
): RecordingSummary {
  const { clusterName: cluster, namespace, principal } = subject;
  const id = basename(file, RECORDING_SUFFIX);
  return {
    id,
    kind: subject.stream?.kind ?? 'terminal',
    format: 'asciicast',
    ...{ title, cluster, namespace, principal, startedAt, durationMs, bytes, end, requests },
  };
}
