import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { SpdyFrameReader } from '../../proxy/streams/spdy/frame-reader.ts';
import { dataFrame, synStream } from '../../proxy/streams/spdy/frames.ts';
import { HeaderBlockWriter } from '../../proxy/streams/spdy/header-block.ts';
import { DemoFixture } from './demo-fixture.ts';

let demo: DemoFixture;
beforeAll(async () => {
  demo = await DemoFixture.start();
});
afterAll(() => demo.stop());

const pods = '/api/v1/namespaces/payments/pods';
const pod = `${pods}/ledger-db-0`;

/** A connection of which the request's head has been written and the answer's head been read. */
interface Opened {
  readonly head: string;
  readonly socket: TLSSocket;
  /** The first bytes behind the head. */
  readonly rest: Buffer;
}

async function upgrade(target: string, versions: readonly string[], method = 'POST'): Promise<Opened> {
  const { url, options } = demo.webSocketTarget(target);
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca: options.ca, cert: options.cert, key: options.key });
  const lines = versions.map((version) => `X-Stream-Protocol-Version: ${version}\r\n`).join('');
  socket.write(
    `${method} ${pathname}${search} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${lines}\r\n`,
  );
  let received = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    const read = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', read).pause();
      resolve({ head: received.toString('latin1', 0, end), socket, rest: received.subarray(end + 4) });
    };
    socket.on('data', read);
  });
}

/** Opens streams by these headers, sends stdin where there is one, and gives what came on each stream by the end. */
async function converse(
  opened: Opened,
  streams: ReadonlyArray<Readonly<Record<string, string>>>,
  input = '',
): Promise<Map<string, string>> {
  const { socket, rest } = opened;
  const blocks = new HeaderBlockWriter();
  const names = new Map<number, string>();
  const said = new Map<string, string>();
  const done = new Promise<void>((resolve) => {
    let ended = 0;
    const reader = new SpdyFrameReader({
      control: () => undefined,
      data: ({ streamId, payload, last, fin }) => {
        const name = names.get(streamId) ?? '';
        said.set(name, (said.get(name) ?? '') + payload.toString());
        if (last && fin) ended += 1;
        if (ended > 0 && name === 'error' && last && fin) resolve();
      },
    });
    if (rest.length > 0) reader.push(rest);
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('close', () => resolve());
  });
  for (const [index, headers] of streams.entries()) {
    const id = index * 2 + 1;
    names.set(id, headers['streamtype'] ?? '');
    socket.write(synStream(id, blocks.write(new Map(Object.entries(headers)))));
    const feeds = headers['streamtype'] === 'stdin' || headers['streamtype'] === 'data';
    if (feeds) socket.write(dataFrame(id, Buffer.from(input), { fin: true }));
  }
  socket.resume();
  await done;
  socket.destroy();
  return said;
}

describe('exec over SPDY', () => {
  it('falls back to v4 where v5 is offered too, and keeps streams apart', async () => {
    const query = 'command=sh&command=-c&command=cat%3B%20echo%20err%20%3E%262%3B%20exit%203&stdin=1&stdout=1&stderr=1';
    const opened = await upgrade(`${pod}/exec?${query}`, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
    expect(opened.head).toMatch(/^HTTP\/1\.1 101 /);
    expect(opened.head).toMatch(/X-Stream-Protocol-Version: v4\.channel\.k8s\.io/);
    const streams = ['error', 'stdin', 'stdout', 'stderr'].map((streamtype) => ({ streamtype }));
    const said = await converse(opened, streams, 'typed\n');
    expect(said.get('stdout')).toBe('typed\n');
    expect(said.get('stderr')).toBe('err\n');
    expect(JSON.parse(said.get('error') ?? '')).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  it('goes by GET as well', async () => {
    const opened = await upgrade(`${pod}/exec?command=hostname&stdout=1`, ['v4.channel.k8s.io'], 'GET');
    const said = await converse(
      opened,
      ['error', 'stdout'].map((streamtype) => ({ streamtype })),
    );
    expect(said.get('stdout')).toBe('ledger-db-0\n');
  });

  it.each([
    [
      'a protocol that it does not speak',
      ['v9.channel.k8s.io'],
      /^HTTP\/1\.1 403 [\s\S]*X-Accepted-Stream-Protocol-Versions: v4/,
    ],
    ['none', [], /^HTTP\/1\.1 400 /],
  ])('refuses %s', async (_name, versions, head) => {
    const opened = await upgrade(`${pod}/exec?command=ls&stdout=1`, versions);
    opened.socket.destroy();
    expect(opened.head).toMatch(head);
  });
});

describe('port-forward over SPDY', () => {
  const pair = (port: number) =>
    ['error', 'data'].map((streamtype) => ({ streamtype, port: String(port), requestid: '0' }));

  it('sends back what it gets from a port that speaks no HTTP', async () => {
    const opened = await upgrade(`${pod}/portforward`, ['portforward.k8s.io']);
    expect(opened.head).toMatch(/^HTTP\/1\.1 101 /);
    expect((await converse(opened, pair(5432), 'hello')).get('data')).toBe('hello');
  });

  it('says on the error stream that nothing listens', async () => {
    const opened = await upgrade(`${pod}/portforward`, ['portforward.k8s.io']);
    expect((await converse(opened, pair(81))).get('error')).toMatch(/port 81 .*connection refused/);
  });
});

describe('port-forward in channels of a WebSocket', () => {
  it.each([
    ['v4.channel.k8s.io', ['v4.channel.k8s.io']],
    ['no subprotocol', []],
  ])('announces each port, then carries its bytes (%s)', async (_name, protocols) => {
    const { url, options } = demo.webSocketTarget(`${pod}/portforward?ports=5432&ports=81`);
    const socket = new WebSocket(url, protocols, options);
    const messages: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('hello')])));
      socket.on('message', (data: Buffer) => {
        messages.push(data);
        if (data[0] === 0 && data.length > 3) resolve();
      });
    });
    socket.terminate();
    const port = (channel: number, number: number) => Buffer.from([channel, number & 0xff, number >> 8]);
    for (const announced of [port(0, 5432), port(1, 5432), port(2, 81), port(3, 81)]) {
      expect(messages.some((message) => message.equals(announced))).toBe(true);
    }
    expect(messages.some((message) => message[0] === 3 && /refused/.test(message.toString()))).toBe(true);
    expect(messages.at(-1)?.subarray(1).toString()).toBe('hello');
  });

  it('is a 400 without ports', async () => {
    const { url, options } = demo.webSocketTarget(`${pod}/portforward`);
    const socket = new WebSocket(url, ['v4.channel.k8s.io'], options);
    const status = await new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(status).toBe(400);
  });
});
