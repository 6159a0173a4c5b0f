import { z } from 'zod';
import type { ReadRecording, RecordingSummary } from '../../proxy/recording/recording-reader.ts';
import { type HostProtocol, objectOf } from '../hosts/protocol.ts';

const size = { columns: z.number().int(), rows: z.number().int() };

export const terminalOpen = z.object({
  id: z.string(),
  shell: z.string(),
  /** Everything that the shell gets; KUBECONFIG already forced. */
  environment: z.record(z.string(), z.string()),
  folder: z.string(),
  ...size,
  recordInput: z.boolean(),
  recording: z.object({
    id: z.string(),
    title: z.string(),
    principal: z.string(),
    cluster: z.string(),
    clusterName: z.string(),
    namespace: z.string(),
  }),
});
export type TerminalOpen = z.infer<typeof terminalOpen>;

export const terminalProtocol = {
  name: 'terminal',
  calls: {
    /** Ends the recordings of a host that died, and says which. */
    start: {
      argument: z.object({
        recordingsFolder: z.string(),
        /** Recordings that the gateway makes of streams: read here, written by it alone. */
        sessionsFolder: z.string(),
        shellFolder: z.string(),
      }),
      answer: z.object({ recovered: z.array(z.string()) }),
    },
    /** Fails with `recording-unavailable` where the recording cannot be started: there is no unrecorded terminal. */
    open: { argument: terminalOpen, answer: z.void() },
    /** Its message port comes with the call. A terminal has one reader: the newest. */
    attach: { argument: z.string(), answer: z.void() },
    /** The program that has the terminal; null at the shell's prompt, and where no such terminal is. */
    foreground: { argument: z.string(), answer: z.string().nullable() },
    /** Ends every process of the terminal and its recording. */
    close: { argument: z.string(), answer: z.void() },
    /** An API request that this terminal's session made. */
    request: {
      argument: z.object({ id: z.string(), auditId: z.string(), outcome: z.string(), label: z.string() }),
      answer: z.void(),
    },
    /** Of terminals and of streams, the newest first. */
    recordings: { argument: z.void(), answer: z.array(objectOf<RecordingSummary>()) },
    readRecording: { argument: z.string(), answer: objectOf<ReadRecording>() },
    /** The file of a recording that does not play; null where there is none of this id. */
    byteRecording: { argument: z.string(), answer: z.string().nullable() },
    stop: { argument: z.void(), answer: z.void() },
  },
  events: {
    exited: z.object({ id: z.string(), code: z.number().int() }),
    /** What the shell's KUBECONFIG is at its prompt; empty when it has none. */
    prompt: z.object({ id: z.string(), kubeconfig: z.string() }),
    /** In which folder its shell is now, where the system tells. */
    folder: z.object({ id: z.string(), folder: z.string() }),
    recordingFailed: z.object({ id: z.string(), message: z.string() }),
  },
} as const satisfies HostProtocol;
export type TerminalProtocol = typeof terminalProtocol;
