import { ChunkedBody } from './chunked-body.ts';
import { InvalidResponse } from './invalid-response.ts';
import { type AskedWith, type ResponseHead, readHead } from './response-head.ts';

/** Bytes of a head, its empty line included: as many as a request's may have. */
export const HEAD_LIMIT = 1024 * 1024;
/** Bytes that are taken for a head which comes in pieces, until it turns out to be larger. */
const PIECES = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const BEGINNING = Buffer.from('HTTP/1.');

/** Told of an answer's parts in their order. Nothing is told after a throw. */
export interface ResponseSink {
  /** The head of the answer itself; interim ones (1xx) are passed over. */
  head(head: ResponseHead): void;
  body(bytes: Buffer): void;
  /** The answer is whole. After a 101 it is whole with its head. */
  end(): void;
}

type State = 'head' | 'counted' | 'chunked' | 'until-close' | 'done';

/**
 * Reads one answer from the bytes of a connection, whatever way they are cut (RFC 9112). Strict: see `readHead`.
 * Constant memory: a head is held until it is whole and at most `HEAD_LIMIT`, bodies pass.
 */
export class ResponseReader {
  readonly #sink: ResponseSink;
  readonly #asked: AskedWith;
  #state: State = 'head';
  /** The beginning of a head that came in pieces. */
  #partial: Buffer | null = null;
  #partialBytes = 0;
  #remaining = 0;
  #chunks: ChunkedBody | null = null;
  #leftover: Buffer | null = null;
  #begun = false;

  constructor(sink: ResponseSink, asked: AskedWith) {
    this.#sink = sink;
    this.#asked = asked;
  }

  /** True from the first byte on. */
  get begun(): boolean {
    return this.#begun;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Bytes that came behind the answer: of a tunnel after a 101, otherwise a fault of the sender's. */
  get leftover(): Buffer | null {
    return this.#leftover;
  }

  /**
   * @param bytes the caller's own: chunked data is moved together inside them.
   * @throws {InvalidResponse} the connection is of no more use.
   */
  read(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#begun = true;
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') at = this.#readPart(bytes, at);
    if (at < bytes.length) this.#addLeftover(bytes.subarray(at));
  }

  /**
   * The sender has ended the connection.
   * @returns true when the answer is whole by that.
   */
  finish(): boolean {
    if (this.#state === 'until-close') this.#end();
    return this.#state === 'done';
  }

  #readPart(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'counted': {
        const stop = Math.min(at + this.#remaining, bytes.length);
        this.#remaining -= stop - at;
        this.#sink.body(at === 0 && stop === bytes.length ? bytes : bytes.subarray(at, stop));
        if (this.#remaining === 0) this.#end();
        return stop;
      }
      case 'chunked': {
        const chunks = this.#chunks;
        if (chunks === null) return bytes.length;
        const { data, next } = chunks.read(bytes, at);
        if (data !== null) this.#sink.body(data);
        if (chunks.done) this.#end();
        return next;
      }
      default:
        this.#sink.body(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    if (this.#partial === null) {
      const end = bytes.indexOf(END_OF_HEAD, at);
      if (end >= 0) {
        if (end + 4 - at > HEAD_LIMIT) throw tooLong();
        this.#takeHead(bytes.toString('latin1', at, end));
        return end + 4;
      }
    }
    return this.#readHeadInPieces(bytes, at);
  }

  /** Gathers a head that is not whole in one read; each byte is looked at once, however small the pieces are. */
  #readHeadInPieces(bytes: Buffer, from: number): number {
    let gathered = this.#partial ?? Buffer.allocUnsafe(PIECES);
    for (let at = from; at < bytes.length; at += 1) {
      if (this.#partialBytes === HEAD_LIMIT) throw tooLong();
      if (this.#partialBytes === gathered.length) gathered = Buffer.concat([gathered], 2 * gathered.length);
      const byte = bytes[at] ?? 0;
      const place = this.#partialBytes;
      gathered[place] = byte;
      this.#partialBytes += 1;
      // Said at once: a sender that waits for an answer to its greeting would otherwise be waited for.
      if (place < BEGINNING.length && byte !== BEGINNING[place]) {
        throw new InvalidResponse('its first line is no HTTP/1.1 status line');
      }
      if (byte !== LF) continue;
      if (gathered[place - 1] !== CR) throw new InvalidResponse('a line in its head that ends in a lone LF');
      if (gathered[place - 2] !== LF || gathered[place - 3] !== CR) continue;
      const text = gathered.toString('latin1', 0, place - 3);
      this.#partial = null;
      this.#partialBytes = 0;
      this.#takeHead(text);
      return at + 1;
    }
    this.#partial = gathered;
    return bytes.length;
  }

  #takeHead(text: string): void {
    const head = readHead(text, this.#asked);
    if (head.status < 200 && head.status !== 101) return;
    if (head.framing === 'chunked') {
      this.#state = 'chunked';
      this.#chunks = new ChunkedBody();
    } else if (head.framing === 'until-close') {
      this.#state = 'until-close';
    } else if (typeof head.framing === 'number' && head.framing > 0) {
      this.#state = 'counted';
      this.#remaining = head.framing;
    } else {
      this.#state = 'done';
    }
    this.#sink.head(head);
    if (this.#state === 'done') this.#sink.end();
  }

  #end(): void {
    this.#state = 'done';
    this.#sink.end();
  }

  #addLeftover(bytes: Buffer): void {
    this.#leftover = this.#leftover === null ? bytes : Buffer.concat([this.#leftover, bytes]);
  }
}

function tooLong(): InvalidResponse {
  return new InvalidResponse('a head of more than 1 MiB');
}
