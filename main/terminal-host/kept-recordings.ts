import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { BYTE_RECORDING_SUFFIX } from '../../proxy/recording/byte-recording.ts';
import { listByteRecordings } from '../../proxy/recording/byte-recording-list.ts';
import {
  listRecordings,
  type ReadRecording,
  type RecordingSummary,
  readRecording,
  recordingFile,
} from '../../proxy/recording/recording-reader.ts';
import type { RecordingProgress } from '../../proxy/recording/recording-writer.ts';
import { HostError } from '../hosts/protocol.ts';

/** Where recordings lie: those of terminals, which this process writes, and those of streams, which the gateway does. */
export interface RecordingFolders {
  readonly recordings: string;
  readonly sessions: string;
}

/** @param written how far those are that this process is writing, by id. */
export async function listKept(
  { recordings, sessions }: RecordingFolders,
  written: ReadonlyMap<string, RecordingProgress>,
): Promise<RecordingSummary[]> {
  const kept = await Promise.all([
    listRecordings(recordings, written),
    listRecordings(sessions),
    listByteRecordings(sessions),
  ]);
  return kept.flat().sort((one, other) => other.startedAt.localeCompare(one.startedAt));
}

/** @throws {HostError} `recording-unknown` when there is no recording of this id that plays. */
export async function readKept({ recordings, sessions }: RecordingFolders, id: string): Promise<ReadRecording> {
  for (const file of [recordingFile(recordings, id), recordingFile(sessions, id)]) {
    if (await exists(file)) return readRecording(file);
  }
  throw new HostError('recording-unknown', 'There is no such recording any more; its file was moved or removed');
}

/** The path of a recording of bytes; null when there is none of this id. */
export async function byteRecordingOf({ sessions }: RecordingFolders, id: string): Promise<string | null> {
  // Refuses an id that leads out of the folder, as for the others.
  recordingFile(sessions, id);
  const file = join(sessions, `${id}${BYTE_RECORDING_SUFFIX}`);
  return (await exists(file)) ? file : null;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
