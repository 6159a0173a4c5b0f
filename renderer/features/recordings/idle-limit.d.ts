import type { RecordingContent } from '../../../preload/contract.ts';
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
export declare function limitIdle(content: Pick<RecordingContent, 'cast' | 'requests'>, limit: number | null): ShortenedRecording;
/** The index of the last request at or before a time: the one to show as current; -1 before the first. */
export declare function currentRequest(requests: RecordingContent['requests'], atMs: number): number;
