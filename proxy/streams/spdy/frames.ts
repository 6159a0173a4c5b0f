/**
 * Frames of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00 section 2.2 and 2.6) as Kubernetes uses them: 8 bytes of head, then
 * the payload. Streams that a client opens have odd ids.
 */

export const SPDY_VERSION = 3;
export const FRAME_HEAD_BYTES = 8;
/** A length has 24 bits; what is longer is written as several frames. */
const LONGEST_PAYLOAD = 0xff_ffff;

export const CONTROL_FRAME = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const FRAME_FLAG = { fin: 0x01, unidirectional: 0x02 } as const;

/** Status codes of RST_STREAM that we send. */
export const RST_STATUS = { protocolError: 1, refusedStream: 3, cancel: 5 } as const;

/** A control frame. `block` is a header block as it came, for `HeaderBlockReader`. */
export type ControlFrame =
  | {
      readonly type: 'syn-stream';
      readonly streamId: number;
      readonly priority: number;
      readonly fin: boolean;
      readonly unidirectional: boolean;
      readonly block: Buffer;
    }
  | {
      readonly type: 'syn-reply' | 'headers';
      readonly streamId: number;
      readonly fin: boolean;
      readonly block: Buffer;
    }
  | { readonly type: 'rst-stream'; readonly streamId: number; readonly status: number }
  | { readonly type: 'settings' }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'go-away'; readonly lastStreamId: number; readonly status: number }
  | { readonly type: 'window-update'; readonly streamId: number; readonly delta: number };

/** @param block of `HeaderBlockWriter`. */
export function synStream(
  streamId: number,
  block: Buffer,
  options: { readonly priority?: number; readonly fin?: boolean } = {},
): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt32BE(streamId, 0);
  fields[8] = (options.priority ?? 0) << 5;
  return control(CONTROL_FRAME.synStream, options.fin ? FRAME_FLAG.fin : 0, fields, block);
}

export function synReply(streamId: number, block: Buffer, options: { readonly fin?: boolean } = {}): Buffer {
  return control(CONTROL_FRAME.synReply, options.fin ? FRAME_FLAG.fin : 0, uint32s(streamId), block);
}

export function rstStream(streamId: number, status: number): Buffer {
  return control(CONTROL_FRAME.rstStream, 0, uint32s(streamId, status));
}

/** The other side echoes it: ids of a client are odd. */
export function ping(id: number): Buffer {
  return control(CONTROL_FRAME.ping, 0, uint32s(id));
}

/** @param lastStreamId the last stream that this side took. */
export function goAway(lastStreamId: number, status = 0): Buffer {
  return control(CONTROL_FRAME.goAway, 0, uint32s(lastStreamId, status));
}

export function headersFrame(streamId: number, block: Buffer, options: { readonly fin?: boolean } = {}): Buffer {
  return control(CONTROL_FRAME.headers, options.fin ? FRAME_FLAG.fin : 0, uint32s(streamId), block);
}

/** The head of a DATA frame. */
export function dataHead(streamId: number, length: number, fin: boolean): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(streamId, 0);
  head[4] = fin ? FRAME_FLAG.fin : 0;
  head.writeUIntBE(length, 5, 3);
  return head;
}

/** One DATA frame; several where the bytes do not fit into one. */
export function dataFrame(streamId: number, bytes: Uint8Array, options: { readonly fin?: boolean } = {}): Buffer {
  const frames: Uint8Array[] = [];
  let at = 0;
  do {
    const payload = bytes.subarray(at, at + LONGEST_PAYLOAD);
    at += payload.length;
    frames.push(dataHead(streamId, payload.length, at >= bytes.length && options.fin === true), payload);
  } while (at < bytes.length);
  return Buffer.concat(frames);
}

function control(type: number, flags: number, ...payload: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  const length = payload.reduce((sum, part) => sum + part.length, 0);
  head.writeUInt32BE(0x8000_0000 + (SPDY_VERSION << 16) + type, 0);
  head[4] = flags;
  head.writeUIntBE(length, 5, 3);
  return Buffer.concat([head, ...payload]);
}

function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}
