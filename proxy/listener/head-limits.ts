import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Refusal } from '../refusal.ts';
import { isClosing } from './closing-connection.ts';
import { Places } from './places.ts';
import { gatewayBusy } from './served-exchange.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** Bytes of a request line and its headers, as kube-apiserver has it (apiserver `server/secure_serving.go`, `MaxHeaderBytes`). */
export const HEAD_BYTES = MEBIBYTE;
/** Header lines: room for the groups of a large directory, one `Impersonate-Group` each. */
export const HEAD_LINES = 10_000;
/** Bytes that a head has without any cause; more than this is held for as long as there is room for it. */
const ORDINARY = 16 * KIBIBYTE;
/** Bytes of a head for those who have shown no certificate that is good here: they get a 401 and nothing else. */
const STRANGERS_BYTES = 64 * KIBIBYTE;

export interface LargeHeadLimits {
  /** Bytes that all heads under way come to, as far as they are larger than an ordinary one. */
  readonly largeHeads: number;
  /** Of these, as many for one session. */
  readonly largeHeadsOfSession: number;
}

export const LARGE_HEADS: LargeHeadLimits = { largeHeads: 128 * MEBIBYTE, largeHeadsOfSession: 64 * MEBIBYTE };

/** What a head that is as large as this one must be refused with; null where it is in order. */
export function headRefusal(request: IncomingMessage): Refusal | null {
  const isTooLarge = request.rawHeaders.length > 2 * HEAD_LINES || bytesOf(request) > HEAD_BYTES;
  return isTooLarge ? headTooLarge(HEAD_BYTES) : null;
}

/** @param limit in bytes. Both bounds are named: some releases of Node do not say which of them was passed. */
export function headTooLarge(limit: number): Refusal {
  const size = limit < MEBIBYTE ? `${limit / KIBIBYTE} KiB` : `${limit / MEBIBYTE} MiB`;
  return new Refusal(
    'head-too-large',
    `A request line and its headers are at most ${size} together, in at most ${HEAD_LINES} lines`,
  );
}

/** A connection, as far as its heads are concerned. */
interface Reading {
  /** Bytes of the head that is coming in. */
  gathered: number;
  /** Of these, those that took room, and whose room it was. */
  taken: number;
  session: string;
  /** The last request whose head is whole. */
  request: IncomingMessage | null;
  /** Until that request is whole, what comes belongs to it. */
  inBody: boolean;
  readonly stop: () => void;
}

/**
 * What the heads of requests take of memory, from their first byte until their exchange is over. Heads of an ordinary size are
 * bounded by the number of connections; larger ones share a room, so that a thousand connections with a head of 1 MiB
 * each cost their sender a 429 and nobody else anything.
 */
export class HeadRoom {
  readonly #room: Places;
  readonly #sessionOf: (socket: TLSSocket) => string | null;
  readonly #refuse: (socket: TLSSocket, refusal: Refusal) => void;
  readonly #connections = new WeakMap<TLSSocket, Reading>();

  /**
   * @param options.sessionOf null for those whom the door will turn away.
   * @param options.refuse ends a connection in the middle of a head.
   */
  constructor(options: {
    readonly limits: LargeHeadLimits;
    readonly sessionOf: (socket: TLSSocket) => string | null;
    readonly refuse: (socket: TLSSocket, refusal: Refusal) => void;
  }) {
    this.#room = new Places(options.limits.largeHeads, options.limits.largeHeadsOfSession);
    this.#sessionOf = options.sessionOf;
    this.#refuse = options.refuse;
  }

  /** To be called for a new connection behind Node's parser, so that of each piece the parser has its say first. */
  watch(socket: TLSSocket): void {
    const arrived = (chunk: Buffer): void => this.#arrived(socket, reading, chunk.length);
    const reading: Reading = {
      gathered: 0,
      taken: 0,
      session: '',
      request: null,
      inBody: false,
      stop: () => socket.off('data', arrived),
    };
    this.#connections.set(socket, reading);
    socket.on('data', arrived);
    socket.once('close', () => this.#giveBack(reading));
  }

  /** The head of a request is whole. */
  ended(request: IncomingMessage & { readonly socket: TLSSocket }): void {
    const reading = this.#connections.get(request.socket);
    if (reading === undefined) return;
    this.#giveBack(reading);
    reading.gathered = 0;
    reading.request = request;
    reading.inBody = true;
  }

  /** The connection is no longer one of HTTP: its bytes are for whoever took it over. */
  release(socket: TLSSocket): void {
    this.#connections.get(socket)?.stop();
  }

  /**
   * Room for a head that is whole.
   * @returns what gives it back when the exchange is over; null when there is none.
   */
  hold(session: string, request: IncomingMessage): (() => void) | null {
    const bytes = Math.max(0, bytesOf(request) - ORDINARY);
    if (bytes === 0) return () => undefined;
    return this.#room.take(session, bytes) ? () => this.#room.give(session, bytes) : null;
  }

  #arrived(socket: TLSSocket, reading: Reading, bytes: number): void {
    if (reading.inBody) {
      reading.inBody = reading.request?.complete === false;
      return;
    }
    if (isClosing(socket)) return;
    reading.gathered += bytes;
    const wanted = reading.gathered - ORDINARY - reading.taken;
    if (wanted <= 0) return;
    const session = this.#sessionOf(socket);
    if (session === null) {
      if (reading.gathered > STRANGERS_BYTES) this.#refuse(socket, headTooLarge(STRANGERS_BYTES));
      return;
    }
    if (!this.#room.take(session, wanted)) {
      this.#refuse(socket, noRoom());
      return;
    }
    reading.taken += wanted;
    reading.session = session;
  }

  #giveBack(reading: Reading): void {
    if (reading.taken === 0) return;
    this.#room.give(reading.session, reading.taken);
    reading.taken = 0;
  }
}

function noRoom(): Refusal {
  return gatewayBusy('large request heads');
}

/** As they came, but for white space around a value. */
function bytesOf({ method, url, rawHeaders }: IncomingMessage): number {
  let bytes = `${method} ${url} HTTP/1.1\r\n\r\n`.length;
  // A colon, a space and a line's end for each line.
  for (const part of rawHeaders) bytes += part.length + 2;
  return bytes;
}
