import { SpdyFrameReader } from '../../../proxy/streams/spdy/frame-reader.ts';
import { dataFrame, synStream } from '../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockWriter } from '../../../proxy/streams/spdy/header-block.ts';
import { WebSocketFrameReader } from '../../../proxy/streams/websocket/frame-reader.ts';
import { OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';

/** One end of an exec, byte by byte: what kubectl would write, and what it would read. */
export interface StreamClient {
  /** To be sent before anything else. */
  readonly opening: Buffer;
  input(text: string): Buffer;
  resize(columns: number, rows: number): Buffer;
  read(bytes: Buffer): void;
  /** Standard output up to now. */
  output(): string;
  outputBytes(): number;
  /** What came on the error channel. */
  status(): string;
}

export function webSocketClient(): StreamClient {
  const received = collect();
  let channel = 0;
  const reader = new WebSocketFrameReader(
    {
      message: ({ first, payload }) => {
        if (first) channel = payload[0] ?? 0;
        received(channel === 3 ? 'status' : 'output', first ? payload.subarray(1) : payload);
      },
      control: () => undefined,
    },
    { masked: false },
  );
  return {
    opening: Buffer.alloc(0),
    input: (text) => webSocketFrame(OPCODE.binary, Buffer.from(`\0${text}`), { masked: true }),
    resize: (columns, rows) =>
      webSocketFrame(OPCODE.binary, Buffer.from(`\u0004${sizeText(columns, rows)}`), { masked: true }),
    read: (bytes) => reader.push(bytes),
    ...received.sums,
  };
}

const ERROR_STREAM = 1;
const INPUT_STREAM = 3;
const RESIZE_STREAM = 5;

/** The echo upstream answers on the stream that was written to. */
export function spdyClient(): StreamClient {
  const received = collect();
  const blocks = new HeaderBlockWriter();
  const reader = new SpdyFrameReader({
    control: () => undefined,
    data: ({ streamId, payload }) => received(streamId === ERROR_STREAM ? 'status' : 'output', payload),
  });
  return {
    opening: Buffer.concat([
      synStream(ERROR_STREAM, blocks.write(new Map([['streamtype', 'error']]))),
      synStream(INPUT_STREAM, blocks.write(new Map([['streamtype', 'stdin']]))),
      synStream(RESIZE_STREAM, blocks.write(new Map([['streamtype', 'resize']]))),
    ]),
    input: (text) => dataFrame(INPUT_STREAM, Buffer.from(text)),
    resize: (columns, rows) => dataFrame(RESIZE_STREAM, Buffer.from(sizeText(columns, rows))),
    read: (bytes) => reader.push(bytes),
    ...received.sums,
  };
}

function sizeText(columns: number, rows: number): string {
  return JSON.stringify({ Width: columns, Height: rows });
}

/** Keeps the first 64 KiB of each, and counts the rest. */
function collect() {
  const kept = { output: '', status: '' };
  let bytes = 0;
  const add = (what: 'output' | 'status', payload: Buffer): void => {
    if (what === 'output') bytes += payload.length;
    if (kept[what].length < 65_536) kept[what] += payload.toString('utf8');
  };
  const sums = { output: () => kept.output, outputBytes: () => bytes, status: () => kept.status };
  return Object.assign(add, { sums });
}
