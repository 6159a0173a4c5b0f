import { StreamProblem } from '../codec/stream-problem.ts';
import { CONTROL_FRAME, type ControlFrame, FRAME_FLAG, FRAME_HEAD_BYTES, SPDY_VERSION } from './frames.ts';

/** Header blocks, of under 200 bytes with Kubernetes, are the only control frames that are not of a few bytes. */
const LONGEST_CONTROL = 16 * 1024;

/** A piece of a DATA frame: as much of it as has come. */
export interface DataPart {
  readonly streamId: number;
  /** The frame's head as it came, on its first part; null on later ones. */
  readonly head: Buffer | null;
  readonly payload: Buffer;
  /** The frame is complete with this part. */
  readonly last: boolean;
  /** The frame ends its side of the stream; to be heeded on the last part. */
  readonly fin: boolean;
}

export interface SpdyFrameSink {
  /** @param raw the whole frame as it came. */
  control(frame: ControlFrame, raw: Buffer): void;
  data(part: DataPart): void;
}

/**
 * Cuts one direction of a SPDY/3.1 connection into frames, however its bytes are cut. Control frames come whole, DATA
 * frames in the parts in which they arrive: nothing of them is buffered.
 */
export class SpdyFrameReader {
  readonly #sink: SpdyFrameSink;
  /** What has come of a head or a control frame that is not whole yet. */
  #pending: Buffer = Buffer.alloc(0);
  #data: { readonly streamId: number; readonly fin: boolean; left: number } | null = null;

  constructor(sink: SpdyFrameSink) {
    this.#sink = sink;
  }

  /** No frame is open: another frame may be put here. */
  get atBoundary(): boolean {
    return this.#data === null && this.#pending.length === 0;
  }

  /** Inside a DATA frame whose head was handed on already. */
  get insideData(): boolean {
    return this.#data !== null;
  }

  /** @throws {StreamProblem} */
  push(chunk: Buffer): void {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = rest.subarray(0, 0);
    while (rest.length > 0) {
      const taken = this.#data === null ? this.#frame(rest) : this.#payload(rest);
      if (taken === 0) {
        this.#pending = rest;
        return;
      }
      rest = rest.subarray(taken);
    }
  }

  #payload(rest: Buffer): number {
    const data = this.#data;
    if (data === null) return 0;
    const payload = rest.subarray(0, data.left);
    data.left -= payload.length;
    const last = data.left === 0;
    if (last) this.#data = null;
    this.#sink.data({ streamId: data.streamId, head: null, payload, last, fin: data.fin });
    return payload.length;
  }

  /** @returns how many bytes were used; 0 when more are needed. */
  #frame(rest: Buffer): number {
    if (rest.length < FRAME_HEAD_BYTES) return 0;
    const first = rest.readUInt32BE(0);
    const flags = rest[4] ?? 0;
    const length = rest.readUIntBE(5, 3);
    if (first >= 0x8000_0000) return this.#control(rest, (first >>> 16) & 0x7fff, first & 0xffff, flags, length);
    if (first === 0) throw new StreamProblem('frame-malformed', 'SPDY data for stream 0');
    const fin = (flags & FRAME_FLAG.fin) !== 0;
    if ((flags & ~FRAME_FLAG.fin) !== 0) throw new StreamProblem('frame-malformed', 'unknown flags on SPDY data');
    const payload = rest.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length);
    const last = payload.length === length;
    if (!last) this.#data = { streamId: first, fin, left: length - payload.length };
    this.#sink.data({ streamId: first, head: rest.subarray(0, FRAME_HEAD_BYTES), payload, last, fin });
    return FRAME_HEAD_BYTES + payload.length;
  }

  #control(rest: Buffer, version: number, type: number, flags: number, length: number): number {
    if (version !== SPDY_VERSION) throw new StreamProblem('frame-malformed', `a frame of SPDY version ${version}`);
    if (length > LONGEST_CONTROL) {
      throw new StreamProblem('frame-too-large', `a SPDY control frame of ${length} bytes`);
    }
    const total = FRAME_HEAD_BYTES + length;
    if (rest.length < total) return 0;
    this.#sink.control(readControl(type, flags, rest.subarray(FRAME_HEAD_BYTES, total)), rest.subarray(0, total));
    return total;
  }
}

function readControl(type: number, flags: number, body: Buffer): ControlFrame {
  const id = (at: number): number => body.readUInt32BE(at) & 0x7fff_ffff;
  const fin = (flags & FRAME_FLAG.fin) !== 0;
  const least = LEAST_BYTES[type];
  if (least === undefined) throw new StreamProblem('frame-malformed', `a SPDY control frame of unknown type ${type}`);
  if (body.length < least) throw new StreamProblem('frame-malformed', `a SPDY control frame (${type}) cut short`);
  switch (type) {
    case CONTROL_FRAME.synStream: {
      const unidirectional = (flags & FRAME_FLAG.unidirectional) !== 0;
      const priority = (body[8] ?? 0) >>> 5;
      return { type: 'syn-stream', streamId: id(0), priority, fin, unidirectional, block: body.subarray(10) };
    }
    case CONTROL_FRAME.synReply:
      return { type: 'syn-reply', streamId: id(0), fin, block: body.subarray(4) };
    case CONTROL_FRAME.rstStream:
      return { type: 'rst-stream', streamId: id(0), status: body.readUInt32BE(4) };
    case CONTROL_FRAME.settings:
      return { type: 'settings' };
    case CONTROL_FRAME.ping:
      return { type: 'ping', id: body.readUInt32BE(0) };
    case CONTROL_FRAME.goAway:
      return { type: 'go-away', lastStreamId: id(0), status: body.readUInt32BE(4) };
    case CONTROL_FRAME.headers:
      return { type: 'headers', streamId: id(0), fin, block: body.subarray(4) };
    default:
      return { type: 'window-update', streamId: id(0), delta: id(4) };
  }
}

const LEAST_BYTES: Readonly<Record<number, number>> = {
  [CONTROL_FRAME.synStream]: 10,
  [CONTROL_FRAME.synReply]: 4,
  [CONTROL_FRAME.rstStream]: 8,
  [CONTROL_FRAME.settings]: 4,
  [CONTROL_FRAME.ping]: 4,
  [CONTROL_FRAME.goAway]: 8,
  [CONTROL_FRAME.headers]: 4,
  [CONTROL_FRAME.windowUpdate]: 8,
};
