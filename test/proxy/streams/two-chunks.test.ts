import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../../../proxy/policy/stream-limits.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { REDACTED } from '../../../proxy/redaction/stream-redactor.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { SpdyFrameReader } from '../../../proxy/streams/spdy/frame-reader.ts';
import { dataFrame, goAway, synReply, synStream } from '../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockWriter } from '../../../proxy/streams/spdy/header-block.ts';
import { NO_TAP } from '../../../proxy/streams/stream-tap.ts';
import { understandStream } from '../../../proxy/streams/understand-stream.ts';
import { WebSocketFrameReader } from '../../../proxy/streams/websocket/frame-reader.ts';
import { OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';

/** Two chunks, cut at every byte; of what is long, at those of its beginning, its end and some between. */
function* halves(bytes: Buffer): Generator<readonly [cut: number, first: Buffer, second: Buffer]> {
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const matters = bytes.length < 1_000 || cut < 24 || cut > bytes.length - 6 || cut % 9_001 < 5;
    if (matters) yield [cut, bytes.subarray(0, cut), bytes.subarray(cut)];
  }
}

const KEY = Buffer.from([0x11, 0x22, 0x44, 0x88]);

/** One frame under a key whose bytes all differ, so that one taken for another shows. */
function frame(payload: Buffer, masked: boolean, opcode: number = OPCODE.binary): Buffer {
  const plain = webSocketFrame(opcode, payload, { masked: false });
  if (!masked) return plain;
  const head = Buffer.from(plain.subarray(0, plain.length - payload.length));
  head[1] = (head[1] ?? 0) | 0x80;
  const hidden = Buffer.from(payload.map((byte, index) => byte ^ (KEY[index % 4] ?? 0)));
  return Buffer.concat([head, KEY, hidden]);
}

const text = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index % 251));

describe.each([
  ['a client', true],
  ['a server', false],
])('a WebSocket frame of %s that comes in two chunks', (_side, masked) => {
  // One length for each of the three ways in which RFC 6455 section 5.2 writes it, and those at their edges.
  it.each([0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536])(
    'of %i bytes: is the same, wherever it is cut, and is handed on as it comes',
    (length) => {
      const payload = text(length);
      const bytes = frame(payload, masked);
      const headBytes = bytes.length - length;
      for (const [cut, first, second] of halves(bytes)) {
        const clear: Buffer[] = [];
        const raw: Buffer[] = [];
        const ends: boolean[] = [];
        const reader = new WebSocketFrameReader(
          {
            message: (part) => {
              clear.push(Buffer.from(part.payload));
              raw.push(...(part.head === null ? [part.raw] : [part.head, part.raw]));
              ends.push(part.lastOfMessage);
            },
            control: () => undefined,
          },
          { masked },
        );
        reader.push(first);
        const come = Math.max(0, cut - headBytes);
        expect(reader.atBoundary, `cut at ${cut}`).toBe(false);
        expect(Buffer.concat(clear).equals(payload.subarray(0, come)), `first chunk, cut at ${cut}`).toBe(true);
        expect(ends.includes(true)).toBe(false);
        reader.push(second);
        expect(Buffer.concat(clear).equals(payload), `cut at ${cut}`).toBe(true);
        expect(Buffer.concat(raw).equals(bytes), `cut at ${cut}`).toBe(true);
        expect(ends.filter(Boolean)).toEqual([true]);
        expect(reader.atBoundary).toBe(true);
      }
    },
  );

  it.each([0, 1, 6, 125])('a ping of %i bytes comes whole', (length) => {
    const payload = text(length);
    const bytes = frame(payload, masked, OPCODE.ping);
    for (const [cut, first, second] of halves(bytes)) {
      const said: Array<readonly [number, Buffer, Buffer]> = [];
      const sink = {
        message: () => undefined,
        control: (control: { opcode: number; payload: Buffer }, raw: Buffer) =>
          void said.push([control.opcode, Buffer.from(control.payload), Buffer.from(raw)]),
      };
      const reader = new WebSocketFrameReader(sink, { masked });
      reader.push(first);
      expect(said, `cut at ${cut}`).toEqual([]);
      reader.push(second);
      expect(said, `cut at ${cut}`).toEqual([[OPCODE.ping, payload, bytes]]);
    }
  });
});

describe('a SPDY frame that comes in two chunks', () => {
  it.each([0, 1, 200, 70_000])('DATA of %i bytes: is the same, and is handed on as it comes', (length) => {
    const payload = text(length);
    const bytes = dataFrame(5, payload, { fin: true });
    for (const [cut, first, second] of halves(bytes)) {
      const got: Buffer[] = [];
      const ends: Array<readonly [stream: number, last: boolean, fin: boolean]> = [];
      const reader = new SpdyFrameReader({
        control: () => undefined,
        data: (part) => {
          got.push(...(part.head === null ? [part.payload] : [part.head, part.payload]));
          if (part.last) ends.push([part.streamId, part.last, part.fin]);
        },
      });
      reader.push(first);
      expect(Buffer.concat(got).equals(cut < 8 ? Buffer.alloc(0) : first), `cut at ${cut}`).toBe(true);
      expect(ends).toEqual([]);
      expect(reader.atBoundary).toBe(false);
      reader.push(second);
      expect(Buffer.concat(got).equals(bytes), `cut at ${cut}`).toBe(true);
      expect(ends).toEqual([[5, true, true]]);
      expect(reader.atBoundary).toBe(true);
    }
  });

  it('of control comes whole', () => {
    const bytes = synStream(3, new HeaderBlockWriter().write(new Map([['streamtype', 'stdout']])));
    for (const [cut, first, second] of halves(bytes)) {
      const said: Buffer[] = [];
      const reader = new SpdyFrameReader({ control: (_frame, raw) => void said.push(raw), data: () => undefined });
      reader.push(first);
      expect(said, `cut at ${cut}`).toEqual([]);
      expect(reader.atBoundary).toBe(false);
      reader.push(second);
      expect(said.map((raw) => raw.equals(bytes))).toEqual([true]);
    }
  });
});

const SECRET = 'hunter2-and-more';

/** A command's stream that has begun, and everything that a recorder is told of it. */
function command(upgrade: 'websocket' | 'SPDY/3.1', protocol: string, seen: readonly string[] = []) {
  const rawHeaders = ['Host', 'x', 'Connection', 'Upgrade', 'Upgrade', upgrade];
  const target = '/api/v1/namespaces/n/pods/p/exec?command=sh&stdin=true&stdout=true&tty=true';
  const request = readRequest({ method: upgrade === 'websocket' ? 'GET' : 'POST', target, rawHeaders });
  const values = new SeenValues();
  for (const value of seen) values.add(Buffer.from(value));
  const told = { stdout: '', stderr: '', stdin: '', size: '' };
  const tap = {
    ...NO_TAP,
    output: (name: 'stdout' | 'stderr', bytes: Buffer) => {
      told[name] += bytes.toString();
    },
    input: (bytes: Buffer) => {
      told.stdin += bytes.toString();
    },
    resize: (columns: number, rows: number) => {
      told.size += `${columns}x${rows} `;
    },
  };
  const header = upgrade === 'websocket' ? 'Sec-WebSocket-Protocol' : 'X-Stream-Protocol-Version';
  const { codec, summary } = understandStream(request, [[header, protocol]], { seen: values, tap, limits: NO_LIMITS });
  return { codec, summary, told };
}

const TYPED = `echo hello ${'x'.repeat(130)}\n`;
const SIZE = '{"Width":120,"Height":40}';
const EXITED = JSON.stringify({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: '3' }] },
});
const stdin = { bytes: TYPED.length, sha256: createHash('sha256').update(TYPED).digest('hex') };

describe.each<
  [name: string, upgrade: 'websocket' | 'SPDY/3.1', up: Buffer, down: (secret: string) => Buffer, opening: Buffer]
>([
  [
    'WebSocket',
    'websocket',
    Buffer.concat([
      frame(Buffer.from(`\x04${SIZE}`), true),
      frame(Buffer.from('\x00'), true),
      frame(Buffer.from(`\x00${TYPED}`), true),
    ]),
    (secret) =>
      Buffer.concat([
        frame(Buffer.from(`\x01out ${secret} ${'y'.repeat(130)}`), false),
        frame(Buffer.from('\x02err'), false),
        frame(Buffer.from(`\x03${EXITED}`), false),
      ]),
    Buffer.alloc(0),
  ],
  [
    'SPDY',
    'SPDY/3.1',
    Buffer.concat([dataFrame(9, Buffer.from(SIZE)), dataFrame(3, Buffer.from(TYPED), { fin: true })]),
    (secret) => {
      const blocks = new HeaderBlockWriter();
      return Buffer.concat([
        ...[1, 3, 5, 7, 9].map((id) => synReply(id, blocks.write(new Map()))),
        dataFrame(5, Buffer.from(`out ${secret} ${'y'.repeat(130)}`)),
        dataFrame(7, Buffer.from('err'), { fin: true }),
        dataFrame(1, Buffer.from(EXITED), { fin: true }),
        goAway(0),
      ]);
    },
    (() => {
      const blocks = new HeaderBlockWriter();
      const streams = ['error', 'stdin', 'stdout', 'stderr', 'resize'].map((type, index) =>
        synStream(index * 2 + 1, blocks.write(new Map([['streamtype', type]]))),
      );
      return Buffer.concat(streams);
    })(),
  ],
])('a command over %s, in two chunks cut at every byte', (_name, upgrade, up, down, opening) => {
  const open = (seen: readonly string[] = []) => {
    const opened = command(upgrade, 'v4.channel.k8s.io', seen);
    if (opening.length > 0) opened.codec.fromClient(opening);
    return opened;
  };

  it('from the client: what is typed is understood, and goes on as it came', () => {
    for (const [cut, first, second] of halves(up)) {
      const { codec, summary, told } = open();
      const sent = Buffer.concat([...codec.fromClient(first), ...codec.fromClient(second)]);
      expect(sent.equals(up), `cut at ${cut}`).toBe(true);
      expect(told, `cut at ${cut}`).toEqual({ stdout: '', stderr: '', stdin: TYPED, size: '120x40 ' });
      expect(summary(), `cut at ${cut}`).toMatchObject({ stdin });
    }
  });

  it('from the cluster: what is shown is understood, and goes on as it came', () => {
    const bytes = down(SECRET);
    for (const [cut, first, second] of halves(bytes)) {
      const { codec, summary, told } = open();
      const sent = Buffer.concat([...codec.fromUpstream(first), ...codec.fromUpstream(second)]);
      expect(sent.equals(bytes), `cut at ${cut}`).toBe(true);
      const stdout = `out ${SECRET} ${'y'.repeat(130)}`;
      expect(told, `cut at ${cut}`).toEqual({ stdout, stderr: 'err', stdin: '', size: '' });
      expect(summary(), `cut at ${cut}`).toMatchObject({ exitCode: 3, error: null });
    }
  });

  it('from the cluster: a value that was seen is gone, from the stream and from its recording', () => {
    for (const [cut, first, second] of halves(down(SECRET))) {
      const { codec, summary, told } = open([SECRET]);
      const sent = Buffer.concat([...codec.fromUpstream(first), ...codec.fromUpstream(second), ...codec.release()]);
      expect(sent.includes(SECRET), `cut at ${cut}`).toBe(false);
      const stdout = `out ${REDACTED} ${'y'.repeat(130)}`;
      expect(told, `cut at ${cut}`).toEqual({ stdout, stderr: 'err', stdin: '', size: '' });
      expect(summary(), `cut at ${cut}`).toMatchObject({ redactedValues: 1, exitCode: 3 });
    }
  });
});
