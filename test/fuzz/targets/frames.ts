import { StreamProblem } from '../../../proxy/streams/codec/stream-problem.ts';
import { SpdyFrameReader } from '../../../proxy/streams/spdy/frame-reader.ts';
import { HeaderBlockReader } from '../../../proxy/streams/spdy/header-block.ts';
import { WebSocketFrameReader } from '../../../proxy/streams/websocket/frame-reader.ts';
import { allow, type FuzzTarget, must } from '../fuzz-target.ts';
import { SPDY_CONNECTIONS, WEBSOCKET_CONNECTIONS } from '../seeds/frames.ts';

/** What a reader made of some bytes, in a form that does not depend on how they were cut. */
interface Heard {
  /** Control frames, and where data of which stream began and ended. */
  readonly events: string[];
  readonly data: Buffer[];
  problem: boolean;
}

/** Frames of SPDY/3.1 with their header blocks: read alike however they are cut, or refused as a `StreamProblem`. */
export const spdyFrames: FuzzTarget = {
  name: 'spdy-frames',
  share: 20,
  seeds: SPDY_CONNECTIONS,
  words: [
    '\x80\x03\x00\x01',
    '\x80\x03\x00\x02',
    '\x80\x03\x00\x03',
    '\x80\x03\x00\x07',
    '\x01\x00\x00\x00',
    '\x00\x00\x00\x01',
    '\xff\xff\xff\xff',
  ],
  check(input, random) {
    agree(hearSpdy([input]), hearSpdy(random.pieces(input)));
  },
};

/** Frames of RFC 6455, as a client and as a server sends them. */
export const webSocketFrames: FuzzTarget = {
  name: 'websocket-frames',
  share: 20,
  seeds: WEBSOCKET_CONNECTIONS,
  words: [
    '\x82\x7e',
    '\x82\x7f',
    '\x00\x80',
    '\x80\x80',
    '\x88\x02\x03\xe8',
    '\x89\x00',
    '\xff\xff\xff\xff\xff\xff\xff\xff',
  ],
  check(input, random) {
    for (const masked of [true, false])
      agree(hearWebSocket([input], masked), hearWebSocket(random.pieces(input), masked));
  },
};

function hearSpdy(pieces: readonly Buffer[]): Heard {
  const heard: Heard = { events: [], data: [], problem: false };
  const headers = new HeaderBlockReader();
  const reader = new SpdyFrameReader({
    control(frame) {
      heard.events.push(frame.type);
      if ('block' in frame) heard.events.push(JSON.stringify([...headers.read(frame.block)]));
    },
    data({ streamId, payload, last, fin }) {
      heard.data.push(payload);
      if (last) heard.events.push(`data ${streamId} ${fin}`);
    },
  });
  feed(reader, pieces, heard);
  return heard;
}

function hearWebSocket(pieces: readonly Buffer[], masked: boolean): Heard {
  const heard: Heard = { events: [], data: [], problem: false };
  const reader = new WebSocketFrameReader(
    {
      message({ opcode, payload, lastOfMessage }) {
        heard.data.push(Buffer.from(payload));
        if (lastOfMessage) heard.events.push(`message ${opcode}`);
      },
      control({ opcode, payload }) {
        heard.events.push(`control ${opcode} ${payload.toString('hex')}`);
      },
    },
    { masked },
  );
  feed(reader, pieces, heard);
  return heard;
}

function feed(reader: { push(chunk: Buffer): void }, pieces: readonly Buffer[], heard: Heard): void {
  for (const piece of pieces) {
    if (allow([StreamProblem], () => [reader.push(Buffer.from(piece))]) !== null) continue;
    heard.problem = true;
    return;
  }
}

function agree(whole: Heard, cut: Heard): void {
  must(whole.problem === cut.problem, 'how the bytes are cut decides whether they are refused');
  must(whole.events.join('\n') === cut.events.join('\n'), 'how the bytes are cut changes the frames');
  if (!whole.problem)
    must(Buffer.concat(whole.data).equals(Buffer.concat(cut.data)), 'how the bytes are cut changes the data');
}
