import { createHash } from 'node:crypto';
import { constants, createDeflate } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { StreamProblem } from '../../../../proxy/streams/codec/stream-problem.ts';
import { SPDY_DICTIONARY } from '../../../../proxy/streams/spdy/dictionary.ts';
import { SpdyFrameReader } from '../../../../proxy/streams/spdy/frame-reader.ts';
import {
  dataFrame,
  goAway,
  headersFrame,
  ping,
  rstStream,
  synReply,
  synStream,
} from '../../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockReader, HeaderBlockWriter, type SpdyHeaders } from '../../../../proxy/streams/spdy/header-block.ts';
import { cutUp } from '../chunks.ts';

/** One direction, as a list of what it said; parts of one frame are joined. */
function read(chunks: readonly Buffer[]): { said: unknown[]; raw: Buffer; atBoundary: boolean } {
  const said: unknown[] = [];
  const raw: Buffer[] = [];
  const headers = new HeaderBlockReader();
  let open: { stream: number; data: string; fin: boolean } | null = null;
  const reader = new SpdyFrameReader({
    control(frame, bytes) {
      raw.push(bytes);
      said.push('block' in frame ? { ...frame, block: Object.fromEntries(headers.read(frame.block)) } : frame);
    },
    data({ streamId, head, payload, last, fin }) {
      if (head !== null) open = { stream: streamId, data: '', fin };
      raw.push(...(head === null ? [payload] : [head, payload]));
      if (open === null) throw new Error('a part without a head');
      open.data += payload.toString('latin1');
      if (last) said.push(open);
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return { said, raw: Buffer.concat(raw), atBoundary: reader.atBoundary };
}

const headers = (fields: Record<string, string>): SpdyHeaders => new Map(Object.entries(fields));

describe('SPDY/3.1', () => {
  it('has the dictionary that Go and every other implementation have', () => {
    expect(SPDY_DICTIONARY).toHaveLength(1423);
    expect(createHash('sha256').update(SPDY_DICTIONARY).digest('hex')).toBe(
      '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
    );
  });

  it('reads what it writes, however the bytes are cut, and hands on every byte', () => {
    const blocks = new HeaderBlockWriter();
    const written = Buffer.concat([
      synStream(1, blocks.write(headers({ streamtype: 'error' })), { priority: 3 }),
      synStream(3, blocks.write(headers({ streamtype: 'data', port: '8080', requestid: '0' })), { fin: true }),
      synReply(1, blocks.write(headers({}))),
      headersFrame(3, blocks.write(headers({ more: 'a\0b' }))),
      dataFrame(1, Buffer.from('hello'), {}),
      dataFrame(1, Buffer.alloc(10_000, 'x')),
      dataFrame(1, Buffer.alloc(0), { fin: true }),
      rstStream(3, 5),
      ping(7),
      goAway(3),
    ]);
    const expected = [
      {
        type: 'syn-stream',
        streamId: 1,
        priority: 3,
        fin: false,
        unidirectional: false,
        block: { streamtype: 'error' },
      },
      {
        ...{ type: 'syn-stream', streamId: 3, priority: 0, fin: true, unidirectional: false },
        block: { streamtype: 'data', port: '8080', requestid: '0' },
      },
      { type: 'syn-reply', streamId: 1, fin: false, block: {} },
      { type: 'headers', streamId: 3, fin: false, block: { more: 'a\0b' } },
      { stream: 1, data: 'hello', fin: false },
      { stream: 1, data: 'x'.repeat(10_000), fin: false },
      { stream: 1, data: '', fin: true },
      { type: 'rst-stream', streamId: 3, status: 5 },
      { type: 'ping', id: 7 },
      { type: 'go-away', lastStreamId: 3, status: 0 },
    ];
    for (const longest of [1, 3, 17, 1000, written.length]) {
      for (let seed = 1; seed <= 5; seed += 1) {
        const { said, raw, atBoundary } = read(cutUp(written, longest, seed));
        expect(said).toEqual(expected);
        expect(raw.equals(written)).toBe(true);
        expect(atBoundary).toBe(true);
      }
    }
  });

  it('is at no boundary inside a frame', () => {
    const frame = dataFrame(1, Buffer.from('hello'));
    expect(read([frame.subarray(0, 4)]).atBoundary).toBe(false);
    expect(read([frame.subarray(0, 10)]).atBoundary).toBe(false);
    expect(read([frame]).atBoundary).toBe(true);
  });

  it('reads blocks that a compressor made, each of which refers to the ones before', async () => {
    const all = Array.from({ length: 300 }, (_, index) =>
      headers({
        streamtype: index % 2 ? 'data' : 'error',
        port: '8080',
        requestid: String(index),
        pad: 'y'.repeat(300),
      }),
    );
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
    const reader = new HeaderBlockReader();
    let plain = new HeaderBlockWriter(true);
    for (const [index, one] of all.entries()) {
      // The serialised block is what the stored writer puts behind its five bytes.
      deflate.write(plain.write(one).subarray(5, -5));
      await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, () => done()));
      expect(Object.fromEntries(reader.read(deflate.read() as Buffer)), String(index)).toEqual(Object.fromEntries(one));
      plain = new HeaderBlockWriter(true);
    }
    deflate.close();
  });

  it('goes on with stored blocks behind blocks that were compressed', async () => {
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
    deflate.write(new HeaderBlockWriter(true).write(headers({ port: '80' })).subarray(5, -5));
    await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, () => done()));
    const reader = new HeaderBlockReader();
    expect(reader.read(deflate.read() as Buffer).get('port')).toBe('80');
    expect(reader.read(new HeaderBlockWriter(true).write(headers({ port: '81' }))).get('port')).toBe('81');
    deflate.close();
  });

  const good = new HeaderBlockWriter().write(headers({ a: 'b' }));
  it.each<[string, Buffer, string]>([
    ['another version of SPDY', Buffer.from([0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]), 'frame-malformed'],
    ['a control frame of unknown type', Buffer.from([0x80, 3, 0, 5, 0, 0, 0, 0]), 'frame-malformed'],
    ['a SYN_STREAM without its fields', Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 2, 0, 0]), 'frame-malformed'],
    ['data for stream 0', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0]), 'frame-malformed'],
    ['flags on data that nobody knows', Buffer.from([0, 0, 0, 1, 2, 0, 0, 0]), 'frame-malformed'],
    ['a control frame of 16 MiB', Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]), 'frame-too-large'],
    [
      'headers that do not inflate',
      synStream(1, Buffer.concat([good.subarray(0, 6), Buffer.from('zzzz')])),
      'headers-malformed',
    ],
    ['headers of another dictionary', synStream(1, Buffer.from('78bb00000001', 'hex')), 'headers-malformed'],
    ['headers that are cut short', synStream(1, good.subarray(0, 12)), 'headers-malformed'],
    [
      'a thousand million headers',
      synStream(1, Buffer.concat([good.subarray(0, 6), stored(Buffer.from('3fffffff', 'hex'))])),
      'headers-too-large',
    ],
    ['an upper-case name', synStream(1, new HeaderBlockWriter().write(headers({ Port: '1' }))), 'headers-malformed'],
  ])('refuses %s', (_name, bytes, code) => {
    expect(() => read([bytes])).toThrow(expect.objectContaining({ name: 'StreamProblem', code }) as StreamProblem);
  });

  it('refuses a block that inflates to more than any header block has', async () => {
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
    deflate.write(Buffer.alloc(1024 * 1024));
    await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, () => done()));
    const block = deflate.read() as Buffer;
    deflate.close();
    expect(() => new HeaderBlockReader().read(block)).toThrow(StreamProblem);
  });
});

/** A stored block of deflate. */
function stored(content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(content.length, 1);
  head.writeUInt16LE(~content.length & 0xffff, 3);
  return Buffer.concat([head, content]);
}
