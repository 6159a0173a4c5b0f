import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../proxy/refusal.ts';
import { UNREAD } from '../../../proxy/streams/codec/stream-codec.ts';
import { relay } from '../../../proxy/streams/relay.ts';

const open: Array<() => unknown> = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Two ends of one connection, half-open allowed on both. */
async function connection(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const far = await accepted;
  server.close();
  for (const socket of [near, far]) socket.on('error', () => undefined);
  open.push(
    () => near.destroy(),
    () => far.destroy(),
  );
  return [near, far];
}

/** A client and a server with a relay between them. */
async function relayed(heads: { client?: string; upstream?: string } = {}) {
  const [client, clientSide] = await connection();
  const [upstreamSide, server] = await connection();
  const revoked = new AbortController();
  const outcome = relay(clientSide, upstreamSide, {
    clientHead: Buffer.from(heads.client ?? ''),
    upstreamHead: Buffer.from(heads.upstream ?? ''),
    codec: UNREAD,
    signal: revoked.signal,
    notUnderstood: ({ message }) => new Refusal('stream-not-understood', message),
  });
  return { client, server, outcome, revoked };
}

function everything(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.once('end', () => resolve(received));
  });
}

describe('the relay', () => {
  it('passes bytes both ways and counts them', async () => {
    const { client, server, outcome } = await relayed();
    const atServer = everything(server);
    const atClient = everything(client);
    client.end('ping');
    expect(await atServer).toBe('ping');
    server.end('pong!');
    expect(await atClient).toBe('pong!');
    expect(await outcome).toEqual({ bytesFromClient: 4, bytesToClient: 5, ended: 'client', problem: null });
  });

  it('case 20: puts the bytes that stood behind the handshakes in front, in order', async () => {
    const { client, server } = await relayed({ client: 'early ', upstream: 'hello ' });
    const atServer = everything(server);
    const atClient = everything(client);
    client.end('late');
    server.end('world');
    expect(await atServer).toBe('early late');
    expect(await atClient).toBe('hello world');
  });

  it('lets a client that provokes words of the gateway and reads none of them wait', async () => {
    const [client, clientSide] = await connection();
    const [upstreamSide] = await connection();
    const own = Buffer.alloc(256 * 1024);
    const codec = { ...UNREAD, forClient: () => [own] };
    void relay(clientSide, upstreamSide, {
      clientHead: Buffer.alloc(0),
      upstreamHead: Buffer.alloc(0),
      codec,
      signal: new AbortController().signal,
      notUnderstood: ({ message }) => new Refusal('stream-not-understood', message),
    });
    client.pause();
    for (let asked = 0; asked < 200; asked += 1) {
      client.write('x');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(clientSide.writableLength).toBeLessThan(4 * own.length);
    expect(clientSide.isPaused()).toBe(true);
  });

  it('keeps one direction open after the other has ended', async () => {
    const { client, server } = await relayed();
    const atServer = everything(server);
    client.end('input is over');
    expect(await atServer).toBe('input is over');
    const atClient = everything(client);
    server.write('output ');
    server.end('goes on');
    expect(await atClient).toBe('output goes on');
  });

  it('holds the sender back while the reader is slow, and loses nothing', async () => {
    const { client, server } = await relayed();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 64 * 1024 * 1024;
    client.pause();
    let written = 0;
    let rested = false;
    const fill = (): void => {
      while (written < total) {
        written += chunk.length;
        if (!server.write(chunk)) {
          rested = true;
          server.once('drain', fill);
          return;
        }
      }
      server.end();
    };
    fill();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(rested).toBe(true);
    expect(written, 'the sender must not have been drained into memory').toBeLessThan(total / 2);
    let received = 0;
    client.on('data', (part) => {
      received += part.length;
    });
    client.resume();
    await new Promise((resolve) => client.once('end', resolve));
    expect(received).toBe(total);
  });

  it('ends both sides when the session is revoked', async () => {
    const { client, server, outcome, revoked } = await relayed();
    const closed = Promise.all(
      [client, server].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
    client.resume();
    server.resume();
    client.end();
    server.end();
    revoked.abort(new Refusal('stream-revoked', 'closed'));
    expect((await outcome).ended).toBe('gateway');
    await closed;
  });

  it('says which side broke', async () => {
    const { client, server, outcome } = await relayed();
    client.resume();
    server.resetAndDestroy();
    expect((await outcome).ended).toBe('upstream-broke');
  });
});
