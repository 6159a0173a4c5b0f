import type { KubernetesStatus } from '../../refusal.ts';

/**
 * One upgraded connection, understood while it passes. Bytes go in as they come and come out to be sent on: the same
 * ones where nothing had to be changed.
 */
export interface StreamCodec {
  /** @throws {StreamProblem} what came cannot be read; nothing of the chunk may be sent on. */
  fromClient(chunk: Buffer): readonly Buffer[];
  /** @throws {StreamProblem} */
  fromUpstream(chunk: Buffer): readonly Buffer[];
  /** What the gateway itself has to say to the client by now; empty while it must wait for the end of a frame. */
  forClient(): readonly Buffer[];
  /** Bytes to the client wait for what may follow; after a moment of silence they go out by `release`. */
  readonly holding: boolean;
  release(): readonly Buffer[];
  /** The last words to the client, in its protocol; null while the end of a frame must be waited for. */
  farewell(status: KubernetesStatus): readonly Buffer[] | null;
}

/** Passes bytes unread: for what needs neither record nor redaction. */
export const UNREAD: StreamCodec = {
  fromClient: (chunk) => [chunk],
  fromUpstream: (chunk) => [chunk],
  forClient: () => [],
  holding: false,
  release: () => [],
  farewell: () => [],
};
