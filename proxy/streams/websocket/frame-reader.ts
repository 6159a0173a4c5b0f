import { StreamProblem } from '../codec/stream-problem.ts';
import { LONGEST_CONTROL_PAYLOAD, OPCODE, unmask } from './frames.ts';

/** Longer than any frame of a Kubernetes client or server; frames are not buffered, so this bounds no memory. */
const LONGEST_FRAME = 1024 * 1024 * 1024;

/** A piece of a text or binary message: as much of one of its frames as has come. */
export interface MessagePart {
  readonly opcode: typeof OPCODE.text | typeof OPCODE.binary;
  /** The frame's head as it came, on its first part; null on later ones. */
  readonly head: Buffer | null;
  /** The payload as it came: masked where a client sent it. */
  readonly raw: Buffer;
  /** The payload in clear. */
  readonly payload: Buffer;
  /** The message begins with this part. */
  readonly first: boolean;
  /** The frame is complete with this part. */
  readonly lastOfFrame: boolean;
  /** The message is complete with this part. */
  readonly lastOfMessage: boolean;
}

export interface WebSocketSink {
  message(part: MessagePart): void;
  /** A ping, pong or close. @param raw the whole frame as it came. */
  control(frame: { readonly opcode: number; readonly payload: Buffer }, raw: Buffer): void;
}

interface OpenFrame {
  readonly key: Buffer | null;
  readonly fin: boolean;
  done: number;
  left: number;
}

/**
 * Cuts one direction of a WebSocket connection into frames (RFC 6455 section 5), however its bytes are cut. Messages
 * come in the parts in which they arrive: nothing of them is buffered. Control frames come whole.
 */
export class WebSocketFrameReader {
  readonly #sink: WebSocketSink;
  readonly #masked: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #frame: OpenFrame | null = null;
  /** The message that is open between its fragments. */
  #message: { readonly opcode: MessagePart['opcode']; begun: boolean } | null = null;

  /** @param options.masked true for what a client sends. */
  constructor(sink: WebSocketSink, options: { readonly masked: boolean }) {
    this.#sink = sink;
    this.#masked = options.masked;
  }

  /** Neither a frame nor a message is open: another message may be put here. */
  get atBoundary(): boolean {
    return this.#frame === null && this.#pending.length === 0 && this.#message === null;
  }

  /** @throws {StreamProblem} */
  push(chunk: Buffer): void {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = rest.subarray(0, 0);
    while (rest.length > 0) {
      const taken = this.#frame === null ? this.#begin(rest) : this.#part(this.#frame, rest, null);
      if (taken === 0) {
        this.#pending = rest;
        return;
      }
      rest = rest.subarray(taken);
    }
  }

  /** @returns how many bytes were used; 0 when more are needed. */
  #begin(rest: Buffer): number {
    const head = readHead(rest, this.#masked);
    if (head === null) return 0;
    const { opcode, fin, length, bytes, key } = head;
    if (opcode >= OPCODE.close) {
      if (rest.length < bytes + length) return 0;
      const payload = this.#clear(rest.subarray(bytes, bytes + length), key, 0);
      this.#sink.control({ opcode, payload }, rest.subarray(0, bytes + length));
      return bytes + length;
    }
    this.#openMessage(opcode);
    const frame: OpenFrame = { key, fin, done: 0, left: length };
    return bytes + this.#part(frame, rest.subarray(bytes), rest.subarray(0, bytes));
  }

  #openMessage(opcode: number): void {
    const isNew = opcode !== OPCODE.continuation;
    if (isNew === (this.#message !== null)) {
      throw new StreamProblem(
        'frame-malformed',
        'a WebSocket message that begins inside another, or goes on with none',
      );
    }
    if (opcode === OPCODE.text || opcode === OPCODE.binary) this.#message = { opcode, begun: false };
  }

  #part(frame: OpenFrame, rest: Buffer, head: Buffer | null): number {
    const message = this.#message;
    if (message === null) return 0;
    const raw = rest.subarray(0, frame.left);
    const payload = this.#clear(raw, frame.key, frame.done);
    frame.done += raw.length;
    frame.left -= raw.length;
    const lastOfFrame = frame.left === 0;
    const lastOfMessage = lastOfFrame && frame.fin;
    this.#frame = lastOfFrame ? null : frame;
    if (lastOfMessage) this.#message = null;
    const first = !message.begun;
    // The part that carries a head but no byte does not begin the message for a reader of its first byte.
    if (raw.length > 0) message.begun = true;
    this.#sink.message({ opcode: message.opcode, head, raw, payload, first, lastOfFrame, lastOfMessage });
    return raw.length;
  }

  #clear(raw: Buffer, key: Buffer | null, offset: number): Buffer {
    if (key === null || raw.length === 0) return raw;
    const clear = Buffer.from(raw);
    unmask(clear, key, offset);
    return clear;
  }
}

interface Head {
  readonly opcode: number;
  readonly fin: boolean;
  readonly length: number;
  /** Bytes of the head itself. */
  readonly bytes: number;
  readonly key: Buffer | null;
}

function readHead(rest: Buffer, masked: boolean): Head | null {
  if (rest.length < 2) return null;
  const first = rest[0] ?? 0;
  const second = rest[1] ?? 0;
  const opcode = first & 0x0f;
  const fin = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0) throw new StreamProblem('frame-malformed', 'a WebSocket frame of an extension');
  if (opcode > OPCODE.pong || (opcode > OPCODE.binary && opcode < OPCODE.close)) {
    throw new StreamProblem('frame-malformed', `a WebSocket frame of unknown opcode ${opcode}`);
  }
  if (((second & 0x80) !== 0) !== masked) {
    throw new StreamProblem('frame-malformed', `a WebSocket frame that is ${masked ? 'not ' : ''}masked`);
  }
  const short = second & 0x7f;
  if (opcode >= OPCODE.close && (!fin || short > LONGEST_CONTROL_PAYLOAD)) {
    throw new StreamProblem('frame-malformed', 'a WebSocket control frame that is too long or in fragments');
  }
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const bytes = 2 + extended + (masked ? 4 : 0);
  if (rest.length < bytes) return null;
  return {
    opcode,
    fin,
    length: lengthOf(rest, short),
    bytes,
    key: masked ? Buffer.from(rest.subarray(bytes - 4, bytes)) : null,
  };
}

function lengthOf(rest: Buffer, short: number): number {
  if (short < 126) return short;
  const length = short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
  if (length < (short === 126 ? 126 : 65_536)) {
    throw new StreamProblem('frame-malformed', 'a WebSocket length that is not written in the shortest form');
  }
  if (length > LONGEST_FRAME) throw new StreamProblem('frame-too-large', `a WebSocket frame of ${length} bytes`);
  return length;
}
