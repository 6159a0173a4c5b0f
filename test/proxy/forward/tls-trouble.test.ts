import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream } from '../../../proxy/forward/pooled-upstream.ts';
import type { UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { reachTrouble, upstreamTrouble } from '../../../proxy/forward/upstream-trouble.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { loopbackCertificate, loopbackCluster, loopbackCredential } from '../fixtures/loopback-tls.ts';
import { testAuthority } from '../fixtures/test-authority.ts';

const open: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const get: UpstreamRequest = { method: 'GET', target: '/api', headers: [['Host', 'cluster']], body: null };

/** What a client of the gateway is told, with which code, and which part of the way that is. */
async function told(server: Server, ca: string) {
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream = createUpstream();
  open.push(
    () => server.close(),
    () => upstream.close(),
  );
  const cluster = loopbackCluster(port, ca);
  const error = await upstream.request(cluster, loopbackCredential(ca), get, new AbortController().signal).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error('it was not refused', { cause: error });
  return { code: error.code, message: error.message, trouble: reachTrouble(error.details.cause) };
}

const tls = (options: TlsOptions): Server => createTlsServer(options, (socket) => socket.end());
const AUTHORITY = /Check certificate-authority and server in the kubeconfig$/;
const ON_THE_CLUSTER =
  /It is renewed on the cluster, not in the kubeconfig; if it is not over, the clock of this machine/;

describe('a certificate that is not taken: why, and what mends that', () => {
  it.each([
    ['that expired', { days: [-3, -1] as const }, /has expired, or its authority's has; .*nothing\./, ON_THE_CLUSTER],
    ['that is not valid yet', { days: [1, 3] as const }, /is not valid yet/, /Set the clock of this machine right/],
    [
      'for another name',
      { name: 'other.example' },
      /another name/,
      /Check server and tls-server-name in the kubeconfig/,
    ],
  ])('one %s', async (_what, way, why, remedy) => {
    const authority = await testAuthority();
    const answer = await told(tls(await authority.issue(way)), authority.cert);
    expect(answer).toMatchObject({ code: 'upstream-certificate-invalid', trouble: 'tls' });
    expect(answer.message).toMatch(why);
    expect(answer.message).toMatch(remedy);
    if (remedy !== AUTHORITY) expect(answer.message).not.toMatch(/certificate-authority/);
  });

  it('one that expired, and is the one in the kubeconfig itself', async () => {
    const { certificate: cert, privateKey: key } = await loopbackCertificate(-1);
    expect((await told(tls({ cert, key }), cert)).message).toMatch(ON_THE_CLUSTER);
  });

  it('one of an authority that expired', async () => {
    const authority = await testAuthority('test-ca', [-3, -1]);
    expect((await told(tls(await authority.issue()), authority.cert)).message).toMatch(/or its authority's has/);
  });

  it.each([
    ['alone', false],
    ['with its authority', true],
  ])('one of an authority that the kubeconfig does not name, sent %s', async (_what, withAuthority) => {
    const [named, other] = [await testAuthority('one'), await testAuthority('other')];
    const { cert, key } = await other.issue();
    const answer = await told(tls({ cert: withAuthority ? `${cert}\n${other.cert}` : cert, key }), named.cert);
    expect(answer.message).toMatch(/was issued by an authority that the kubeconfig does not name/);
    expect(answer.message).toMatch(AUTHORITY);
  });

  it('one of an authority of the same name with another key: the cluster was set up anew', async () => {
    const [named, anew] = [await testAuthority('kubernetes'), await testAuthority('kubernetes')];
    const answer = await told(tls(await anew.issue()), named.cert);
    expect(answer.code).toBe('upstream-certificate-invalid');
    expect(answer.message).toMatch(/the name, but not the key.*fetch its kubeconfig again|does not name/);
  });

  it('one that is self-signed', async () => {
    const { certificate: cert, privateKey: key } = await loopbackCertificate();
    const answer = await told(tls({ cert, key }), (await testAuthority()).cert);
    expect(answer.message).toMatch(/is self-signed and not the one in the kubeconfig/);
    expect(answer.message).toMatch(AUTHORITY);
  });
});

describe('what speaks no TLS, or another', () => {
  it.each([
    ['plain HTTP', () => createHttpServer((_request, response) => response.end('x'))],
    ['something else', () => createServer((socket) => socket.on('error', () => undefined).write('220 smtp\r\n'))],
  ])('%s', async (_what, server) => {
    const answer = await told(server(), (await testAuthority()).cert);
    expect(answer).toMatchObject({ code: 'upstream-unreachable', trouble: 'tls' });
    expect(answer.message).toMatch(/it does not speak TLS; is the address .* right, or is it http behind an https\?/);
  });

  it.each([
    ['TLS 1.1 alone', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, /too old \(1\.2/],
    ['HTTP/2 alone', { ALPNProtocols: ['h2'] }, /it does not speak HTTP\/1\.1/],
  ] satisfies ReadonlyArray<[string, TlsOptions, RegExp]>)('%s', async (_what, options, why) => {
    const authority = await testAuthority();
    const identity = await authority.issue();
    const answer = await told(tls({ ...identity, ...options }), authority.cert);
    expect(answer).toMatchObject({ code: 'upstream-unreachable', trouble: 'tls' });
    expect(answer.message).toMatch(why);
  });
});

describe('a client certificate that the API server turns down, by the names of the alert in both lines of OpenSSL', () => {
  it.each([
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'it has expired'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'it has expired'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED', 'it was revoked'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it is of an authority that the API server does not know'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'there is none, and the API server asks for one'],
    // What Go's TLS answers to most of them (crypto/tls handshake_server.go).
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'it may have expired, or be of another cluster'],
  ])('%s: %s', (code, why) => {
    const error = Object.assign(new Error('alert'), { code });
    expect(upstreamTrouble(error, loopbackCluster(1, null))).toMatchObject({
      code: 'upstream-rejected-credential',
      message: `cluster "test" (127.0.0.1:1) did not accept the client certificate of kubeconfig user "tester": ${why}`,
    });
    expect(reachTrouble(error)).toBe('credential-rejected');
  });
});
