import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { InvalidResponse } from './invalid-response.ts';
import { ResponseBody } from './response-body.ts';
import type { HeaderField, ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';

/** A request as bytes, and what its answer is read by. */
export interface WireRequest {
  readonly method: string;
  /** From `requestHead`. */
  readonly head: string;
  readonly body: Buffer | null;
  readonly upgrade: boolean;
}

/** An answer as its connection gives it: the body still coming. */
export interface WireAnswer {
  readonly status: number;
  readonly fields: readonly HeaderField[];
  readonly body: Readable;
}

/** The connection became a tunnel; `head` came behind the 101. */
export interface Switched {
  readonly fields: readonly HeaderField[];
  readonly socket: TLSSocket;
  readonly head: Buffer;
}

/** The connection ended before the answer did. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code: string;
  /** Not one byte of the answer had come. */
  readonly unanswered: boolean;

  constructor(code: string, unanswered: boolean, cause?: unknown) {
    super(`The connection to the API server was lost (${code})`, { cause });
    this.code = code;
    this.unanswered = unanswered;
  }
}

/** Who keeps the connection. */
export interface ConnectionOwner {
  /** It may carry another request. */
  onFree(connection: HttpConnection): void;
  /** It is gone for good. */
  onClosed(connection: HttpConnection): void;
}

/** One request under way. */
interface Exchange {
  readonly reader: ResponseReader;
  readonly upgrade: boolean;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
  readonly resolve: (answer: WireAnswer | Switched) => void;
  readonly reject: (error: unknown) => void;
  head: ResponseHead | null;
  body: ResponseBody | null;
}

/**
 * One verified TLS connection that carries one HTTP/1.1 request at a time, or becomes a tunnel. After anything out of
 * order (an invalid answer, bytes that nobody asked for, an answer before the request was sent, a body given up) it is
 * destroyed and never used again.
 */
export class HttpConnection {
  /** Milliseconds since the epoch; wall clock, so that a laptop's sleep counts. */
  idleSince = 0;
  readonly #socket: TLSSocket;
  readonly #owner: ConnectionOwner;
  #exchange: Exchange | null = null;
  #served = 0;
  #sentAt = 0;
  #error: Error | null = null;
  #usable = true;

  constructor(socket: TLSSocket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    // Stays when the socket is handed over: an error between two owners must not end the process.
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => this.#onClose());
  }

  get usable(): boolean {
    return this.#usable;
  }

  /** It has carried a request before this one, so the other side may have been about to close it. */
  get reused(): boolean {
    return this.#served > 1;
  }

  /** Since when not one byte of the answer under way has come (milliseconds since the epoch); null where some have. */
  get silentSince(): number | null {
    return this.#exchange === null || this.#exchange.reader.begun ? null : this.#sentAt;
  }

  /**
   * Sends a request and reads the head of its answer.
   * @throws {ConnectionLost} {@link InvalidResponse} or the signal's reason.
   */
  send({ method, head, body, upgrade }: WireRequest, signal: AbortSignal): Promise<WireAnswer | Switched> {
    this.#served += 1;
    this.#sentAt = Date.now();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.destroy(asError(signal.reason));
      const reader = new ResponseReader(
        { head: this.#onHead, body: this.#onBody, end: this.#onAnswered },
        { method, upgrade },
      );
      this.#exchange = { reader, upgrade, signal, onAbort, resolve, reject, head: null, body: null };
      if (signal.aborted) {
        onAbort();
      } else if (this.#usable) {
        signal.addEventListener('abort', onAbort, { once: true });
        this.#write(head, body);
      } else {
        // It ended between being taken and being used.
        this.#fail();
      }
    });
  }

  /** Ends it now; the request under way fails with `error`. */
  destroy(error?: Error): void {
    this.#usable = false;
    this.#error ??= error ?? null;
    this.#fail();
    this.#socket.destroy();
  }

  #write(head: string, body: Buffer | null): void {
    const socket = this.#socket;
    if (body === null || body.length === 0) {
      socket.write(head, 'latin1');
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }

  readonly #onData = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    if (exchange === null) {
      // Nobody asked: the next request must not take it for its answer.
      this.destroy();
      return;
    }
    try {
      exchange.reader.read(bytes);
    } catch (error) {
      this.destroy(asError(error));
      return;
    }
    if (exchange.reader.done) this.#finished(exchange);
  };

  readonly #onHead = (head: ResponseHead): void => {
    const exchange = this.#exchange;
    if (exchange === null) return;
    exchange.head = head;
    if (head.status === 101) return;
    exchange.body = new ResponseBody({ resume: () => this.#resume(exchange), abandon: () => this.#abandon(exchange) });
    exchange.resolve({ status: head.status, fields: head.fields, body: exchange.body });
  };

  readonly #onBody = (bytes: Buffer): void => {
    if (this.#exchange?.body?.add(bytes) === false) this.#socket.pause();
  };

  readonly #onAnswered = (): void => this.#exchange?.body?.complete();

  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    this.#usable = false;
    if (exchange?.reader.finish() === true) this.#finished(exchange);
    // Half-closed: what is still to be written would only be thrown away by the other side.
    this.destroy();
  };

  #onClose(): void {
    this.#usable = false;
    this.#fail();
    this.#owner.onClosed(this);
  }

  /** The answer is whole. */
  #finished(exchange: Exchange): void {
    this.#release(exchange);
    if (exchange.head?.status === 101) {
      this.#handOver(exchange, exchange.head);
      return;
    }
    const { head, reader } = exchange;
    const sent = this.#socket.writableLength === 0;
    if (head?.persistent !== true || !sent || reader.leftover !== null || exchange.upgrade || !this.#usable) {
      this.destroy();
      return;
    }
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#owner.onFree(this);
  }

  /** As node's own client does for an upgrade: nothing listens, nothing flows, nothing is lost. */
  #handOver(exchange: Exchange, head: ResponseHead): void {
    this.#usable = false;
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    Object.assign(socket, { readableFlowing: null });
    exchange.resolve({ fields: head.fields, socket, head: exchange.reader.leftover ?? Buffer.alloc(0) });
  }

  /** The request under way cannot be answered any more. */
  #fail(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    this.#release(exchange);
    const error = this.#reason(exchange);
    exchange.reject(error);
    if (exchange.body !== null && !exchange.reader.done) exchange.body.destroy(error);
  }

  #reason({ reader, signal }: Exchange): Error {
    if (signal.aborted) return asError(signal.reason);
    if (this.#error instanceof InvalidResponse) return this.#error;
    return new ConnectionLost(codeOf(this.#error) ?? 'ECONNRESET', !reader.begun, this.#error);
  }

  #release(exchange: Exchange): void {
    exchange.signal.removeEventListener('abort', exchange.onAbort);
    this.#exchange = null;
  }

  #resume(exchange: Exchange): void {
    if (this.#exchange === exchange && this.#socket.isPaused()) this.#socket.resume();
  }

  #abandon(exchange: Exchange): void {
    if (this.#exchange === exchange) this.destroy();
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
