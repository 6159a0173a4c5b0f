import { z } from 'zod';
import { byHand, call, event } from './call.ts';
import { identifier } from './words.ts';

export interface RecordingEntry {
  readonly id: string;
  /** A terminal of the app, or a stream through the gateway; then `id` is the Audit-ID of its request. */
  readonly kind: 'terminal' | 'exec' | 'attach' | 'portforward';
  /** Only an asciicast can be played; `bytes` are JSON lines, to export. */
  readonly format: 'asciicast' | 'bytes';
  readonly title: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly principal: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly end: 'open' | 'exit' | 'closed' | 'crash';
  readonly requests: number;
}

/** What a recording's player gets: an asciicast v3 text, and the API requests as markers. */
export interface RecordingContent {
  readonly entry: RecordingEntry;
  readonly cast: string;
  readonly requests: ReadonlyArray<{
    readonly atMs: number;
    readonly auditId: string;
    readonly label: string;
    readonly outcome: string;
  }>;
}

export const recordingsCalls = {
  'recordings.list': call<readonly RecordingEntry[]>()(z.void()),
  'recordings.read': call<RecordingContent>()(identifier, ['gatehouse', 'player']),
  /** Opens the player's own window. */
  'recordings.play': byHand<void>()(identifier),
  'recordings.export': byHand<void>()(identifier, ['gatehouse', 'player']),
} as const;

export const recordingsEvents = {
  'recordings.changed': event<readonly RecordingEntry[]>(),
} as const;
