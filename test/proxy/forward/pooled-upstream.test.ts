import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream } from '../../../proxy/forward/pooled-upstream.ts';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { loopbackCertificate, loopbackCluster, loopbackCredential } from '../fixtures/loopback-tls.ts';

const open: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

type Answer = Parameters<typeof createServer>[1];

async function apiServer(onRequest: Answer, certificateHours = 1) {
  const identity = await loopbackCertificate(certificateHours);
  const server: Server = createServer({ cert: identity.certificate, key: identity.privateKey }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream = createUpstream();
  open.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => upstream.close(),
  );
  return { server, port, upstream, ca: identity.certificate };
}

const get: UpstreamRequest = { method: 'GET', target: '/api', headers: [['Host', 'cluster']], body: null };
const signal = new AbortController().signal;

function ask(upstream: Upstream, port: number, ca: string | null, request: UpstreamRequest = get) {
  return upstream.request(loopbackCluster(port, ca), loopbackCredential(ca), request, signal);
}

describe('the pooled upstream', () => {
  it('sends exactly the header lines it was given, repeated ones apart', async () => {
    let seen: string[] = [];
    const { port, upstream, ca } = await apiServer((request, response) => {
      seen = request.rawHeaders;
      response.end('{}');
    });
    const headers = [
      ['Host', 'cluster'],
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'b'],
    ] as const;
    const response = await ask(upstream, port, ca, { ...get, headers });
    expect(await text(response.body)).toBe('{}');
    const groups = seen.filter((_, index) => seen[index - 1] === 'Impersonate-Group');
    expect(groups).toEqual(['a', 'b']);
    expect(seen.map((name) => name.toLowerCase())).not.toContain('user-agent');
  });

  it('keeps repeated response headers apart and takes hop-by-hop headers out', async () => {
    const { port, upstream, ca } = await apiServer((_request, response) => {
      response.setHeader('Warning', ['299 - "one"', '299 - "two"']);
      response.setHeader('Set-Cookie', 'x=y');
      response.end('{}');
    });
    const { headers, body } = await ask(upstream, port, ca);
    body.resume();
    expect(headers.filter(([name]) => name === 'Warning').map(([, value]) => value)).toEqual([
      '299 - "one"',
      '299 - "two"',
    ]);
    expect(headers.map(([name]) => name.toLowerCase())).not.toContain('set-cookie');
  });

  it.each([301, 302, 307, 308])('case 21: a %i is neither followed nor relayed', async (status) => {
    const { port, upstream, ca } = await apiServer((_request, response) => {
      response.writeHead(status, { Location: 'https://evil.example/' }).end();
    });
    await expect(ask(upstream, port, ca)).rejects.toMatchObject({ code: 'upstream-redirect' });
  });

  it('case 48: a 304 passes', async () => {
    const { port, upstream, ca } = await apiServer((_request, response) => {
      response.writeHead(304, { ETag: '"x"' }).end();
    });
    const response = await ask(upstream, port, ca);
    response.body.resume();
    expect(response.status).toBe(304);
  });

  it('says that nothing listens', async () => {
    const upstream = createUpstream();
    open.push(() => upstream.close());
    await expect(ask(upstream, 1, null)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringMatching(/cannot reach cluster "test" \(127\.0\.0\.1:1\): nothing listens there/),
    });
  });

  it('says that the certificate has expired', async () => {
    const { port, upstream, ca } = await apiServer((_request, response) => response.end(), -1);
    await expect(ask(upstream, port, ca)).rejects.toMatchObject({
      code: 'upstream-certificate-invalid',
      message: expect.stringContaining('has expired'),
    });
  });

  it('says that the authority is another one', async () => {
    const { port, upstream } = await apiServer((_request, response) => response.end());
    const other = await loopbackCertificate();
    await expect(ask(upstream, port, other.certificate)).rejects.toMatchObject({
      code: 'upstream-certificate-invalid',
    });
  });

  it('says that the certificate is for another name', async () => {
    const { port, upstream, ca } = await apiServer((_request, response) => response.end());
    const cluster = loopbackCluster(port, ca, { servername: 'kubernetes.example' });
    await expect(upstream.request(cluster, loopbackCredential(ca), get, signal)).rejects.toMatchObject({
      code: 'upstream-certificate-invalid',
      message: expect.stringContaining('another name'),
    });
  });

  it('says that the outcome is unknown when the connection breaks after the request went out', async () => {
    const { port, upstream, ca } = await apiServer((request) => request.socket.destroy());
    await expect(ask(upstream, port, ca)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining('whether the request was carried out is unknown'),
    });
  });

  it('ends the idle connections of a cluster that is forgotten', async () => {
    const { server, port, upstream, ca } = await apiServer((_request, response) => response.end('{}'));
    const cluster = loopbackCluster(port, ca);
    const connected = new Promise<Duplex>((resolve) => server.once('secureConnection', resolve));
    const response = await upstream.request(cluster, loopbackCredential(ca), get, signal);
    await text(response.body);
    const connection = await connected;
    const closed = new Promise((resolve) => connection.once('close', resolve));
    upstream.forget(cluster);
    await closed;
  });

  it.each(['SPDY/3.1', 'websocket'])(
    'hands over the tunnel of an accepted %s upgrade with the bytes behind the 101',
    async (protocol) => {
      const { server, port, upstream, ca } = await apiServer(() => undefined);
      server.on('upgrade', (_request, socket: Duplex) => {
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\nhello`);
        open.unshift(() => socket.destroy());
      });
      const upgraded = await upstream.upgrade(
        loopbackCluster(port, ca),
        loopbackCredential(ca),
        {
          ...get,
          method: 'POST',
          headers: [
            ['Host', 'c'],
            ['Connection', 'Upgrade'],
            ['Upgrade', protocol],
            ['Content-Length', '0'],
          ],
        },
        signal,
      );
      if (!('socket' in upgraded)) throw new Error('not upgraded');
      open.unshift(() => upgraded.socket.destroy());
      const behind =
        upgraded.head.length > 0
          ? upgraded.head
          : await new Promise<Buffer>((resolve) => upgraded.socket.once('data', resolve));
      expect(behind.toString()).toBe('hello');
    },
  );

  it('case 19: an upgrade that is turned down comes back as a response and the connection is closed', async () => {
    const { server, port, upstream, ca } = await apiServer(() => undefined);
    let closed: Promise<void> = Promise.resolve();
    server.on('upgrade', (_request, socket: Duplex) => {
      closed = new Promise((resolve) => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}');
    });
    const answered = await upstream.upgrade(
      loopbackCluster(port, ca),
      loopbackCredential(ca),
      {
        ...get,
        method: 'POST',
        headers: [
          ['Host', 'c'],
          ['Connection', 'Upgrade'],
          ['Upgrade', 'SPDY/3.1'],
          ['Content-Length', '0'],
        ],
      },
      signal,
    );
    if ('socket' in answered) throw new Error('upgraded');
    expect(answered.status).toBe(403);
    expect(await text(answered.body)).toBe('{}');
    await closed;
  });
});
