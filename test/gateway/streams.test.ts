// Longer than 300 lines: watches, bodies and tunnels on one gateway, which all tests fill and read in the same way.
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readRecording } from '../../proxy/recording/recording-reader.ts';
import { heldMemory } from '../proxy/fixtures/held-memory.ts';
import { type EchoUpstream, startEchoUpstream } from './environment/echo-upstream.ts';
import { gatewayConnection } from './environment/raw-request.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';
import { type StreamClient, spdyClient, webSocketClient } from './environment/stream-client.ts';
import { UPSTREAM_TOKEN } from './environment/upstream-kubeconfig.ts';

const EXEC = '/api/v1/namespaces/default/pods/p/exec?command=sh&stdin=true&stdout=true';

describe('streams through the gateway', () => {
  let upstream: EchoUpstream;
  let running: RunningGateway;
  const open: TLSSocket[] = [];

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    running = await startGateway(upstream);
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
    upstream.turnDownWith(null);
  });
  afterAll(async () => {
    await running.close();
    await upstream.close();
  });

  /** A client connection, as raw as it gets. */
  async function client(kubeconfig = running.kubeconfig): Promise<TLSSocket> {
    const { url, ca, cert, key } = await gatewayConnection(kubeconfig);
    const { hostname, port } = new URL(url);
    // Node's types leave `allowHalfOpen` out.
    const options: ConnectionOptions & { allowHalfOpen: true } = {
      host: hostname,
      port: Number(port),
      ca,
      cert,
      key,
      allowHalfOpen: true,
    };
    const socket = connect(options);
    socket.on('error', () => undefined);
    open.push(socket);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    return socket;
  }

  async function head(method: string, target: string, headers: readonly string[]): Promise<string> {
    const { host, pathname } = new URL((await gatewayConnection(running.kubeconfig)).url);
    return [`${method} ${pathname}${target} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n');
  }

  const webSocket = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: v5.channel.k8s.io',
    'Sec-WebSocket-Extensions: permessage-deflate',
  ];
  const spdy = [
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    'X-Stream-Protocol-Version: v4.channel.k8s.io',
    'X-Stream-Protocol-Version: v3.channel.k8s.io',
    'Content-Length: 0',
  ];

  /** Reads until the head of the answer is whole; answers it and what stood behind it. */
  function answerHead(socket: TLSSocket): Promise<{ head: string; rest: Buffer }> {
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const look = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', look);
        socket.pause();
        resolve({ head: received.subarray(0, end).toString(), rest: received.subarray(end + 4) });
      };
      socket.on('data', look);
      socket.once('close', () => reject(new Error(`closed after ${received.toString()}`)));
    });
  }

  function read(socket: TLSSocket, bytes: number, before: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      let received = before;
      const look = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        if (received.length >= bytes) {
          socket.off('data', look);
          resolve(received);
        }
      };
      if (received.length >= bytes) resolve(received);
      else socket.on('data', look).resume();
    });
  }

  /** Reads until so many bytes of output have come. */
  function reads(socket: TLSSocket, stream: StreamClient, bytes: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (chunk: Buffer): void => {
        stream.read(chunk);
        if (stream.outputBytes() < bytes) return;
        socket.off('data', look);
        resolve();
      };
      if (stream.outputBytes() >= bytes) resolve();
      else socket.on('data', look).resume();
    });
  }

  describe.each<[string, string, readonly string[], () => StreamClient, boolean]>([
    ['WebSocket', 'GET', webSocket, webSocketClient, true],
    // Its echo comes on the stream of the input, which is no output.
    ['SPDY/3.1', 'POST', spdy, spdyClient, false],
  ])('%s', (_name, method, headers, speak, tty) => {
    it('case 20: echoes, with the bytes behind the request head held until the 101', async () => {
      const socket = await client();
      const stream = speak();
      socket.write(
        Buffer.concat([Buffer.from(await head(method, EXEC, headers)), stream.opening, stream.input('early ')]),
      );
      const { head: answered, rest } = await answerHead(socket);
      expect(answered).toMatch(/^HTTP\/1\.1 101 /);
      socket.write(stream.input('late'));
      stream.read(rest);
      await reads(socket, stream, 10);
      expect(stream.output()).toBe('early late');
    });

    it('ends one direction and goes on with the other', async () => {
      const socket = await client();
      const stream = speak();
      socket.write(await head(method, EXEC, headers));
      const { rest } = await answerHead(socket);
      const ended = new Promise((resolve) => socket.once('end', resolve));
      socket.end(Buffer.concat([stream.opening, stream.input('the last words')]));
      stream.read(rest);
      await reads(socket, stream, 14);
      expect(stream.output()).toBe('the last words');
      socket.resume();
      await ended;
    });

    it('passes 32 MB through a slow reader without loss', async () => {
      const socket = await client();
      const stream = speak();
      socket.write(await head(method, EXEC, headers));
      const { rest } = await answerHead(socket);
      stream.read(rest);
      socket.write(stream.opening);
      const total = 32 * 1024 * 1024;
      const chunk = stream.input('x'.repeat(256 * 1024));
      let written = 0;
      const fill = (): void => {
        while (written < total) {
          written += 256 * 1024;
          if (!socket.write(chunk)) {
            socket.once('drain', fill);
            return;
          }
        }
      };
      fill();
      // The reader rests: with nothing read at the end, the writer must come to rest too.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(written).toBeLessThan(total);
      await reads(socket, stream, total);
      expect(stream.outputBytes()).toBe(total);
    });

    it('case 22: a terminal is recorded as asciicast, with its sizes and its end', async () => {
      const socket = await client();
      const stream = speak();
      socket.write(await head(method, `${EXEC}&tty=true`, headers));
      const { rest } = await answerHead(socket);
      stream.read(rest);
      socket.write(Buffer.concat([stream.opening, stream.resize(132, 43), stream.input('\u001b[1mbold\u001b[0m\r\n')]));
      await reads(socket, stream, 14);
      const { auditId } = running.gateway.streams()[0] ?? { auditId: '' };
      expect(running.gateway.streams()).toMatchObject([{ kind: 'exec', command: ['sh'], recorded: true }]);
      running.gateway.endStream(auditId, { by: 'anna', comment: null });
      socket.resume();
      await new Promise((resolve) => socket.once('end', resolve));
      socket.end();
      const finished = await vi.waitFor(async () => {
        const record = (await running.records()).find((each) => each.type === 'finished' && each.auditId === auditId);
        if (record?.type !== 'finished') throw new Error('not finished yet');
        return record;
      });
      expect(finished.stream?.recording).toBe(`${auditId}.cast`);
      const { entry, cast } = await readRecording(join(running.folder, 'data', 'sessions', `${auditId}.cast`));
      expect(entry).toMatchObject({ id: auditId, end: 'closed', namespace: 'default', title: 'exec default/p: sh' });
      const lines = cast.trim().split('\n');
      expect(lines.some((line) => line.endsWith(',"r","132x43"]'))).toBe(true);
      // What the echo adds comes back as output of its stream.
      expect(lines.some((line) => line.includes(JSON.stringify('\u001b[1mbold\u001b[0m\r\n')))).toBe(tty);
      expect(lines.at(-1)).toContain('this stream was ended by anna');
    });

    it('ends in words when something comes that is not of its protocol, and nothing of it goes on', async () => {
      const socket = await client();
      const stream = speak();
      socket.write(await head(method, EXEC, headers));
      const { rest } = await answerHead(socket);
      stream.read(rest);
      socket.write(Buffer.concat([stream.opening, stream.input('fine')]));
      await reads(socket, stream, 4);
      const [seen] = upstream.sockets.slice(-1);
      let bytesAfter = 0;
      seen?.on('data', (chunk: Buffer) => {
        bytesAfter += chunk.length;
      });
      socket.on('data', (chunk: Buffer) => stream.read(chunk));
      socket.write('\u00ff\u00ff this is no frame at all, whatever it is');
      await new Promise((resolve) => socket.once('end', resolve));
      socket.end();
      expect(stream.status()).toMatch(/Gatehouse ended this stream, because it cannot be read/);
      expect(bytesAfter).toBe(0);
      await vi.waitFor(async () => {
        const codes = (await running.records()).map((record) => (record.type === 'finished' ? record.code : ''));
        expect(codes).toContain('stream-not-understood');
      });
    });

    it('ends in words when the gateway stops', async () => {
      const another = await startGateway(upstream);
      const { pathname, host } = new URL((await gatewayConnection(another.kubeconfig)).url);
      const socket = await client(another.kubeconfig);
      const stream = speak();
      socket.write([`${method} ${pathname}${EXEC} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
      const { rest } = await answerHead(socket);
      stream.read(rest);
      socket.write(Buffer.concat([stream.opening, stream.input('fine')]));
      await reads(socket, stream, 4);
      socket.on('data', (chunk: Buffer) => stream.read(chunk));
      socket.once('end', () => socket.end());
      await another.close();
      expect(stream.status()).toMatch(/Gatehouse is stopping/);
    });

    it.each([403, 404, 500])(
      'case 19: a %i instead of a 101 reaches the client, and both connections end',
      async (status) => {
        const body = JSON.stringify({ kind: 'Status', status: 'Failure', message: 'no', code: status });
        upstream.turnDownWith(
          `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        const before = upstream.upgrades.length;
        const socket = await client();
        const pipelined = await head('GET', '/api/v1/secrets', []);
        socket.write((await head(method, EXEC, headers)) + pipelined);
        const { head: answered } = await answerHead(socket);
        expect(answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
        socket.once('end', () => socket.end());
        socket.resume();
        await new Promise((resolve) => socket.once('close', resolve));
        expect(upstream.upgrades).toHaveLength(before + 1);
        const [seen] = upstream.sockets.slice(-1);
        if (seen?.destroyed === false) await new Promise((resolve) => seen.once('close', resolve));
      },
    );

    it('case 29: ends when the session’s certificate is revoked', async () => {
      const { kubeconfig } = await running.gateway.openAccess({
        kind: 'outside',
        id: `short-${method}`,
        cluster: running.slug,
        namespace: null,
      });
      const { url, ca, cert, key } = await gatewayConnection(kubeconfig);
      const { hostname, port } = new URL(url);
      const socket = connect({ host: hostname, port: Number(port), ca, cert, key });
      socket.on('error', () => undefined);
      open.push(socket);
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      socket.write(await head(method, EXEC, headers));
      const stream = speak();
      const { rest } = await answerHead(socket);
      stream.read(rest);
      socket.write(Buffer.concat([stream.opening, stream.input('x')]));
      await reads(socket, stream, 1);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('data', (chunk: Buffer) => stream.read(chunk)).resume();
      await running.gateway.closeAccess(`short-${method}`);
      await closed;
      expect(JSON.parse(stream.status())).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        message: 'Gatehouse: the terminal or session that this belongs to was closed',
      });
    });
  });

  it('case 14 and 22: the subprotocol travels, the extensions and the client’s identity do not', async () => {
    const socket = await client();
    socket.write(await head('GET', EXEC, [...webSocket, 'Authorization: Bearer mine', 'X-Remote-User: admin']));
    await answerHead(socket);
    const seen = upstream.upgrades.at(-1);
    const raw = seen?.rawHeaders ?? [];
    const header = (name: string) => raw.filter((_, index) => raw[index - 1]?.toLowerCase() === name);
    expect(header('sec-websocket-protocol')).toEqual(['v5.channel.k8s.io']);
    expect(header('sec-websocket-extensions')).toEqual([]);
    expect(header('x-remote-user')).toEqual([]);
    expect(header('authorization')).toEqual(['Bearer upstream-token']);
    expect(header('host')).toHaveLength(1);
    expect(seen?.url).toBe(EXEC);
  });

  it('case 13: the credential for the cluster is in no recording, record or log of what was streamed', async () => {
    const written = await running.everythingWritten();
    expect(written).not.toContain(UPSTREAM_TOKEN);
    expect(written).not.toContain(Buffer.from(UPSTREAM_TOKEN).toString('base64'));
  });

  it('a 100 MB answer passes in constant memory', async () => {
    const total = 100 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, 'y');
    upstream.answerWith(async (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': total });
      for (let sent = 0; sent < total; sent += chunk.length) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const socket = await client();
    socket.write(await head('GET', '/api/v1/namespaces/default/pods/p/log', ['Connection: close']));
    const { rest } = await answerHead(socket);
    const before = heldMemory();
    let highest = 0;
    let received = rest.length;
    let looked = 0;
    await new Promise<void>((resolve) => {
      socket.on('data', (part: Buffer) => {
        received += part.length;
        if (received < looked + 5e6) return;
        looked = received;
        highest = Math.max(highest, heldMemory() - before);
      });
      socket.once('end', resolve);
      socket.resume();
    });
    expect(received).toBe(total);
    expect(highest).toBeLessThan(48 * 1024 * 1024);
  });

  it('a watch event arrives while the watch goes on', async () => {
    let release: () => void = () => undefined;
    upstream.answerWith((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write(
        '{"type":"ADDED","object":{"kind":"Secret","metadata":{"name":"a","namespace":"n"},"data":{"k":"c2VjcmV0"}}}\n',
      );
      release = () => response.end();
    });
    const socket = await client();
    socket.write(await head('GET', '/api/v1/namespaces/n/secrets?watch=1', ['Connection: close']));
    const { rest } = await answerHead(socket);
    const event = (await read(socket, 150, rest)).toString();
    expect(event).toContain('"ADDED"');
    expect(event).not.toContain('c2VjcmV0');
    release();
  });

  it('says in words that the cluster is gone', async () => {
    upstream.crash();
    // A connection that was open may break under the first request, before anybody knows that the server is gone.
    await running.request('GET', '/api/v1/pods', {});
    const answer = await running.request('GET', '/api/v1/pods', {});
    expect(answer.status).toBe(503);
    expect(answer.body).toMatch(/cannot reach cluster .*nothing listens there/);
  });
});
