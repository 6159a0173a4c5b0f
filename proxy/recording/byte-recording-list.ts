import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type RecordingSubject, streamTitle } from './asciicast.ts';
import { BYTE_RECORDING_SUFFIX, endIn } from './byte-recording.ts';
import type { RecordingSummary } from './recording-reader.ts';

/** A command and what the client says of itself stand in the first line; both are bounded by the size of a request's head. */
const HEAD_BYTES = 64 * 1024;
/** A last line with its reason; lines of bytes before it are longer and not needed. */
const TAIL_BYTES = 4 * 1024;

/** The recordings of bytes in a folder, in no order. What is no such recording is passed over. */
export async function listByteRecordings(folder: string): Promise<RecordingSummary[]> {
  const names = await readdir(folder).catch(() => []);
  const found: RecordingSummary[] = [];
  for (const name of names.filter((each) => each.endsWith(BYTE_RECORDING_SUFFIX))) {
    const summary = await summarise(join(folder, name)).catch(() => null);
    if (summary) found.push(summary);
  }
  return found;
}

async function summarise(file: string): Promise<RecordingSummary> {
  const handle = await open(file, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const head = await read(handle, 0, Math.min(HEAD_BYTES, size));
    const { startedAt, subject } = JSON.parse(head.slice(0, head.indexOf('\n'))) as {
      startedAt: string;
      subject: RecordingSubject;
    };
    if (subject.stream === undefined) throw new SyntaxError('not a stream that Gatehouse recorded');
    const length = Math.min(TAIL_BYTES, size);
    const end = endIn(await read(handle, size - length, length));
    // While it is written, and where a crash cut it off, the last write says how long it was.
    const written = Math.max(0, Math.round(mtimeMs - Date.parse(startedAt)));
    return {
      id: basename(file, BYTE_RECORDING_SUFFIX),
      kind: subject.stream.kind,
      format: 'bytes',
      title: streamTitle(subject),
      cluster: subject.clusterName,
      namespace: subject.namespace,
      principal: subject.principal,
      startedAt,
      durationMs: end === null || end.end === 'crash' ? written : end.durationMs,
      bytes: size,
      end: end?.end ?? 'open',
      requests: 0,
    };
  } finally {
    await handle.close();
  }
}

async function read(handle: Awaited<ReturnType<typeof open>>, from: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, from);
  return bytes.toString('utf8');
}
