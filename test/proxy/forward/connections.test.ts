// Longer than 300 lines: a connection and its pool, against one server that does as it is told.
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import type { PoolLimits } from '../../../proxy/forward/connection-pool.ts';
import { createUpstream } from '../../../proxy/forward/pooled-upstream.ts';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { loopbackCluster, loopbackCredential } from '../fixtures/loopback-tls.ts';
import { answerWith, type RawServer, startRawServer } from '../fixtures/raw-server.ts';

const open: Array<() => unknown> = [];
let server: RawServer;
beforeEach(async () => {
  server = await startRawServer();
  open.push(() => server.close());
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const get: UpstreamRequest = { method: 'GET', target: '/api', headers: [['Host', 'c']], body: null };
const post: UpstreamRequest = {
  method: 'POST',
  target: '/api',
  headers: [
    ['Host', 'c'],
    ['Content-Length', '2'],
  ],
  body: Buffer.from('{}'),
};
const upgrade: UpstreamRequest = {
  ...get,
  headers: [
    ['Host', 'c'],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'SPDY/3.1'],
  ],
};

interface Way {
  readonly upstream: Upstream;
  readonly cluster: Cluster;
  ask(request?: UpstreamRequest, signal?: AbortSignal): ReturnType<Upstream['request']>;
  askText(request?: UpstreamRequest): Promise<string>;
}

function way(limits: Partial<PoolLimits> = {}): Way {
  const upstream = createUpstream(limits);
  open.push(() => upstream.close());
  const { certificate } = server.identity;
  const cluster = loopbackCluster(server.port, certificate);
  const credential = loopbackCredential(certificate);
  const ask: Way['ask'] = (request = get, signal = new AbortController().signal) =>
    upstream.request(cluster, credential, request, signal);
  return { upstream, cluster, ask, askText: async (request) => text((await ask(request)).body) };
}

const write = (bytes: string) => (socket: TLSSocket) => void socket.write(bytes);
const closed = (socket: TLSSocket): Promise<void> =>
  new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));

/** Waits until it holds; the test's own time limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a connection to an API server', () => {
  it('carries one request after another', async () => {
    server.onRequest(answerWith('{}'));
    const { askText } = way();
    for (let count = 0; count < 5; count += 1) expect(await askText()).toBe('{}');
    expect(server.connections).toHaveLength(1);
  });

  it('is not waited for: requests at the same time have one each', async () => {
    const waiting: TLSSocket[] = [];
    server.onRequest((socket) => {
      waiting.push(socket);
      if (waiting.length === 3) for (const each of waiting) answerWith('{}')(each);
    });
    const { askText } = way();
    expect(await Promise.all([askText(), askText(), askText()])).toEqual(['{}', '{}', '{}']);
    expect(server.connections).toHaveLength(3);
  });

  it.each([
    [
      'bytes behind the answer',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
    ],
    ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}'],
    ['an answer of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
  ])('is not used again after %s', async (_name, bytes) => {
    server.onRequest(write(bytes));
    const { askText } = way();
    expect(await askText()).toBe('{}');
    server.onRequest(answerWith('good'));
    expect(await askText()).toBe('good');
    expect(server.connections).toHaveLength(2);
  });

  it('is not used again after an answer that is not valid', async () => {
    server.onRequest(write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}'));
    const { ask, askText } = way();
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream-response-invalid',
      message: expect.stringContaining('more than one Content-Length'),
    });
    server.onRequest(answerWith('good'));
    expect(await askText()).toBe('good');
    expect(server.connections).toHaveLength(2);
    await closed(server.connections[0] as TLSSocket);
  });

  it('ends when bytes come that nobody asked for', async () => {
    server.onRequest(answerWith('{}'));
    const { askText } = way();
    await askText();
    const [first] = server.connections;
    first?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await closed(first as TLSSocket);
    expect(await askText()).toBe('{}');
    expect(server.connections).toHaveLength(2);
  });

  it('breaks a body that turns out not to be valid, and says so', async () => {
    server.onRequest(write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n'));
    const { body } = await way().ask();
    await expect(text(body)).rejects.toMatchObject({ name: 'InvalidResponse' });
  });

  it('breaks a body before anybody reads it, and who reads it then is told', async () => {
    server.onRequest(write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'));
    const { body } = await way().ask();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(text(body)).rejects.toMatchObject({ name: 'InvalidResponse' });
  });

  it('breaks a body whose connection ends too soon', async () => {
    server.onRequest((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}'));
    const { body } = await way().ask();
    await expect(text(body)).rejects.toMatchObject({ name: 'ConnectionLost' });
  });

  it('takes an answer that comes before its request was sent, and is not used again', async () => {
    // Reads nothing: the rest of the request stays where it is.
    server.onRequest((socket) => {
      socket.pause();
      answerWith('too much')(socket);
    });
    const { askText } = way();
    const body = Buffer.alloc(64 * 1024 * 1024);
    const large = { ...post, headers: [['Content-Length', String(body.length)] as const], body };
    expect(await askText(large)).toBe('too much');
    expect(await askText()).toBe('too much');
    expect(server.connections).toHaveLength(2);
  });

  it('rests while nobody reads the body', async () => {
    let flushed = 0;
    server.onRequest((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * 1024 * 1024}\r\n\r\n`);
      const fill = (): void => {
        while (flushed < 64 && socket.write(Buffer.alloc(1024 * 1024))) flushed += 1;
        flushed += 1;
        if (flushed < 64) socket.once('drain', fill);
      };
      fill();
    });
    const { body } = await way().ask();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(flushed).toBeLessThan(32);
    let received = 0;
    for await (const part of body) received += (part as Buffer).length;
    expect(received).toBe(64 * 1024 * 1024);
  });

  it('ends when its body is given up', async () => {
    server.onRequest(write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
    const { body } = await way().ask();
    body.destroy();
    await closed(server.connections[0] as TLSSocket);
  });

  it('hands each part of a watch on as it comes', async () => {
    let send: (event: string) => void = () => undefined;
    server.onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      send = (event) => void socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    });
    const { body } = await way().ask();
    const events = body[Symbol.asyncIterator]();
    for (const event of ['one\n', 'two\n', 'three\n']) {
      send(event);
      expect(String((await events.next()).value)).toBe(event);
    }
    body.destroy();
  });

  it('passes interim answers over and takes the names that Connection lists out', async () => {
    server.onRequest(
      write(
        'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX: 2\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    const { headers, body } = await way().ask();
    body.resume();
    expect(headers).toEqual([
      ['X', '2'],
      ['Content-Length', '0'],
    ]);
  });

  it.each([
    ['a line break in a value', { ...get, headers: [['X', 'a\r\nEvil: b'] as const] }],
    ['a character that would become one', { ...get, headers: [['X', 'a\u010dEvil: b'] as const] }],
    ['a line break in a name', { ...get, headers: [['X\r\nEvil', 'b'] as const] }],
    ['a space in the target', { ...get, target: '/api HTTP/1.1\r\nEvil: b' }],
    ['a target that is no path', { ...get, target: 'https://evil/' }],
    ['a space in the method', { ...get, method: 'GET /evil' }],
  ])('never writes %s', async (_name, request) => {
    server.onRequest(answerWith('{}'));
    const { ask } = way();
    await expect(ask(request)).rejects.toBeInstanceOf(TypeError);
    expect(server.heads).toEqual([]);
  });
});

describe('a connection that the API server closes', () => {
  /** Answers once on each connection, then closes it as soon as a second request begins. */
  const closesWhenReused = () => {
    const seen = new Set<TLSSocket>();
    server.onRequest((socket) => {
      if (seen.has(socket)) socket.destroy();
      else answerWith('{}')(socket);
      seen.add(socket);
    });
  };

  it('lets a read go over a new one', async () => {
    closesWhenReused();
    const { askText } = way();
    for (let count = 0; count < 4; count += 1) expect(await askText()).toBe('{}');
  });

  it('never sends a write again', async () => {
    closesWhenReused();
    const { ask, askText } = way();
    await askText();
    await expect(ask(post)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining('whether the request was carried out is unknown'),
    });
    expect(server.heads.filter((head) => head.startsWith('POST'))).toHaveLength(1);
  });

  it('never sends a read again of which something was answered', async () => {
    const seen = new Set<TLSSocket>();
    server.onRequest((socket) => {
      if (seen.has(socket)) socket.end('HTTP/1.1 200');
      else answerWith('{}')(socket);
      seen.add(socket);
    });
    const { ask, askText } = way();
    await askText();
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-unreachable' });
    expect(server.heads).toHaveLength(2);
  });

  it('never sends anything again that went over a new one', async () => {
    server.onRequest((socket) => socket.destroy());
    await expect(way().ask()).rejects.toMatchObject({ code: 'upstream-unreachable' });
    expect(server.heads).toHaveLength(1);
  });

  it('is not taken, when it was closed while unused', async () => {
    server.onRequest(answerWith('{}'));
    const { askText } = way();
    await askText();
    const [first] = server.connections;
    first?.end();
    await closed(first as TLSSocket);
    expect(await askText(post)).toBe('{}');
    expect(server.connections).toHaveLength(2);
  });

  it('survives a restart of the API server: a watch ends, the next read and write just work', async () => {
    const { port, identity } = server;
    server.onRequest((socket, head) => {
      if (head.includes('watch')) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n');
      else answerWith('{}')(socket);
    });
    const { ask, askText } = way();
    await askText();
    const watch = await ask({ ...get, target: '/api/v1/pods?watch=1' });
    const watched = text(watch.body);
    server.close();
    await expect(watched).rejects.toMatchObject({ name: 'ConnectionLost' });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining('nothing listens there') });
    server = await startRawServer({ port, identity });
    open.push(() => server.close());
    server.onRequest(answerWith('{}'));
    expect(await askText()).toBe('{}');
    expect(await askText(post)).toBe('{}');
  });
});

describe('the pool of a cluster', () => {
  it('bounds connections, lets requests wait, and says when too many do', async () => {
    const held: TLSSocket[] = [];
    server.onRequest((socket) => void held.push(socket));
    const { ask, askText } = way({ connections: 2, queue: 1, wait: 60_000 });
    const running = [askText(), askText()];
    await until(() => held.length === 2);
    const waits = askText();
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream-busy',
      status: 429,
      details: { retryAfterSeconds: 1 },
    });
    server.onRequest(answerWith('{}'));
    for (const socket of held) answerWith('{}')(socket);
    expect(await Promise.all([...running, waits])).toEqual(['{}', '{}', '{}']);
    expect(server.connections).toHaveLength(2);
  });

  it('lets a request wait only so long', async () => {
    server.onRequest(() => undefined);
    const { ask } = way({ connections: 1, wait: 30 });
    const abort = new AbortController();
    const first = ask(get, abort.signal).catch(() => undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-busy' });
    abort.abort();
    await first;
  });

  it('gives the place of a connection that ended to who waits', async () => {
    server.onRequest((socket) => {
      server.onRequest(answerWith('{}'));
      setTimeout(() => socket.destroy(), 20);
    });
    const { ask, askText } = way({ connections: 1 });
    const first = ask(post).catch((error: unknown) => error);
    expect(await askText()).toBe('{}');
    expect(await first).toMatchObject({ code: 'upstream-unreachable' });
  });

  it('ends what was unused for long', async () => {
    server.onRequest(answerWith('{}'));
    const { askText } = way({ idle: 40 });
    await askText();
    await closed(server.connections[0] as TLSSocket);
    expect(await askText()).toBe('{}');
  });

  it('uses none again that was unused while timers stood still, as when a laptop sleeps', async () => {
    server.onRequest(answerWith('{}'));
    const { askText } = way({ idle: 60_000 });
    await askText();
    const later = Date.now() + 61_000;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => later);
    open.push(() => clock.mockRestore());
    expect(await askText()).toBe('{}');
    expect(server.connections).toHaveLength(2);
  });

  it.each(['while it waits', 'while it is answered'])('gives a request up that is aborted %s', async (when) => {
    const held: TLSSocket[] = [];
    server.onRequest((socket) => void held.push(socket));
    const { ask, askText } = way({ connections: 1 });
    const abort = new AbortController();
    const first = when === 'while it waits' ? askText() : null;
    if (first !== null) await until(() => held.length === 1);
    const asked = ask(get, abort.signal);
    if (first === null) await until(() => held.length === 1);
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    if (first === null) await closed(held[0] as TLSSocket);
    else {
      answerWith('{}')(held[0] as TLSSocket);
      expect(await first).toBe('{}');
    }
  });

  it('breaks the body of a request that is aborted, with the reason', async () => {
    server.onRequest(write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'));
    const abort = new AbortController();
    const { body } = await way().ask(get, abort.signal);
    const read = text(body);
    abort.abort(new Error('revoked'));
    await expect(read).rejects.toThrow('revoked');
    await closed(server.connections[0] as TLSSocket);
  });

  it('lets what runs under an old credential go on, and starts nothing new there', async () => {
    let finish: () => void = () => undefined;
    server.onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      finish = () => void socket.write('3\r\nend\r\n0\r\n\r\n');
    });
    const { upstream, cluster, ask } = way();
    const watch = await ask();
    server.onRequest(answerWith('{}'));
    const renewed = { ...loopbackCredential(server.identity.certificate), generation: 2 };
    const next = await upstream.request(cluster, renewed, get, new AbortController().signal);
    expect(await text(next.body)).toBe('{}');
    finish();
    expect(await text(watch.body)).toBe('end');
    await closed(server.connections[0] as TLSSocket);
    expect(server.connections[1]?.destroyed).toBe(false);
  });

  it('never puts an upgrade on a connection used before', async () => {
    server.onRequest(answerWith('{}'));
    const { upstream, cluster, askText } = way();
    await askText();
    server.onRequest(write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n'));
    const credential = loopbackCredential(server.identity.certificate);
    const switched = await upstream.upgrade(cluster, credential, upgrade, new AbortController().signal);
    if (!('socket' in switched)) throw new Error('not upgraded');
    expect(server.connections).toHaveLength(2);
    // Nothing listens yet, and nothing is lost.
    server.connections[1]?.write('early');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const heard = new Promise((resolve) => switched.socket.once('data', resolve));
    switched.socket.resume();
    expect(String(await heard)).toBe('early');
    switched.socket.destroy();
  });
});

describe('a server that does not answer', () => {
  /** Passes bytes on to the server until it is told to swallow everything, as a network that is gone does. */
  async function startBlackHole(): Promise<{ port: number; swallow(): void }> {
    let dead = false;
    const tunnel: Server = createServer((client) => {
      const onward = connect(server.port, '127.0.0.1');
      client.on('error', () => undefined).on('close', () => onward.destroy());
      onward.on('error', () => undefined).on('close', () => client.destroy());
      client.on('data', (bytes) => void (dead || onward.write(bytes)));
      onward.on('data', (bytes) => void (dead || client.write(bytes)));
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    const address = tunnel.address();
    open.push(() => tunnel.close());
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      swallow: () => {
        dead = true;
        tunnel.close();
      },
    };
  }

  it('and is gone: its requests are given up in words', async () => {
    server.onRequest(answerWith('{}'));
    const hole = await startBlackHole();
    const upstream = createUpstream({ idle: 80, silence: 60 });
    open.push(() => upstream.close());
    const cluster = loopbackCluster(hole.port, server.identity.certificate);
    const credential = loopbackCredential(server.identity.certificate);
    const ask = () => upstream.request(cluster, credential, post, new AbortController().signal);
    expect(await text((await ask()).body)).toBe('{}');
    hole.swallow();
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining('broke (ETIMEDOUT); whether the request was carried out is unknown'),
    });
  });

  it('but is there: it is waited for', async () => {
    server.onRequest((socket) => void setTimeout(() => answerWith('slow')(socket), 400));
    const { askText } = way({ idle: 80, silence: 60 });
    expect(await askText()).toBe('slow');
    expect(server.connections.length).toBeGreaterThan(1);
  });
});
