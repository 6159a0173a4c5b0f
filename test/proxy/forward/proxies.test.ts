import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import { readProxyUrl } from '../../../proxy/clusters/upstream-proxy.ts';
import { createUpstream } from '../../../proxy/forward/pooled-upstream.ts';
import type { UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import {
  type LoopbackCertificate,
  loopbackCertificate,
  loopbackCluster,
  loopbackCredential,
} from '../fixtures/loopback-tls.ts';
import { type ProxyOptions, type ProxyServer, startHttpProxy, startSocks5Proxy } from '../fixtures/proxy-servers.ts';

const open: Array<() => unknown> = [];
let identity: LoopbackCertificate;
let port: number;

beforeEach(async () => {
  identity = await loopbackCertificate();
  const server = createServer({ cert: identity.certificate, key: identity.privateKey }, (request, response) =>
    request.resume().once('end', () => response.end(JSON.stringify({ url: request.url, headers: request.rawHeaders }))),
  );
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
    socket.on('error', () => undefined).pipe(socket);
    open.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  open.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const get: UpstreamRequest = { method: 'GET', target: '/api', headers: [['Host', 'c']], body: null };
const signal = new AbortController().signal;

function behind(url: string, change: Partial<Cluster['server']> = {}) {
  const upstream = createUpstream();
  open.push(() => upstream.close());
  const read = readProxyUrl(url, 'proxy-url');
  if ('problem' in read) throw new Error(read.problem);
  const cluster = { ...loopbackCluster(port, identity.certificate, change), proxy: read.proxy };
  const credential = { ...loopbackCredential(identity.certificate), authority: identity.certificate };
  return { upstream, cluster, credential };
}

async function ask(url: string, change?: Partial<Cluster['server']>): Promise<string> {
  const { upstream, cluster, credential } = behind(url, change);
  return text((await upstream.request(cluster, credential, get, signal)).body);
}

async function started(proxy: Promise<ProxyServer>): Promise<ProxyServer> {
  const server = await proxy;
  open.push(() => server.close());
  return server;
}

const kinds = [
  ['http', (options: ProxyOptions) => started(startHttpProxy(options))],
  ['https', (options: ProxyOptions) => started(startHttpProxy({ ...options, identity }))],
  ['socks5', (options: ProxyOptions) => started(startSocks5Proxy(options))],
] as const;

describe.each(kinds)('behind an %s proxy', (scheme, start) => {
  it('requests reach the API server, which sees nothing of the proxy', async () => {
    const proxy = await start({});
    const answer = JSON.parse(await ask(`${scheme}://127.0.0.1:${proxy.port}`));
    expect(answer).toEqual({ url: '/api', headers: ['Host', 'c'] });
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
  });

  it('the proxy resolves the name', async () => {
    const proxy = await start({});
    await ask(`${scheme}://127.0.0.1:${proxy.port}`, { host: 'localhost', servername: 'localhost' });
    expect(proxy.asked).toEqual([`localhost:${port}`]);
  });

  it('one connection carries many requests, and 4 MB', async () => {
    const proxy = await start({});
    const { upstream, cluster, credential } = behind(`${scheme}://127.0.0.1:${proxy.port}`);
    const body = Buffer.alloc(4 * 1024 * 1024);
    for (let count = 0; count < 3; count += 1) {
      const headers = [['Host', 'c'] as const, ['Content-Length', String(body.length)] as const];
      const { status, body: answer } = await upstream.request(
        cluster,
        credential,
        { ...get, method: 'POST', headers, body },
        signal,
      );
      await text(answer);
      expect(status).toBe(200);
    }
    expect(proxy.asked).toHaveLength(1);
  });

  it('upgrades work, and end on both sides', async () => {
    const proxy = await start({});
    const { upstream, cluster, credential } = behind(`${scheme}://127.0.0.1:${proxy.port}`);
    const headers = [['Connection', 'Upgrade'] as const, ['Upgrade', 'SPDY/3.1'] as const];
    const switched = await upstream.upgrade(cluster, credential, { ...get, headers }, signal);
    if (!('socket' in switched)) throw new Error('not upgraded');
    const echoed = new Promise((resolve) => switched.socket.once('data', resolve));
    switched.socket.resume().write('hello');
    expect(String(await echoed)).toBe('hello');
    const ended = new Promise((resolve) => switched.socket.once('end', resolve));
    switched.socket.end();
    await ended;
    switched.socket.destroy();
  });

  it('the proxy gets the user name and password of the URL', async () => {
    const proxy = await start({ signIn: { username: 'jo', password: 'hunter2:%' } });
    expect(await ask(`${scheme}://jo:hunter2%3A%25@127.0.0.1:${proxy.port}`)).toContain('/api');
  });

  it.each(['', 'jo:wrong@'])(
    'sign-in %j that the proxy does not take is said, without the password',
    async (userinfo) => {
      const proxy = await start({ signIn: { username: 'jo', password: 'hunter2' } });
      const error = await ask(`${scheme}://${userinfo}127.0.0.1:${proxy.port}`).catch((caught: Error) => caught);
      expect(error).toMatchObject({
        code: 'upstream-unreachable',
        message: expect.stringMatching(
          new RegExp(
            `cannot reach cluster "test" .*: the proxy ${scheme}://127\\.0\\.0\\.1:${proxy.port} (wants|does not accept)`,
          ),
        ),
      });
      expect(JSON.stringify(error) + (error as Error).message).not.toContain('wrong');
    },
  );

  it('a server that the proxy cannot reach is said', async () => {
    const proxy = await start({});
    await expect(ask(`${scheme}://127.0.0.1:${proxy.port}`, { port: 1 })).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringMatching(/the proxy .* (answered 502 to CONNECT|was refused: nothing listens there)/),
    });
  });

  it.each(['', 'HTTP/1.1 200 OK\nX: y\n\n', 'SSH-2.0-x\r\n', Buffer.from([5, 9]), Buffer.from([4, 0])])(
    'a proxy that answers %j is no way',
    async (answer) => {
      const proxy = await start({ answer });
      await expect(ask(`${scheme}://127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
        code: 'upstream-unreachable',
        message: expect.stringMatching(/the proxy /),
      });
    },
  );

  it('a proxy that is not there is said, and that it is the proxy', async () => {
    await expect(ask(`${scheme}://127.0.0.1:1`)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining(`the proxy ${scheme}://127.0.0.1:1 cannot be reached: nothing listens there`),
    });
  });

  it('the certificate of the API server is checked all the same', async () => {
    const proxy = await start({});
    await expect(ask(`${scheme}://127.0.0.1:${proxy.port}`, { servername: 'other.example' })).rejects.toMatchObject({
      code: 'upstream-certificate-invalid',
    });
  });
});

describe('an https proxy', () => {
  it('whose certificate is not vouched for gets no password', async () => {
    const other = await loopbackCertificate();
    const proxy = await started(startHttpProxy({ identity: other }));
    await expect(ask(`https://jo:hunter2@127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringMatching(/the proxy .* cannot be reached: its certificate is self-signed/),
    });
    expect(proxy.heads).toEqual([]);
  });
});
