import { StringDecoder } from 'node:string_decoder';
import type { RecordRequirement } from '../../model/decision.ts';
import type { StreamTap } from '../streams/stream-tap.ts';
import { NO_TAP } from '../streams/stream-tap.ts';
import { type RecordedStream, type RecordingSubject, streamTitle } from './asciicast.ts';
import { ByteRecording } from './byte-recording.ts';
import { EchoedInput } from './echoed-input.ts';
import { openRecording } from './recording-writer.ts';

/** How a recorded stream ended. */
export interface StreamEnd {
  readonly exitCode: number | null;
  /** In words, where it did not end by itself. */
  readonly reason: string | null;
  readonly stdin?: { readonly bytes: number; readonly sha256: string };
}

/** The recorder of one stream: what it is told, and its end. */
export interface StreamRecorder {
  /** File name in the folder of recordings. */
  readonly file: string;
  readonly tap: StreamTap;
  close(end: StreamEnd): void;
  /** The stream never began. */
  discard(): void;
}

export interface StreamRecorderOptions {
  readonly folder: string;
  /** The audit id: one name for the journal's records and the recording. */
  readonly id: string;
  readonly subject: RecordingSubject & { readonly stream: RecordedStream };
  readonly tty: boolean;
  readonly requirement: RecordRequirement;
  readonly now: () => number;
  /** Called once, when the recording can no longer be written. */
  readonly onProblem: (error: Error) => void;
}

/** Of each connection of a port-forward and direction: enough to see what was asked and answered. Bytes. */
const CONNECTION_START = 4096;
/** Until the client says how large its terminal is, which it does at once. */
const COLUMNS = 80;
const ROWS = 24;

/**
 * Records a stream: asciicast for a terminal, so that it plays; timed bytes for anything else.
 * @throws {Error} of `node:fs` when the recording cannot be begun.
 */
export function recordStream(options: StreamRecorderOptions): StreamRecorder {
  return options.tty ? recordTerminal(options) : recordBytes(options);
}

function recordTerminal({ folder, id, subject, requirement, now, onProblem }: StreamRecorderOptions): StreamRecorder {
  const recording = openRecording({
    folder,
    id,
    now,
    onProblem,
    header: {
      columns: COLUMNS,
      rows: ROWS,
      terminalType: 'xterm',
      title: streamTitle(subject),
      shell: subject.stream.command[0] ?? '',
      subject,
    },
  });
  const full = requirement.level === 'full';
  // Typed passwords are not echoed, and what is not echoed is not kept.
  const typed = full && requirement.input ? new EchoedInput((text) => recording.input(text)) : null;
  const decoder = new StringDecoder('utf8');
  return {
    file: `${id}.cast`,
    tap: {
      ...NO_TAP,
      output: (_stream, bytes) => {
        if (!full) return;
        recording.output(bytes);
        typed?.printed(bytes.toString('utf8'));
      },
      input: (bytes) => typed?.typed(decoder.write(bytes)),
      resize: (columns, rows) => recording.resize(columns, rows),
    },
    close: ({ exitCode, reason }) => {
      typed?.end();
      recording.close(reason === null ? 'exit' : 'closed', exitCode, reason ?? undefined);
    },
    discard: () => recording.discard(),
  };
}

function recordBytes({ folder, id, subject, requirement, now, onProblem }: StreamRecorderOptions): StreamRecorder {
  const recording = new ByteRecording({ folder, id, subject, now, onProblem });
  const full = requirement.level === 'full';
  /** Bytes still to be kept, by connection and direction. */
  const left = new Map<string, number>();
  return {
    file: `${id}.jsonl`,
    tap: {
      output: (stream, bytes) => {
        if (full) recording.bytes({ dir: 'out', stream }, bytes);
      },
      input: (bytes) => {
        if (full && requirement.input) recording.bytes({ dir: 'in', stream: 'stdin' }, bytes);
      },
      resize: (columns, rows) => recording.event('resize', { columns, rows }),
      connection: ({ event, ...fields }) => {
        if (event === 'close') for (const dir of ['in', 'out']) left.delete(`${fields.connection} ${dir}`);
        recording.event(event, fields);
      },
      data: (connection, dir, bytes) => {
        if (!full || (dir === 'in' && !requirement.input)) return;
        const key = `${connection} ${dir}`;
        const room = left.get(key) ?? CONNECTION_START;
        if (room === 0) return;
        left.set(key, Math.max(0, room - bytes.length));
        recording.bytes({ dir, stream: 'data', connection }, bytes.subarray(0, room));
      },
    },
    close: ({ exitCode, reason, stdin }) =>
      recording.close({ end: reason === null ? 'exit' : 'closed', exitCode, reason, ...(stdin ? { stdin } : {}) }),
    discard: () => recording.discard(),
  };
}
