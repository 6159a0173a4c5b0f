import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { WatchedCluster } from '../../../proxy/clusters/credential-at-hand.ts';
import { openCluster } from '../../../proxy/clusters/kubeconfig-cluster.ts';
import { lookAtCluster } from '../../../proxy/reach/look-at-cluster.ts';
import { type LoopbackCertificate, loopbackCertificate } from '../fixtures/loopback-tls.ts';

let folder: string;
let tls: LoopbackCertificate;
let servers: Array<Server | TcpServer>;
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-reach-'));
  tls = await loopbackCertificate();
  servers = [];
  asked = [];
});
afterEach(async () => {
  for (const server of servers) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener, certificate = tls): Promise<number> {
  const server = createServer({ cert: certificate.certificate, key: certificate.privateKey }, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`);
    listener(request, response);
  });
  return listen(server);
}

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function open(port: number, user: object, server = `https://127.0.0.1:${port}`): Promise<WatchedCluster> {
  const file = join(folder, 'config');
  const authority = Buffer.from(tls.certificate).toString('base64');
  const text = stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'shop', context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(file, text);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const environment = { PATH: `${folder}:${process.env['PATH']}` };
  return openCluster({ kubeconfigFiles: [file], context: 'shop', labels: {} }, { log, environment });
}

/** An API server of two answers. */
const answers =
  (version: readonly [number, unknown], review: readonly [number, unknown]): RequestListener =>
  (request, response) => {
    const [status, json] = request.url === '/version' ? version : review;
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  };
const VERSION = [200, { gitVersion: 'v1.36.3' }] as const;
const ANA = [201, { status: { userInfo: { username: 'ana' } } }] as const;

/** A plugin that writes a line for each run. */
async function plugin(script: string): Promise<object> {
  await writeFile(join(folder, 'signs-in'), `#!/bin/sh\necho ran >>${join(folder, 'runs')}\n${script}\n`);
  await chmod(join(folder, 'signs-in'), 0o755);
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'signs-in', interactiveMode: 'IfAvailable' },
  };
}
const prints = (status: object) =>
  `echo '${JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status })}'`;
const runs = async () => (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1;

describe('a look at a cluster', () => {
  it('measures it, and says its version, who one is, and when what ends', async () => {
    const cluster = await open(await serve(answers(VERSION, ANA)), { token: 'held' });
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toEqual({
      state: expect.stringMatching(/^(reachable|slow)$/),
      trouble: null,
      problem: null,
      checkedAt: expect.stringMatching(/Z$/),
      latency: expect.any(Number),
      serverVersion: 'v1.36.3',
      certificateExpires: expect.stringMatching(/Z$/),
      signIn: { plugin: null, expires: null, due: false, user: 'ana' },
    });
    const review = 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews Bearer held';
    expect(asked).toEqual(['GET /version Bearer held', review]);
  });

  it('calls one slow whose short answers take long', async () => {
    const slow: RequestListener = (request, response) => {
      setTimeout(() => answers(VERSION, ANA)(request, response), request.url === '/version' ? 1_100 : 0);
    };
    const cluster = await open(await serve(slow), { token: 'held' });
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ state: 'slow', trouble: null });
  });

  it('says that nothing listens', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((closed) => server.close(closed));
    servers = [];
    const found = await lookAtCluster(await open(port, { token: 't' }), { look: 'quietly' });
    expect(found).toMatchObject({ state: 'unreachable', trouble: 'refused', latency: null });
    expect(found.problem).toBe(
      `Gatehouse cannot reach cluster "shop" (127.0.0.1:${port}): nothing listens there; is the API server running?`,
    );
  });

  it('says that a name does not resolve', async () => {
    const cluster = await open(0, { token: 't' }, 'https://api.nowhere.invalid');
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ state: 'unreachable', trouble: 'name' });
  });

  it.each(['takes the connection', 'takes the request'])('gives up on a black hole that %s', async (what) => {
    const held: Socket[] = [];
    const port =
      what === 'takes the request'
        ? await serve(() => undefined)
        : await listen(createTcpServer((socket) => held.push(socket)));
    const found = await lookAtCluster(await open(port, { token: 't' }), { look: 'quietly', timeLimit: 400 });
    expect(found).toMatchObject({ state: 'unreachable', trouble: 'timeout', latency: null });
    expect(found.problem).toContain('no answer within 0.4 s');
    for (const socket of held) socket.destroy();
  });

  it.each([
    ['of another authority', () => loopbackCertificate()],
    ['that has expired', () => loopbackCertificate(-1)],
  ])('does not show its credential to a server with a certificate %s', async (_what, certificate) => {
    const cluster = await open(await serve(answers(VERSION, ANA), await certificate()), { token: 'held' });
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ state: 'unreachable', trouble: 'tls' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['503 from the server', [503, {}], ANA, { state: 'unreachable', trouble: 'answer' }],
    ['401', [401, {}], ANA, { state: 'sign-in', trouble: 'credential-rejected' }],
    ['401 to the review alone', VERSION, [401, {}], { state: 'sign-in', trouble: 'credential-rejected' }],
    [
      'a review that names nobody',
      VERSION,
      [201, { status: { userInfo: { username: 'system:anonymous' } } }],
      { state: 'sign-in', trouble: 'credential-rejected' },
    ],
    ['a web server', [404, {}], [404, {}], { state: 'unreachable', trouble: 'answer' }],
    ['a version that is none', [200, { gitVersion: '<b>x</b>' }], ANA, { trouble: null, serverVersion: null }],
    ['an API server that says no version', [403, {}], ANA, { trouble: null, serverVersion: null }],
    ['one that is too busy to review', VERSION, [429, {}], { trouble: null, serverVersion: 'v1.36.3' }],
  ] as const)('takes %s for what it is', async (_what, version, review, found) => {
    const cluster = await open(await serve(answers(version, review)), { token: 'held' });
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject(found);
  });

  it('asks an API server before 1.28 what it may, where it cannot ask who it is', async () => {
    const old: RequestListener = (request, response) => {
      const review = request.url?.includes('authorization.k8s.io') ? ([201, {}] as const) : ([404, {}] as const);
      answers(VERSION, review)(request, response);
    };
    const cluster = await open(await serve(old), { token: 'held' });
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ trouble: null, signIn: { user: null } });
  });
});

describe('a look at a cluster whose credential comes from a plugin', () => {
  it('runs none by itself, shows nobody, and says that the next request will', async () => {
    const user = await plugin(prints({ token: 'given' }));
    const cluster = await open(await serve(answers(VERSION, ANA)), user);
    const found = await lookAtCluster(cluster, { look: 'quietly' });
    expect(found).toMatchObject({
      trouble: null,
      signIn: { plugin: 'signs-in', due: true, expires: null, user: null },
    });
    expect(asked).toEqual(['GET /version nobody']);
    expect(await runs()).toBe(0);
  });

  it('takes a 401 to nobody for a server that is there', async () => {
    const cluster = await open(await serve(answers([401, {}], ANA)), await plugin(prints({ token: 'given' })));
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ trouble: null, signIn: { due: true } });
  });

  it('runs it once when a person connects, and uses what it gave for later looks', async () => {
    const ends = new Date(Date.now() + 600_000).toISOString();
    const user = await plugin(prints({ token: 'given', expirationTimestamp: ends }));
    const cluster = await open(await serve(answers(VERSION, ANA)), user);
    for (const look of ['connecting', 'quietly', 'connecting'] as const) {
      const found = await lookAtCluster(cluster, { look });
      expect(found).toMatchObject({ trouble: null, signIn: { due: false, expires: ends, user: 'ana' } });
    }
    expect(await runs()).toBe(1);
  });

  it('does not run it again by itself, neither when what it gave is over nor when that is refused', async () => {
    const ends = new Date(Date.now() + 8_000).toISOString();
    const over = await open(
      await serve(answers(VERSION, ANA)),
      await plugin(prints({ token: 'given', expirationTimestamp: ends })),
    );
    await lookAtCluster(over, { look: 'connecting' });
    expect(await lookAtCluster(over, { look: 'quietly' })).toMatchObject({
      trouble: null,
      signIn: { due: true, expires: ends },
    });
    expect(await runs()).toBe(1);

    const refused = await open(await serve(answers([401, {}], ANA)), await plugin(prints({ token: 'given' })));
    await lookAtCluster(refused, { look: 'connecting' });
    const found = await lookAtCluster(refused, { look: 'quietly' });
    expect(found).toMatchObject({ state: 'sign-in', trouble: 'credential-rejected' });
    expect(found.problem).toMatch(/sign in again$/);
    expect(await runs()).toBe(2);
  });

  it('runs it anew when a person signs in again, and says why it fails until it does not', async () => {
    const port = await serve(answers(VERSION, ANA));
    const cluster = await open(port, await plugin('echo "the browser was closed" >&2; exit 3'));
    const failed = { state: 'sign-in', trouble: 'credential-unavailable', serverVersion: 'v1.36.3' };
    const first = await lookAtCluster(cluster, { look: 'connecting' });
    expect(first).toMatchObject(failed);
    expect(first.problem).toContain('failed with exit code 3: the browser was closed');
    expect(await lookAtCluster(cluster, { look: 'quietly' })).toMatchObject({ ...failed, problem: first.problem });
    expect(await runs()).toBe(1);
    await plugin(prints({ token: 'given' }));
    expect(await lookAtCluster(cluster, { look: 'signing-in' })).toMatchObject({ trouble: null, problem: null });
    expect(await lookAtCluster(cluster, { look: 'signing-in' })).toMatchObject({ trouble: null });
    expect(await runs()).toBe(3);
  });

  it('says first that the cluster cannot be reached: without it the plugin fails too', async () => {
    const user = await plugin('exit 1');
    const cluster = await open(1, user);
    expect(await lookAtCluster(cluster, { look: 'connecting' })).toMatchObject({
      state: 'unreachable',
      trouble: 'refused',
    });
  });
});
