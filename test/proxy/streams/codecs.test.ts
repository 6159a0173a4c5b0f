// Longer than 300 lines: the codecs answer the same questions, so that one can be held against the other.
import { describe, expect, it } from 'vitest';
import type { StreamLimits } from '../../../model/decision.ts';
import { NO_LIMITS } from '../../../proxy/policy/stream-limits.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { REDACTED } from '../../../proxy/redaction/stream-redactor.ts';
import { Refusal, refusalStatus } from '../../../proxy/refusal.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import type { StreamCodec } from '../../../proxy/streams/codec/stream-codec.ts';
import { SpdyFrameReader } from '../../../proxy/streams/spdy/frame-reader.ts';
import { dataFrame, goAway, ping, synReply, synStream } from '../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockReader, HeaderBlockWriter } from '../../../proxy/streams/spdy/header-block.ts';
import { NO_TAP } from '../../../proxy/streams/stream-tap.ts';
import { refuseUnreadable, understandStream } from '../../../proxy/streams/understand-stream.ts';
import { WebSocketFrameReader } from '../../../proxy/streams/websocket/frame-reader.ts';
import { closeFrame, OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';
import { cutUp } from './chunks.ts';

const SECRET = 'hunter2-and-more';
const EXEC = 'exec?command=sh&stdin=true&stdout=true&stderr=true';
const ENDED = refusalStatus(new Refusal('stream-ended', 'Gatehouse: ended by anna'));

interface Case {
  readonly codec: StreamCodec;
  readonly summary: () => object;
  readonly tapped: () => string;
}

function stream(
  upgrade: 'websocket' | 'SPDY/3.1',
  protocol: string,
  options: { target?: string; seen?: readonly string[]; limits?: StreamLimits } = {},
): Case {
  const rawHeaders = ['Host', 'x', 'Connection', 'Upgrade', 'Upgrade', upgrade];
  const target = `/api/v1/namespaces/n/pods/p/${options.target ?? EXEC}`;
  const request = readRequest({ method: upgrade === 'websocket' ? 'GET' : 'POST', target, rawHeaders });
  const seen = new SeenValues();
  for (const value of options.seen ?? []) seen.add(Buffer.from(value));
  let tapped = '';
  const note = (text: string) => {
    tapped += text;
  };
  const tap = {
    ...NO_TAP,
    output: (name: string, bytes: Buffer) => note(`${name}:${bytes} `),
    resize: (columns: number, rows: number) => note(`resize:${columns}x${rows} `),
    data: (connection: number, direction: string, bytes: Buffer) => note(`${direction}${connection}:${bytes} `),
  };
  const name = upgrade === 'websocket' ? 'Sec-WebSocket-Protocol' : 'X-Stream-Protocol-Version';
  const headers = protocol === '' ? [] : [[name, protocol] as const];
  const understood = understandStream(request, headers, { seen, tap, limits: options.limits ?? NO_LIMITS });
  return { codec: understood.codec, summary: understood.summary, tapped: () => tapped };
}

const message = (channel: number, text: string, options: { masked?: boolean; fin?: boolean; opcode?: number } = {}) =>
  webSocketFrame(
    options.opcode ?? OPCODE.binary,
    options.opcode === OPCODE.continuation
      ? Buffer.from(text)
      : Buffer.concat([Buffer.from([channel]), Buffer.from(text)]),
    { masked: options.masked ?? false, fin: options.fin ?? true },
  );

/** What a client would get on each channel. */
function channels(bytes: Buffer): Record<string, string> {
  const got: Record<string, string> = {};
  let channel = 0;
  const reader = new WebSocketFrameReader(
    {
      message: ({ first, payload }) => {
        if (first && payload.length > 0) channel = payload[0] ?? 0;
        got[channel] = (got[channel] ?? '') + (first ? payload.subarray(1) : payload).toString('utf8');
      },
      control: ({ opcode }) => {
        if (opcode === OPCODE.close) got.close = 'yes';
      },
    },
    { masked: false },
  );
  reader.push(bytes);
  return got;
}

/** What a client would get on each stream; headers are read, so that a broken zlib stream shows. */
function streams(bytes: Buffer): Record<string, string> {
  const got: Record<string, string> = {};
  const blocks = new HeaderBlockReader();
  const reader = new SpdyFrameReader({
    control: (frame) => {
      if ('block' in frame) blocks.read(frame.block);
      if (frame.type === 'go-away') got.goAway = 'yes';
      if (frame.type === 'syn-reply') got[frame.streamId] = `${got[frame.streamId] ?? ''}<`;
    },
    data: ({ streamId, payload, last, fin }) => {
      got[streamId] = `${got[streamId] ?? ''}${payload}${last && fin ? '>' : ''}`;
    },
  });
  reader.push(bytes);
  return got;
}

function through(codec: StreamCodec, side: 'fromClient' | 'fromUpstream', chunks: readonly Buffer[]): Buffer {
  const out = chunks.flatMap((chunk) => [...codec[side](chunk)]);
  return Buffer.concat(side === 'fromUpstream' ? [...out, ...codec.release()] : out);
}

const everyCut = (bytes: Buffer, check: (chunks: Buffer[]) => void): void => {
  for (const longest of [1, 2, 5, 13, 40, bytes.length]) {
    for (let seed = 1; seed <= 4; seed += 1) check(cutUp(bytes, longest, seed));
  }
};

const success = JSON.stringify({ metadata: {}, status: 'Success' });

describe('WebSocket channels', () => {
  const output = Buffer.concat([
    message(1, ''),
    message(1, `out ${SECRET} `),
    message(2, 'err '),
    webSocketFrame(OPCODE.ping, Buffer.alloc(0), { masked: false }),
    message(1, 'in ', { fin: false }),
    message(1, 'frag', { fin: false, opcode: OPCODE.continuation }),
    message(1, 'ments', { opcode: OPCODE.continuation }),
    message(3, success),
    closeFrame(1000, '', false),
  ]);

  it('pass as the same bytes where no value was seen', () => {
    everyCut(output, (chunks) => {
      const { codec, summary, tapped } = stream('websocket', 'v5.channel.k8s.io');
      expect(through(codec, 'fromUpstream', chunks).equals(output)).toBe(true);
      expect(summary()).toMatchObject({ transport: 'websocket v5.channel.k8s.io', exitCode: 0, redactedValues: 0 });
      expect(tapped().replaceAll(/ ?stdout:|\s/g, '')).toContain('fragments');
    });
  });

  it('hand on the very chunk, uncopied', () => {
    const { codec } = stream('websocket', 'v5.channel.k8s.io');
    const [first, ...more] = codec.fromUpstream(output);
    expect(more).toEqual([]);
    expect(first?.buffer).toBe(output.buffer);
  });

  it('lose a value that was seen, however it is cut, and nothing else', () => {
    everyCut(output, (chunks) => {
      const { codec, summary } = stream('websocket', 'v5.channel.k8s.io', { seen: [SECRET] });
      expect(channels(through(codec, 'fromUpstream', chunks))).toEqual({
        1: `out ${REDACTED} in fragments`,
        2: 'err ',
        3: success,
        close: 'yes',
      });
      expect(summary()).toMatchObject({ redactedValues: 1, exitCode: 0 });
    });
  });

  it('find a value that is cut between two messages', () => {
    const { codec } = stream('websocket', 'v4.channel.k8s.io', { seen: [SECRET] });
    const sent = Buffer.concat([message(1, `a ${SECRET.slice(0, 7)}`), message(1, `${SECRET.slice(7)} b`)]);
    expect(channels(through(codec, 'fromUpstream', [sent]))).toEqual({ 1: `a ${REDACTED} b` });
  });

  it('let go what was held back before the error channel and the close say that it is over', () => {
    const { codec } = stream('websocket', 'v5.channel.k8s.io', { seen: [SECRET] });
    const sent = Buffer.concat([message(1, 'the end is hunt'), message(3, success)]);
    const out = Buffer.concat([...codec.fromUpstream(sent)]);
    expect(codec.holding).toBe(false);
    expect(channels(out)).toEqual({ 1: 'the end is hunt', 3: success });
  });

  it('tell of the exit status, the size of the terminal and the input', () => {
    const { codec, summary, tapped } = stream('websocket', 'v5.channel.k8s.io');
    const exit = {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    };
    const typed = Buffer.concat([
      message(4, '{"Width":120,"Height":40}', { masked: true }),
      message(0, 'typed', { masked: true }),
      message(255, '\0', { masked: true }),
    ]);
    expect(through(codec, 'fromClient', cutUp(typed, 3, 1)).equals(typed)).toBe(true);
    through(codec, 'fromUpstream', [message(3, JSON.stringify(exit))]);
    expect(tapped()).toContain('resize:120x40');
    expect(summary()).toMatchObject({ exitCode: 3, stdin: { bytes: 5 } });
  });

  it('end with a Status and a close, between messages only', () => {
    const { codec } = stream('websocket', 'v5.channel.k8s.io');
    const half = message(1, 'a long message').subarray(0, 6);
    codec.fromUpstream(half);
    expect(codec.farewell(ENDED)).toBeNull();
    codec.fromUpstream(message(1, 'a long message').subarray(6));
    const words = channels(Buffer.concat([...(codec.farewell(ENDED) ?? [])]));
    expect(JSON.parse(words[3] ?? '')).toMatchObject({
      kind: 'Status',
      message: 'Gatehouse: ended by anna',
      code: 403,
    });
    expect(words.close).toBe('yes');
  });

  it.each([
    ['bytes that are no frames', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a channel that does not exist', message(9, 'x')],
    ['input on a channel of output', message(0, 'x')],
  ])('are refused with %s from the cluster', (_what, bytes) => {
    const { codec } = stream('websocket', 'v5.channel.k8s.io');
    expect(() => codec.fromUpstream(bytes)).toThrow(expect.objectContaining({ name: 'StreamProblem' }) as Error);
  });

  it('are refused with fragments from the client, each of which a kubelet reads as a message on a channel of its own', () => {
    const { codec, summary } = stream('websocket', 'v5.channel.k8s.io');
    const hidden = Buffer.concat([
      message(4, '{', { masked: true, fin: false }),
      message(0, '\0rm -rf /\n', { masked: true, opcode: OPCODE.continuation }),
    ]);
    const problem = expect.objectContaining({ code: 'frame-malformed' }) as Error;
    expect(() => codec.fromClient(hidden)).toThrow(problem);
    expect(summary()).toMatchObject({ stdin: { bytes: 0 } });
  });

  it('are refused with a channel that a client does not have', () => {
    const { codec } = stream('websocket', 'v5.channel.k8s.io');
    const problem = expect.objectContaining({ code: 'stream-unknown' }) as Error;
    expect(() => codec.fromClient(message(1, 'x', { masked: true }))).toThrow(problem);
  });

  it.each(['base64.channel.k8s.io', 'v4.base64.channel.k8s.io', 'v6.channel.k8s.io'])(
    'are not opened at all with %s, which is not read',
    (protocol) => {
      const refused = expect.objectContaining({ code: 'stream-protocol-not-supported' }) as Error;
      expect(() => stream('websocket', protocol)).toThrow(refused);
    },
  );
});

describe('what a client offers', () => {
  const ask = (...protocols: readonly string[]) => {
    const offered = protocols.flatMap((protocol) => ['Sec-WebSocket-Protocol', protocol]);
    const rawHeaders = ['Host', 'x', 'Connection', 'Upgrade', 'Upgrade', 'websocket', ...offered];
    return readRequest({ method: 'GET', target: `/api/v1/namespaces/n/pods/p/${EXEC}`, rawHeaders });
  };

  it.each([
    [[]],
    [['v5.channel.k8s.io']],
    [['v5.channel.k8s.io,v4.channel.k8s.io,v3.channel.k8s.io,v2.channel.k8s.io,channel.k8s.io']],
    [['SPDY/3.1+portforward.k8s.io']],
  ])('may pass where one of it is read: %j', (protocols) => {
    expect(() => refuseUnreadable(ask(...protocols))).not.toThrow();
  });

  // The cluster takes the first that it knows, and by then the command runs.
  it.each([[['v9.channel.k8s.io']], [['base64.channel.k8s.io, v4.channel.k8s.io']], [['v4.base64.channel.k8s.io']]])(
    'is refused before anything runs where it could lead to what is not read: %j',
    (protocols) => {
      const refused = expect.objectContaining({ code: 'stream-protocol-not-supported' }) as Error;
      expect(() => refuseUnreadable(ask(...protocols))).toThrow(refused);
    },
  );
});

describe('a command over SPDY', () => {
  const open = () => {
    const blocks = new HeaderBlockWriter();
    return Buffer.concat(
      ['error', 'stdin', 'stdout', 'stderr', 'resize'].map((type, index) =>
        synStream(index * 2 + 1, blocks.write(new Map([['streamtype', type]]))),
      ),
    );
  };
  const output = () => {
    const blocks = new HeaderBlockWriter();
    return Buffer.concat([
      ...[1, 3, 5, 7, 9].map((id) => synReply(id, blocks.write(new Map()))),
      dataFrame(5, Buffer.from(`out ${SECRET} `)),
      ping(2),
      dataFrame(7, Buffer.from('err')),
      dataFrame(5, Buffer.from('the end is hunt'), { fin: true }),
      dataFrame(7, Buffer.alloc(0), { fin: true }),
      dataFrame(1, Buffer.from(success), { fin: true }),
      goAway(0),
    ]);
  };

  it('passes as the same bytes both ways where no value was seen', () => {
    everyCut(output(), (chunks) => {
      const { codec, summary } = stream('SPDY/3.1', 'v4.channel.k8s.io');
      expect(through(codec, 'fromClient', cutUp(open(), 7, 1)).equals(open())).toBe(true);
      expect(through(codec, 'fromUpstream', chunks).equals(output())).toBe(true);
      expect(summary()).toMatchObject({ transport: 'SPDY/3.1 v4.channel.k8s.io', exitCode: 0 });
    });
  });

  it('loses a value that was seen, however it is cut, and nothing else', () => {
    everyCut(output(), (chunks) => {
      const { codec, summary } = stream('SPDY/3.1', 'v4.channel.k8s.io', { seen: [SECRET] });
      codec.fromClient(open());
      expect(streams(through(codec, 'fromUpstream', chunks))).toEqual({
        ...{ 1: `<${success}>`, 3: '<', 5: `<out ${REDACTED} the end is hunt>`, 7: '<err>', 9: '<', goAway: 'yes' },
      });
      expect(summary()).toMatchObject({ redactedValues: 1 });
    });
  });

  it('ends with a Status on the error stream, and the end of every stream', () => {
    const { codec } = stream('SPDY/3.1', 'v4.channel.k8s.io');
    codec.fromClient(open());
    codec.fromUpstream(dataFrame(5, Buffer.from('abcdef')).subarray(0, 10));
    expect(codec.farewell(ENDED)).toBeNull();
    codec.fromUpstream(dataFrame(5, Buffer.from('abcdef')).subarray(10));
    const words = streams(Buffer.concat([...(codec.farewell(ENDED) ?? [])]));
    expect(JSON.parse((words[1] ?? '').replace(/>$/, ''))).toMatchObject({ message: 'Gatehouse: ended by anna' });
    expect(words).toMatchObject({ 5: '>', 7: '>', goAway: 'yes' });
  });

  it.each<[string, Buffer]>([
    [
      'a stream of a type that nobody knows',
      synStream(1, new HeaderBlockWriter().write(new Map([['streamtype', 'x']]))),
    ],
    ['data on a stream that was never opened', dataFrame(11, Buffer.from('x'))],
    ['a stream id of the server', synStream(2, new HeaderBlockWriter().write(new Map([['streamtype', 'error']])))],
  ])('is refused with %s', (_what, bytes) => {
    const { codec } = stream('SPDY/3.1', 'v4.channel.k8s.io');
    expect(() => codec.fromClient(bytes)).toThrow(expect.objectContaining({ name: 'StreamProblem' }) as Error);
  });
});

describe.each([
  ['SPDY', 'SPDY/3.1', 'portforward.k8s.io'],
  ['the WebSocket tunnel', 'websocket', 'SPDY/3.1+portforward.k8s.io'],
] as const)('a port-forward over %s', (_name, upgrade, protocol) => {
  const tunnelled = upgrade === 'websocket';
  /** The bytes of the SPDY connection as they travel, in messages of up to 11 bytes. */
  const wrap = (spdy: Buffer, masked: boolean) =>
    tunnelled ? Buffer.concat(cutUp(spdy, 11, 1).map((one) => webSocketFrame(OPCODE.binary, one, { masked }))) : spdy;
  const unwrap = (bytes: Buffer, masked: boolean): Buffer => {
    if (!tunnelled) return bytes;
    const parts: Buffer[] = [];
    const sink = { message: ({ payload }: { payload: Buffer }) => void parts.push(payload), control: () => undefined };
    new WebSocketFrameReader(sink, { masked }).push(bytes);
    return Buffer.concat(parts);
  };
  const asked = (...ports: readonly number[]) => {
    const blocks = new HeaderBlockWriter();
    return Buffer.concat(
      ports.flatMap((port, index) => {
        const headers = (type: string) =>
          blocks.write(
            new Map([
              ['streamtype', type],
              ['port', String(port)],
              ['requestid', String(index)],
            ]),
          );
        const id = index * 4 + 1;
        return [
          synStream(id, headers('error')),
          dataFrame(id, Buffer.alloc(0), { fin: true }),
          synStream(id + 2, headers('data')),
          dataFrame(id + 2, Buffer.from(`GET ${port}`), { fin: true }),
        ];
      }),
    );
  };
  const answered = (...ids: readonly number[]) => {
    const blocks = new HeaderBlockWriter();
    return Buffer.concat(
      ids.flatMap((id) => [
        synReply(id, blocks.write(new Map())),
        dataFrame(id, Buffer.alloc(0), { fin: true }),
        synReply(id + 2, blocks.write(new Map())),
        dataFrame(id + 2, Buffer.from(`answer ${SECRET} end`), { fin: true }),
      ]),
    );
  };

  it('passes as the same bytes both ways where nothing has to change', () => {
    const up = wrap(asked(80, 81), true);
    everyCut(wrap(answered(1, 5), false), (chunks) => {
      const { codec, summary } = stream(upgrade, protocol, { target: 'portforward' });
      expect(through(codec, 'fromClient', cutUp(up, 9, 2)).equals(up)).toBe(true);
      expect(through(codec, 'fromUpstream', chunks).equals(Buffer.concat(chunks))).toBe(true);
      const bytesOut = `answer ${SECRET} end`.length;
      expect(summary()).toMatchObject({
        ports: [
          { port: 80, connections: 1, bytesIn: 6, bytesOut },
          { port: 81, connections: 1, bytesIn: 6, bytesOut },
        ],
      });
    });
  });

  it('loses a value that was seen, at its length', () => {
    everyCut(wrap(answered(1), false), (chunks) => {
      const { codec } = stream(upgrade, protocol, { target: 'portforward', seen: [SECRET] });
      codec.fromClient(wrap(asked(80), true));
      const got = streams(unwrap(through(codec, 'fromUpstream', chunks), false));
      expect(got).toEqual({ 1: '<>', 3: `<answer ${'*'.repeat(SECRET.length)} end>` });
    });
  });

  it('case 25: answers a closed port itself, and goes on with the others on both sides', () => {
    const limits = { ...NO_LIMITS, ports: [[{ from: 80, to: 80 }]] };
    for (let seed = 1; seed < 8; seed += 1) {
      const { codec, summary } = stream(upgrade, protocol, { target: 'portforward', limits });
      const toClient: Buffer[] = [];
      const toUpstream: Buffer[] = [];
      for (const chunk of cutUp(wrap(asked(22, 80, 23), true), 9, seed)) {
        toUpstream.push(...codec.fromClient(chunk));
        toClient.push(...codec.forClient());
      }
      toClient.push(...codec.fromUpstream(wrap(answered(5), false)));
      // The cluster hears of one connection, and its header blocks make sense without the others.
      expect(streams(unwrap(Buffer.concat(toUpstream), true))).toEqual({ 5: '>', 7: 'GET 80>' });
      expect(streams(unwrap(Buffer.concat(toClient), false))).toEqual({
        1: '<Gatehouse: the policy does not let port 22 be forwarded>',
        3: '<>',
        5: '<>',
        7: `<answer ${SECRET} end>`,
        9: '<Gatehouse: the policy does not let port 23 be forwarded>',
        11: '<>',
      });
      expect(summary()).toMatchObject({ ports: [{ port: 80, connections: 1 }] });
    }
  });

  it('ends with the reason on the error streams', () => {
    const { codec } = stream(upgrade, protocol, { target: 'portforward' });
    codec.fromClient(wrap(asked(80), true));
    const words = unwrap(Buffer.concat([...(codec.farewell(ENDED) ?? [])]), false);
    expect(streams(words)).toEqual({ 1: 'Gatehouse: ended by anna>', 3: '>', goAway: 'yes' });
  });
});

describe('port-forward before its tunnel', () => {
  const ports = (text: string) => Buffer.from([Number(text) & 0xff, Number(text) >> 8]).toString('latin1');

  it('is read by channels, each of which begins with its port', () => {
    const { codec, summary } = stream('websocket', 'v4.channel.k8s.io', {
      target: 'portforward?ports=80',
      seen: [SECRET],
    });
    codec.fromClient(message(0, 'GET', { masked: true }));
    const sent = Buffer.concat([message(0, ports('80')), message(1, ports('80')), message(0, `say ${SECRET}.`)]);
    expect(channels(through(codec, 'fromUpstream', [sent]))[0]).toBe(`${ports('80')}say ${'*'.repeat(SECRET.length)}.`);
    expect(summary()).toMatchObject({ ports: [{ port: 80, connections: 1 }] });
  });

  it('is refused where a channel does not begin with a port', () => {
    const { codec } = stream('websocket', '', { target: 'portforward?ports=80' });
    expect(() => codec.fromUpstream(message(0, 'HTTP/1.1'))).toThrow(/did not begin with its port/);
  });
});
