import type { Duplex } from 'node:stream';
import { type Refusal, refusalStatus } from '../refusal.ts';
import type { StreamCodec } from './codec/stream-codec.ts';
import { StreamProblem } from './codec/stream-problem.ts';

/** What a relayed stream came to. */
export interface RelayOutcome {
  readonly bytesFromClient: number;
  readonly bytesToClient: number;
  /** Which side ended it, or why it broke; `gateway` where `options.signal` did, or its codec. */
  readonly ended: 'client' | 'upstream' | 'client-broke' | 'upstream-broke' | 'gateway';
  /** What the codec did not understand. */
  readonly problem: StreamProblem | null;
}

export interface RelayOptions {
  /** Bytes that the client sent behind its upgrade request, held back until the 101. */
  readonly clientHead: Buffer;
  /** Bytes that the API server sent behind its 101. */
  readonly upstreamHead: Buffer;
  readonly codec: StreamCodec;
  /** Ends the stream; the reason is a {@link Refusal} that the client is told. */
  readonly signal: AbortSignal;
  /** What the client is told of a stream that its codec does not understand. */
  readonly notUnderstood: (problem: StreamProblem) => Refusal;
}

/**
 * Milliseconds between the last byte handed to one side's kernel and closing it, once the other side is gone: closing
 * at once over unread input makes the kernel send a reset, and the peer then loses what it had not read yet.
 */
const LINGER = 250;
/** Milliseconds that the gateway waits for the end of a frame before it ends a stream without a word. */
const FRAME_END = 1_000;
/** Milliseconds that a client gets to read the last words and close. */
const READ_LAST_WORDS = 1_000;
/** Milliseconds of silence after which bytes that may be the beginning of a value are let go. */
const SILENCE = 50;

/**
 * Relays a stream both ways until both sides have ended, through a codec that understands it: nothing is buffered beyond
 * the sockets' own marks, and a half-close of one direction (`kubectl exec -i` at the end of its input) leaves the other
 * open.
 */
export function relay(client: Duplex, upstream: Duplex, options: RelayOptions): Promise<RelayOutcome> {
  return new Promise((resolve) => {
    new Relay(client, upstream, options, resolve).start();
  });
}

class Relay {
  readonly #client: Duplex;
  readonly #upstream: Duplex;
  readonly #options: RelayOptions;
  readonly #resolve: (outcome: RelayOutcome) => void;
  #bytesFromClient = 0;
  #bytesToClient = 0;
  #ended: RelayOutcome['ended'] | null = null;
  #problem: StreamProblem | null = null;
  #closedSides = 0;
  /** Set once the gateway ends the stream: nothing of the client goes on from then. */
  #ending: Refusal | null = null;
  #lastWordsSaid = false;
  #releaseTimer: NodeJS.Timeout | null = null;

  constructor(client: Duplex, upstream: Duplex, options: RelayOptions, resolve: (outcome: RelayOutcome) => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#options = options;
    this.#resolve = resolve;
  }

  start(): void {
    const client = this.#client;
    const upstream = this.#upstream;
    const { clientHead, upstreamHead, signal } = this.#options;
    client.on('error', () => this.#endedBy('client-broke'));
    upstream.on('error', () => this.#endedBy('upstream-broke'));
    client.once('close', () => this.#sideClosed(upstream));
    upstream.once('close', () => this.#sideClosed(client));
    client.once('end', () => {
      this.#endedBy('client');
      if (upstream.writable) upstream.end();
    });
    upstream.once('end', () => {
      this.#endedBy('upstream');
      if (this.#ending !== null) return;
      this.#send(client, upstream, this.#options.codec.release());
      if (client.writable) client.end();
    });
    signal.addEventListener('abort', this.#aborted, { once: true });
    if (signal.aborted) this.#aborted();
    this.#fromClient(clientHead);
    this.#fromUpstream(upstreamHead);
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    upstream.on('data', (chunk: Buffer) => this.#fromUpstream(chunk));
    for (const side of [client, upstream]) if (!side.isPaused()) side.resume();
  }

  #fromClient(chunk: Buffer): void {
    if (chunk.length === 0 || this.#ending !== null) return;
    this.#bytesFromClient += chunk.length;
    this.#understood(() => {
      this.#send(this.#upstream, this.#client, this.#options.codec.fromClient(chunk));
      this.#sayOwn();
    });
  }

  #fromUpstream(chunk: Buffer): void {
    if (chunk.length === 0 || this.#lastWordsSaid) return;
    this.#bytesToClient += chunk.length;
    this.#understood(() => {
      this.#send(this.#client, this.#upstream, this.#options.codec.fromUpstream(chunk));
      this.#sayOwn();
      if (this.#ending !== null) this.#sayLastWords(this.#ending);
      this.#releaseLater();
    });
  }

  /** What the codec has to say itself, such as that a port is closed. */
  #sayOwn(): void {
    const own = this.#options.codec.forClient();
    // A client that asks for them and reads nothing must wait, not fill the memory.
    if (own.length > 0) this.#send(this.#client, this.#client, own);
  }

  #releaseLater(): void {
    if (this.#releaseTimer !== null) clearTimeout(this.#releaseTimer);
    this.#releaseTimer = null;
    if (!this.#options.codec.holding || this.#lastWordsSaid) return;
    this.#releaseTimer = setTimeout(() => {
      this.#releaseTimer = null;
      if (this.#lastWordsSaid) return;
      this.#understood(() => this.#send(this.#client, this.#upstream, this.#options.codec.release()));
    }, SILENCE);
  }

  /** Writes with backpressure: the source rests while the target's buffer is full. */
  #send(target: Duplex, source: Duplex, slices: readonly Buffer[]): void {
    if (!target.writable || slices.length === 0) return;
    if (slices.length > 1) target.cork();
    let roomLeft = true;
    for (const slice of slices) roomLeft = target.write(slice);
    if (slices.length > 1) target.uncork();
    if (roomLeft || source.isPaused()) return;
    source.pause();
    target.once('drain', () => source.resume());
  }

  #understood(step: () => void): void {
    try {
      step();
    } catch (error) {
      const problem = StreamProblem.from(error);
      this.#problem = problem;
      // What the cluster sent cannot be read any more, so that no end of a frame will be found either.
      this.#end(this.#options.notUnderstood(problem));
      if (!this.#lastWordsSaid) this.#destroyBoth('gateway');
    }
  }

  readonly #aborted = (): void => {
    this.#end(this.#options.signal.reason as Refusal);
  };

  #end(refusal: Refusal): void {
    if (this.#ending !== null) return;
    this.#ending = refusal;
    this.#endedBy('gateway');
    this.#sayLastWords(refusal);
    if (this.#lastWordsSaid) return;
    setTimeout(() => {
      if (!this.#lastWordsSaid) this.#destroyBoth('gateway');
    }, FRAME_END);
  }

  #sayLastWords(refusal: Refusal): void {
    if (this.#lastWordsSaid) return;
    const words = this.#options.codec.farewell(refusalStatus(refusal));
    if (words === null) return;
    this.#lastWordsSaid = true;
    this.#send(this.#client, this.#upstream, words);
    this.#upstream.destroy();
    if (this.#client.writable) this.#client.end();
    // Read to the end, so that no reset takes the last words back.
    this.#client.resume();
    setTimeout(() => this.#client.destroy(), READ_LAST_WORDS);
  }

  #endedBy(reason: RelayOutcome['ended']): void {
    this.#ended ??= reason;
  }

  #destroyBoth(reason: RelayOutcome['ended']): void {
    this.#endedBy(reason);
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #sideClosed(other: Duplex): void {
    this.#closedSides += 1;
    if (this.#closedSides === 1) {
      if (!other.destroyed && this.#ending === null) closeAfterWriting(other);
      return;
    }
    if (this.#releaseTimer !== null) clearTimeout(this.#releaseTimer);
    this.#options.signal.removeEventListener('abort', this.#aborted);
    this.#resolve({
      bytesFromClient: this.#bytesFromClient,
      bytesToClient: this.#bytesToClient,
      ended: this.#ended ?? 'client',
      problem: this.#problem,
    });
  }
}

/** What was read is still being written, however slowly it is read; then nothing more can come. */
function closeAfterWriting(side: Duplex): void {
  const close = (): void => {
    setTimeout(() => side.destroy(), LINGER);
  };
  if (side.writableFinished || side.destroyed) {
    close();
    return;
  }
  side.once('finish', close);
  if (!side.writableEnded) side.end();
}
