// Longer than 300 lines: each way in that a kubeconfig knows, against the same server.
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../proxy/access/certificate-authority.ts';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import { openCluster } from '../../../proxy/clusters/kubeconfig-cluster.ts';
import type { KeyPair } from '../../../proxy/gateway-door.ts';

let folder: string;
let path: string;
let time: number;
let logged: unknown[];
let authority: KeyPair;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-cluster-'));
  path = join(folder, 'config');
  time = Date.now();
  logged = [];
  authority = await createCertificateAuthority();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

let writes = 0;

async function write(user: object, cluster: object = {}): Promise<void> {
  const text = stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/k8s/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(path, text);
  // File systems with coarse clocks would not show a second change within the same tick.
  writes += 1;
  // The files are looked at once a second.
  time += 1_000;
  await utimes(path, new Date(), new Date(Date.now() + writes * 1000));
}

function open(environment: Record<string, string> = {}): Promise<Cluster> {
  const log = (fields: object, message: string): void => {
    logged.push(fields, message);
  };
  return openCluster(
    { kubeconfigFiles: [path], context: 'prod', labels: { tier: 'prod' } },
    {
      log: { info: log, warn: log, error: log },
      environment: { PATH: `${folder}:${process.env['PATH']}`, ...environment },
      now: () => time,
    },
  );
}

/** A credential plugin as a shell script. */
async function plugin(script: string): Promise<void> {
  await writeFile(join(folder, 'plugin'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'plugin'), 0o755);
}

const V1 = 'client.authentication.k8s.io/v1';

function execUser(change: object = {}): object {
  return { exec: { apiVersion: V1, command: 'plugin', interactiveMode: 'IfAvailable', ...change } };
}

function credentialJson(status: object, apiVersion = V1): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, status });
}

async function clientPair(user: string, now = Date.now()): Promise<KeyPair> {
  return issueClientCertificate(authority, {
    principal: { user, groups: ['ops'], session: { kind: 'headless', id: 'x' } },
    cluster: null,
    now,
    lifetime: 3_600_000,
  });
}

describe('a cluster from a kubeconfig', () => {
  it('has the address, names and labels that the files and the caller say', async () => {
    await write({ token: 't' }, { 'tls-server-name': 'k8s.internal' });
    expect(await open()).toMatchObject({
      slug: 'prod',
      contextName: 'prod',
      labels: { tier: 'prod' },
      credentialName: 'u',
      namespace: 'default',
      server: { host: '127.0.0.1', port: 6443, servername: 'k8s.internal', basePath: '/k8s', verify: true },
    });
  });

  it('says in the log that a certificate is not checked', async () => {
    await write({ token: 't' }, { 'insecure-skip-tls-verify': true });
    expect((await open()).server.verify).toBe(false);
    expect(JSON.stringify(logged)).toContain('insecure-skip-tls-verify');
  });

  it('is refused where the context is missing or unusable', async () => {
    await write({ token: 't', as: 'root' });
    await expect(open()).rejects.toMatchObject({ code: 'upstream-credential-unavailable' });
    await writeFile(path, 'contexts: []');
    await expect(open()).rejects.toMatchObject({ code: 'unknown-cluster' });
    await writeFile(path, 'contexts: [');
    await expect(open()).rejects.toMatchObject({ message: expect.stringMatching(/config, line 1/) });
  });
});

describe('a token', () => {
  it('is sent as it is', async () => {
    await write({ token: 't0ken' });
    expect(await (await open()).credential()).toMatchObject({ bearerToken: 't0ken', generation: 1 });
  });

  it('from a file is read again each minute, and at once after the API server rejected it', async () => {
    await writeFile(join(folder, 'token'), 'first\n');
    await write({ tokenFile: 'token' });
    const cluster = await open();
    expect((await cluster.credential()).bearerToken).toBe('first');
    await writeFile(join(folder, 'token'), 'second\n');
    expect((await cluster.credential()).bearerToken).toBe('first');
    time += 61_000;
    expect(await cluster.credential()).toMatchObject({ bearerToken: 'second', generation: 2 });
    await writeFile(join(folder, 'token'), 'third\n');
    cluster.credentialRejected();
    expect(await cluster.credential()).toMatchObject({ bearerToken: 'third', generation: 3 });
  });

  it('that HTTP cannot send is said, and not quoted', async () => {
    await write({ token: 'hunter2\r\nImpersonate-User: root' });
    const failing = (await open()).credential();
    await expect(failing).rejects.toMatchObject({ message: expect.stringContaining('that HTTP cannot send') });
    await expect(failing).rejects.not.toMatchObject({ message: expect.stringMatching(/hunter2/) });
  });

  it('file that went away is said by name', async () => {
    await writeFile(join(folder, 'token'), 'first');
    await write({ tokenFile: 'token' });
    const cluster = await open();
    await rm(join(folder, 'token'));
    await expect(cluster.credential()).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining(join(folder, 'token')),
    });
  });
});

describe('a client certificate', () => {
  let server: Server;

  beforeEach(async () => {
    const { certificate, privateKey } = await issueServerCertificate(authority);
    server = createServer({
      cert: certificate,
      key: privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  /** Who the server sees when the gateway connects with a credential. */
  async function seenBy(cluster: Cluster): Promise<string | undefined> {
    const { secureContext } = await cluster.credential();
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = connect({ host: '127.0.0.1', port, secureContext });
    const [[seen]] = await Promise.all([accepted, once(socket, 'secureConnect')]);
    const common = seen.getPeerCertificate().subject?.CN;
    socket.destroy();
    return Array.isArray(common) ? common[0] : common;
  }

  it.each(['data', 'file'])('(%s) is shown to a server that the CA of the kubeconfig vouches for', async (form) => {
    const { certificate, privateKey } = await clientPair('admin');
    await writeFile(join(folder, 'crt'), certificate);
    await writeFile(join(folder, 'key'), privateKey);
    await writeFile(join(folder, 'ca'), authority.certificate);
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    if (form === 'file') {
      await write({ 'client-certificate': 'crt', 'client-key': 'key' }, { 'certificate-authority': 'ca' });
    } else {
      await write(
        { 'client-certificate-data': base64(certificate), 'client-key-data': base64(privateKey) },
        { 'certificate-authority-data': base64(authority.certificate) },
      );
    }
    expect(await seenBy(await open())).toBe('admin');
  });

  it('beats a token, which is then not sent at all', async () => {
    const { certificate, privateKey } = await clientPair('admin');
    await writeFile(join(folder, 'crt'), certificate);
    await writeFile(join(folder, 'key'), privateKey);
    await write({ 'client-certificate': 'crt', 'client-key': 'key', token: 'bogus' });
    expect((await (await open()).credential()).bearerToken).toBeNull();
  });

  it('that was replaced on disk is taken up, and old connections are not used again', async () => {
    const one = await clientPair('one');
    const two = await clientPair('two');
    await writeFile(join(folder, 'crt'), one.certificate);
    await writeFile(join(folder, 'key'), one.privateKey);
    await writeFile(join(folder, 'ca'), authority.certificate);
    await write({ 'client-certificate': 'crt', 'client-key': 'key' }, { 'certificate-authority': 'ca' });
    const cluster = await open();
    expect(await seenBy(cluster)).toBe('one');
    await writeFile(join(folder, 'crt'), two.certificate);
    await writeFile(join(folder, 'key'), two.privateKey);
    time += 61_000;
    expect(await seenBy(cluster)).toBe('two');
    expect((await cluster.credential()).generation).toBe(2);
  });

  it('that has expired is said with its date', async () => {
    const { certificate, privateKey } = await clientPair('admin', Date.parse('2020-05-01T00:00:00Z'));
    await writeFile(join(folder, 'crt'), certificate);
    await writeFile(join(folder, 'key'), privateKey);
    await write({ 'client-certificate': 'crt', 'client-key': 'key' });
    await expect((await open()).credential()).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('expired on 2020-05-01'),
    });
  });

  it('whose key is replaced a moment later is taken up then', async () => {
    const [one, two] = [await clientPair('one'), await clientPair('two')];
    await writeFile(join(folder, 'crt'), two.certificate);
    await writeFile(join(folder, 'key'), one.privateKey);
    await writeFile(join(folder, 'ca'), authority.certificate);
    await write({ 'client-certificate': 'crt', 'client-key': 'key' }, { 'certificate-authority': 'ca' });
    const cluster = await open();
    await expect(cluster.credential()).rejects.toMatchObject({ code: 'upstream-credential-unavailable' });
    await writeFile(join(folder, 'key'), two.privateKey);
    expect(await seenBy(cluster)).toBe('two');
  });

  it('that does not fit its key is said, without the key', async () => {
    const [one, two] = [await clientPair('one'), await clientPair('two')];
    await writeFile(join(folder, 'crt'), one.certificate);
    await writeFile(join(folder, 'key'), two.privateKey);
    await write({ 'client-certificate': 'crt', 'client-key': 'key' });
    await expect((await open()).credential()).rejects.toMatchObject({
      message: expect.stringMatching(/client certificate and key of user "u", cannot be used \(ERR_/),
    });
  });
});

describe('a user name and password', () => {
  it('are sent as they are', async () => {
    await write({ username: 'jo', password: 'pass:word' });
    const { basic, bearerToken } = await (await open()).credential();
    expect(Buffer.from(basic ?? '', 'base64').toString()).toBe('jo:pass:word');
    expect(bearerToken).toBeNull();
  });

  it('come after a certificate, and before a plugin', async () => {
    await write({ username: 'jo', password: 'x', ...execUser() });
    expect((await (await open()).credential()).basic).not.toBeNull();
    const { certificate, privateKey } = await clientPair('admin');
    await writeFile(join(folder, 'crt'), certificate);
    await writeFile(join(folder, 'key'), privateKey);
    await write({ username: 'jo', password: 'x', 'client-certificate': 'crt', 'client-key': 'key' });
    expect((await (await open()).credential()).basic).toBeNull();
  });
});

describe('a proxy', () => {
  it('of the kubeconfig beats that of the environment', async () => {
    const general = { HTTPS_PROXY: 'http://general:3128' };
    await write({ token: 't' }, { server: 'https://k8s.example', 'proxy-url': 'socks5://own' });
    expect(String((await open(general)).proxy)).toBe('socks5://own:1080');
    await write({ token: 't' }, { server: 'https://k8s.example' });
    expect(String((await open(general)).proxy)).toBe('http://general:3128');
    expect((await open({ ...general, NO_PROXY: '.example' })).proxy).toBeNull();
    expect((await open()).proxy).toBeNull();
  });

  it('of the environment that is of no use is said', async () => {
    await write({ token: 't' }, { server: 'https://k8s.example' });
    await expect(open({ HTTPS_PROXY: 'gopher://a:hunter2@x' })).rejects.toMatchObject({
      message: expect.stringMatching(/HTTPS_PROXY in the environment begins with "gopher"(?!.*hunter2)/),
    });
  });
});

describe('an exec plugin', () => {
  it('is over when it ends, though a browser that it opened keeps its output open', async () => {
    const browser = join(folder, 'browser');
    await writeFile(browser, 'open');
    const keepOpen = `while [ -e '${browser}' ]; do sleep 0.1; done`;
    await plugin(`(${keepOpen}) & echo '${credentialJson({ token: 'from-browser' })}'`);
    await write(execUser());
    expect((await (await open()).credential()).bearerToken).toBe('from-browser');
    await rm(browser);
  });

  it.each([V1, 'client.authentication.k8s.io/v1beta1'])('of %s gives a token', async (apiVersion) => {
    await plugin(`echo '${credentialJson({ token: 'from-plugin' }, apiVersion)}'`);
    await write(execUser({ apiVersion }));
    expect((await (await open()).credential()).bearerToken).toBe('from-plugin');
  });

  it('gives a client certificate, which beats its own token', async () => {
    const { certificate, privateKey } = await clientPair('admin');
    const status = { token: 't', clientCertificateData: certificate, clientKeyData: privateKey };
    await writeFile(join(folder, 'answer'), credentialJson(status));
    await plugin(`cat ${join(folder, 'answer')}`);
    await write(execUser());
    expect((await (await open()).credential()).bearerToken).toBeNull();
  });

  it('is run once for many requests, and again when its credential expires or is rejected', async () => {
    const expires = new Date(time + 600_000).toISOString();
    await plugin(`echo run >> ${folder}/runs; echo '${credentialJson({ token: 't', expirationTimestamp: expires })}'`);
    await write(execUser());
    const cluster = await open();
    const runs = async (): Promise<number> => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1;
    await Promise.all([cluster.credential(), cluster.credential(), cluster.credential()]);
    time += 300_000;
    await cluster.credential();
    expect(await runs()).toBe(1);
    cluster.credentialRejected();
    await cluster.credential();
    expect(await runs()).toBe(2);
    time += 300_000;
    await cluster.credential();
    expect(await runs()).toBe(3);
  });

  it('gets its arguments, its environment and, where asked for, the cluster', async () => {
    await plugin(
      `printf '%s\\n' "$1" "$REGION" "$KUBERNETES_EXEC_INFO" > ${folder}/seen; echo '${credentialJson({ token: 't' })}'`,
    );
    const data = Buffer.from(authority.certificate).toString('base64');
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }];
    await write(
      execUser({ args: ['get-token; rm -rf /'], env: [{ name: 'REGION', value: 'eu' }], provideClusterInfo: true }),
      { 'certificate-authority-data': data, extensions },
    );
    await (await open()).credential();
    const [argument, region, info] = (await readFile(join(folder, 'seen'), 'utf8')).split('\n');
    expect([argument, region]).toEqual(['get-token; rm -rf /', 'eu']);
    expect(JSON.parse(info ?? '')).toEqual({
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: {
        interactive: false,
        cluster: {
          server: 'https://127.0.0.1:6443/k8s/',
          'certificate-authority-data': data,
          config: { audience: 'a' },
        },
      },
    });
  });

  it.each([
    [
      'fails',
      'echo "not signed in" >&2; echo more >&2; exit 7',
      { interactiveMode: 'Never' },
      /failed with exit code 7: not signed in$/,
    ],
    ['fails without a word', 'exit 1', { interactiveMode: 'Never' }, /failed with exit code 1$/],
    ['kills itself', 'kill -9 $$', { interactiveMode: 'Never' }, /was ended by SIGKILL$/],
    ['prints no JSON', 'echo hunter2secret', {}, /printed neither JSON nor YAML$/],
    ['prints another kind', 'echo \'{"kind":"Hunter2secret"}\'', {}, /without a valid "kind"$/],
    ['prints no credential', `echo '${credentialJson({})}'`, {}, /neither a token nor a client certificate$/],
    ['prints half a pair', `echo '${credentialJson({ clientKeyData: 'k' })}'`, {}, /without the other$/],
    ['answers in another version', `echo '${credentialJson({ token: 't' }, 'v9')}'`, {}, /another apiVersion/],
    ['prints without end', 'yes', {}, /more than a credential$/],
    ['is of a version long gone', 'exit 0', { apiVersion: 'client.authentication.k8s.io/v1alpha1' }, /no longer takes/],
    ['insists on a terminal', 'exit 0', { interactiveMode: 'Always' }, /no terminal here; run kubectl with the same/],
    ['may want a terminal', 'exit 1', {}, /exit code 1\. If it wants to ask a person: run kubectl/],
    ['does not say whether it asks', 'exit 0', { interactiveMode: null }, /has no interactiveMode/],
    [
      'asks in a way that is not known',
      'exit 0',
      { interactiveMode: 'Maybe' },
      /the interactiveMode "Maybe"; there are/,
    ],
    ['has a variable without a name', 'exit 0', { env: [{ value: 'x' }] }, /a variable without a name/],
    [
      'is missing',
      'exit 0',
      { command: 'other', installHint: 'see the wiki' },
      /"other" .* was not found: see the wiki$/,
    ],
  ])('that %s is said in words, by name', async (_case, script, change, expected) => {
    await plugin(script);
    await write(execUser(change));
    const failing = (await open()).credential();
    await expect(failing).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringMatching(expected),
    });
    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(/^Exec plugin ".*" of kubeconfig user "u"/),
    });
    await expect(failing).rejects.not.toMatchObject({ message: expect.stringMatching(/hunter2secret/i) });
  });

  it('that traces its token has it taken out, and its output is not logged', async () => {
    const token = `eyJ${'a'.repeat(40)}.${'b'.repeat(40)}.${'c'.repeat(40)}`;
    await plugin(`echo "got ${token} but no scope" >&2; echo '${credentialJson({ token })}'; exit 1`);
    await write(execUser());
    const error = await (await open()).credential().catch((caught: Error) => caught);
    expect(error).toMatchObject({ message: expect.stringContaining('got [left out] but no scope') });
    expect(JSON.stringify([logged, error])).not.toContain('aaaaaaaa');
  });

  it('that recovers is run again by the next request', async () => {
    await plugin('exit 1');
    await write(execUser());
    const cluster = await open();
    await expect(cluster.credential()).rejects.toMatchObject({ code: 'upstream-credential-unavailable' });
    await plugin(`echo '${credentialJson({ token: 'now' })}'`);
    expect((await cluster.credential()).bearerToken).toBe('now');
  });
});

describe('a kubeconfig that changed on disk', () => {
  it('is read again within a second', async () => {
    await write({ token: 'old' });
    const cluster = await open();
    await cluster.credential();
    await write({ token: 'new' });
    expect(await cluster.credential()).toMatchObject({ bearerToken: 'new', generation: 2 });
  });

  it.each([
    ['server', { server: 'https://evil.example' }],
    ['checking of certificates', { 'insecure-skip-tls-verify': true }],
    ['server name', { 'tls-server-name': 'evil.example' }],
    ['proxy', { 'proxy-url': 'http://evil.example:3128' }],
  ])('to another %s is refused until the person connects again', async (_case, change) => {
    await write({ token: 'old' });
    const cluster = await open();
    await write({ token: 'old' }, change);
    const failing = cluster.credential();
    await expect(failing).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('disconnect the cluster and connect it again'),
    });
    await write({ token: 'old' });
    expect((await cluster.credential()).bearerToken).toBe('old');
  });

  it('to another user is refused until the person connects again', async () => {
    await write({ token: 'old' });
    const cluster = await open();
    const before = await readFile(path, 'utf8');
    await write({ token: 'of-somebody-else' });
    const after = await readFile(path, 'utf8');
    await writeFile(path, after.replace('name: u\n', 'name: root\n').replace('user: u\n', 'user: root\n'));
    await expect(cluster.credential()).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('disconnect the cluster and connect it again'),
    });
    await writeFile(path, before);
    time += 1_000;
    expect((await cluster.credential()).bearerToken).toBe('old');
  });

  it('and lost the context, or is half written, is said', async () => {
    await write({ token: 'old' });
    const cluster = await open();
    await writeFile(path, 'users:\n- name: u\n  user: {token: "hunter2');
    time += 1_000;
    await expect(cluster.credential()).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringMatching(/changed on disk.*line \d/),
    });
    await rm(path);
    await expect(cluster.credential()).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('does not exist'),
    });
  });
});
