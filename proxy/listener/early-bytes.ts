import type { TLSSocket } from 'node:tls';

/** Bytes taken in while nobody knows yet whether the upgrade will be accepted. */
const LIMIT = 64 * 1024;

/**
 * Reads a socket between the head of an upgrade request and the 101. What comes early is held back, and has to be read
 * all the same: a client that gives up while a person decides is seen only by reading to its end.
 */
export class EarlyBytes {
  readonly #socket: TLSSocket;
  readonly #chunks: Buffer[];
  #size: number;
  readonly #onGone: () => void;

  constructor(socket: TLSSocket, head: Buffer, onGone: () => void) {
    this.#socket = socket;
    this.#chunks = [head];
    this.#size = head.length;
    this.#onGone = onGone;
    socket.on('data', this.#collect);
    socket.once('end', onGone);
    socket.once('close', onGone);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Leaves the socket flowing, for whoever listens to it next in this turn of the event loop. */
  release(): void {
    this.#socket.off('data', this.#collect);
    this.#socket.off('end', this.#onGone);
    this.#socket.off('close', this.#onGone);
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** The upgrade was refused: what came early is dropped, and what still comes. A client that leaves is still told of. */
  discard(): void {
    this.#socket.off('data', this.#collect);
    this.#chunks.length = 0;
    this.#socket.on('data', () => undefined);
    this.#socket.resume();
  }

  readonly #collect = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= LIMIT) this.#socket.pause();
  };
}
