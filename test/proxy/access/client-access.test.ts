// Longer than 300 lines: the life of one access, from its opening to the start after a crash, on the same set-up.
import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createCertificateAuthority } from '../../../proxy/access/certificate-authority.ts';
import { ClientAccessRegistry, type Clock } from '../../../proxy/access/client-access.ts';
import type { ServedCluster } from '../../../proxy/access/gateway-kubeconfig.ts';
import type { KeyPair } from '../../../proxy/gateway-door.ts';
import { refuse } from '../../../proxy/listener/refuse.ts';
import { type Listener, startListener } from '../../../proxy/listener/start-listener.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { HeaderList } from '../../../proxy/request/header-list.ts';

const HOUR = 3_600_000;
const PROD: ServedCluster = { slug: 'prod', contextName: 'prod@eu', namespace: 'shop' };
const STAGING: ServedCluster = { slug: 'staging', contextName: 'staging', namespace: 'default' };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A clock that a test moves. */
class HandClock implements Clock {
  time = Date.now();
  #callbacks = new Set<() => void>();

  now(): number {
    return this.time;
  }

  everyMinute(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    for (const callback of this.#callbacks) callback();
  }
}

let root: string;
let folder: string;
let authority: KeyPair;
let clock: HandClock;
let served: ServedCluster[];
let url: string;
let registry: ClientAccessRegistry;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-access-'));
  folder = join(root, 'kubeconfigs');
  authority = await createCertificateAuthority();
  clock = new HandClock();
  served = [PROD, STAGING];
  url = 'https://127.0.0.1:7443';
  registry = await startRegistry();
});

afterEach(async () => {
  await registry.stop();
  await rm(root, { recursive: true, force: true });
});

function startRegistry(): Promise<ClientAccessRegistry> {
  return ClientAccessRegistry.start({
    authority,
    principal: { user: 'local:alice', groups: ['gatehouse:local'] },
    folder,
    dataFolder: '/var/lib/gatehouse',
    url: () => url,
    clusters: () => served,
    log: silent,
    clock,
  });
}

async function fingerprintOf(path: string): Promise<string> {
  return new X509Certificate(await readFile(path)).fingerprint256;
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** The certificate in force after pending changes of files are done. */
async function settled(id = 't1'): Promise<string> {
  await registry.refresh();
  return fingerprintOf(join(folder, `terminal-${id}.to-prod.crt`));
}

describe('opening an access', () => {
  it('writes files that only their owner can read, in a folder that only its owner can enter', async () => {
    const access = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    expect(access.kubeconfig).toBe(join(folder, 'terminal-t1.yaml'));
    expect(await modeOf(folder)).toBe('700');
    for (const name of await readdir(folder)) expect([name, await modeOf(join(folder, name))]).toEqual([name, '600']);
    expect((await readdir(folder)).sort()).toEqual([
      'terminal-t1.ca.crt',
      'terminal-t1.to-prod.crt',
      'terminal-t1.to-prod.key',
      'terminal-t1.to-staging.crt',
      'terminal-t1.to-staging.key',
      'terminal-t1.yaml',
    ]);
  });

  it("names every connected cluster's context as the user does, with the chosen one current", async () => {
    const access = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: 'billing' });
    const kubeconfig = parse(await readFile(access.kubeconfig, 'utf8'));
    expect(kubeconfig['current-context']).toBe('prod@eu');
    expect(kubeconfig.contexts).toEqual([
      { name: 'prod@eu', context: { cluster: 'gatehouse/prod', user: 'gatehouse/prod', namespace: 'billing' } },
      { name: 'staging', context: { cluster: 'gatehouse/staging', user: 'gatehouse/staging', namespace: 'default' } },
    ]);
    expect(kubeconfig.clusters[0].cluster).toMatchObject({
      server: 'https://127.0.0.1:7443/c/prod',
      'disable-compression': true,
    });
  });

  it('makes the certificate live, for this session and this principal', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    expect(registry.find(await settled())).toMatchObject({
      state: 'live',
      principal: {
        user: 'local:alice',
        groups: ['gatehouse:local'],
        session: { kind: 'inAppTerminal', id: 't1' },
      },
    });
    expect(registry.find('00:11').state).toBe('unknown');
  });

  it('keeps the certificate when the same session asks for another namespace', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    const before = await settled();
    const again = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'staging', namespace: 'web' });
    expect(await settled()).toBe(before);
    expect(parse(await readFile(again.kubeconfig, 'utf8'))['current-context']).toBe('staging');
  });

  it.each([
    ['an id that leads out of the folder', { id: '../t1', cluster: null }, 'session-id-invalid'],
    ['an empty id', { id: '', cluster: null }, 'session-id-invalid'],
    ['a cluster that is not connected', { id: 't1', cluster: 'other' }, 'cluster-not-connected'],
  ])('refuses %s', async (_case, request, code) => {
    const opening = registry.open({ kind: 'inAppTerminal', namespace: null, ...request });
    await expect(opening).rejects.toMatchObject({ code });
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on after a refused one', async () => {
    await registry.open({ kind: 'inAppTerminal', id: '', cluster: null, namespace: null }).catch(() => undefined);
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    expect(await readdir(folder)).toHaveLength(6);
  });
});

describe('closing an access', () => {
  it('revokes before anything else, tells the listener, and removes the files', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    const fingerprint = await settled();
    const told: string[] = [];
    registry.onRevoked((fingerprints) => told.push(...fingerprints));
    const closing = registry.close('t1');
    expect(registry.find(fingerprint).state).toBe('revoked');
    expect(told).toHaveLength(2);
    expect(told).toContain(fingerprint);
    await closing;
    expect(await readdir(folder)).toEqual([]);
  });

  it('is done for every one when the gateway stops', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    await registry.open({ kind: 'headless', id: 'h1', cluster: null, namespace: null });
    const told: string[] = [];
    registry.onRevoked((fingerprints) => told.push(...fingerprints));
    await registry.stop();
    expect(told.map((fingerprint) => registry.find(fingerprint).state)).toEqual(Array(4).fill('revoked'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is still being opened revokes what was made meanwhile', async () => {
    const told: string[] = [];
    registry.onRevoked((fingerprints) => told.push(...fingerprints));
    const opening = registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    await Promise.all([opening, registry.close('t1')]);
    expect(told.map((fingerprint) => registry.find(fingerprint).state)).toEqual(['revoked', 'revoked']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('revokes renewed and former certificates alike', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    const former = await settled();
    clock.advance(17 * HOUR);
    const renewed = await settled();
    expect(renewed).not.toBe(former);
    await registry.close('t1');
    expect([registry.find(former).state, registry.find(renewed).state]).toEqual(['revoked', 'revoked']);
  });

  it('leaves other sessions alone, and does not mind an id that it does not know', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
    await registry.open({ kind: 'inAppTerminal', id: 't2', cluster: null, namespace: null });
    await registry.close('t1');
    await registry.close('t9');
    expect(registry.find(await settled('t2')).state).toBe('live');
  });
});

describe('renewal', () => {
  it('happens at two thirds of the life, in place; the former certificate stays good until it expires', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    const first = await settled();
    clock.advance(15 * HOUR);
    expect(await settled()).toBe(first);
    clock.advance(1 * HOUR + 1000);
    const second = await settled();
    expect(second).not.toBe(first);
    expect(registry.find(first).state).toBe('live');
    expect(registry.find(second).state).toBe('live');
    clock.advance(8 * HOUR);
    await settled();
    expect(registry.find(first).state).toBe('unknown');
  });
});

describe('case 15: the certificates of a session', () => {
  const pathOf = (slug: string): string => join(folder, `terminal-t1.to-${slug}.crt`);
  const open = () => registry.open({ kind: 'inAppTerminal', id: 't1', cluster: null, namespace: null });
  const clusterOf = async (path: string): Promise<string | null> => {
    const found = registry.find(await fingerprintOf(path));
    return found.state === 'live' ? found.cluster : found.state;
  };

  it('are one for each cluster, good for that one, and say so', async () => {
    await open();
    expect(await clusterOf(pathOf('prod'))).toBe('prod');
    expect(await clusterOf(pathOf('staging'))).toBe('staging');
    const { subjectAltName } = new X509Certificate(await readFile(pathOf('staging')));
    expect(subjectAltName).toContain('URI:gatehouse:cluster/staging');
  });

  it('are one for all clusters where the session is the app’s own', async () => {
    const { kubeconfig } = await registry.open({ kind: 'app', id: 'app', cluster: null, namespace: null });
    const { users, contexts } = parse(await readFile(kubeconfig, 'utf8'));
    expect(users.map(({ name }: { name: string }) => name)).toEqual(['gatehouse']);
    expect(contexts.map(({ context }: { context: { user: string } }) => context.user)).toEqual(
      Array(2).fill('gatehouse'),
    );
    expect(await clusterOf(join(folder, 'app-app.crt'))).toBeNull();
  });

  it('come for a cluster that is connected later; those that are there stay', async () => {
    served = [PROD];
    await open();
    const before = await fingerprintOf(pathOf('prod'));
    served = [PROD, STAGING];
    await registry.refresh();
    expect(await fingerprintOf(pathOf('prod'))).toBe(before);
    expect(await clusterOf(pathOf('staging'))).toBe('staging');
  });

  it('are never written over a file of somebody else, whenever the cluster comes', async () => {
    served = [PROD];
    await open();
    await writeFile(pathOf('staging'), 'my own');
    served = [PROD, STAGING];
    await expect(registry.refresh()).rejects.toMatchObject({ code: 'file-not-ours' });
    expect(await readFile(pathOf('staging'), 'utf8')).toBe('my own');
  });

  it('are renewed together, and only for clusters that are there', async () => {
    await open();
    const before = await Promise.all(['prod', 'staging'].map((slug) => fingerprintOf(pathOf(slug))));
    clock.advance(10 * HOUR);
    served = [PROD];
    await registry.refresh();
    clock.advance(7 * HOUR);
    await settled();
    expect(await fingerprintOf(pathOf('prod'))).not.toBe(before[0]);
    expect((await readdir(folder)).filter((name) => name.includes('staging'))).toEqual([]);
    served = [PROD, STAGING];
    await registry.refresh();
    expect(await clusterOf(pathOf('staging'))).toBe('staging');
    expect(before).not.toContain(await fingerprintOf(pathOf('staging')));
    await registry.close('t1');
    expect(before.map((fingerprint) => registry.find(fingerprint).state)).toEqual(['revoked', 'revoked']);
  });

  it('are renewed again after a renewal that failed', async () => {
    await open();
    const before = await settled();
    await rm(pathOf('prod'));
    await mkdir(pathOf('prod'));
    clock.advance(17 * HOUR);
    await registry.refresh();
    await rm(pathOf('prod'), { recursive: true });
    clock.advance(60_000);
    expect(await settled()).not.toBe(before);
    expect(await clusterOf(pathOf('prod'))).toBe('prod');
  });

  it('take the place of the one that an earlier release wrote beside a path of the caller', async () => {
    const writeTo = join(root, 'kubeconfig');
    const marked = '# Written by Gatehouse, renewed and removed by it. Edits are lost.\nold';
    const left = ['', '.crt', '.key', '.ca.crt', '.to-gone.crt', '.to-gone.key'];
    for (const end of left) await writeFile(`${writeTo}${end}`, marked);
    await writeFile(`${writeTo}.to-mine.key`, 'my own');
    await registry.open({ kind: 'headless', id: 'h1', cluster: null, namespace: null, writeTo });
    const names = (await readdir(root)).filter((name) => name.startsWith('kubeconfig.'));
    expect(names.toSorted()).toEqual(
      ['ca.crt', 'to-mine.key', 'to-prod.crt', 'to-prod.key', 'to-staging.crt', 'to-staging.key'].map(
        (end) => `kubeconfig.${end}`,
      ),
    );
  });
});

describe('what the reader of a file chose in it', () => {
  it('survives a cluster that comes or goes', async () => {
    const { kubeconfig } = await registry.open({ kind: 'outside', id: 'launch', cluster: 'prod', namespace: null });
    const text = await readFile(kubeconfig, 'utf8');
    await writeFile(
      kubeconfig,
      text
        .replace('current-context: "prod@eu"', 'current-context: staging')
        .replace('namespace: "default"', 'namespace: mine'),
    );
    served = [STAGING];
    await registry.refresh();
    const after = parse(await readFile(kubeconfig, 'utf8'));
    expect(after['current-context']).toBe('staging');
    expect(after.contexts).toEqual([
      { name: 'staging', context: { cluster: 'gatehouse/staging', user: 'gatehouse/staging', namespace: 'mine' } },
    ]);
  });
});

describe('the kubeconfig for terminals outside', () => {
  it('is outside.yaml at every launch', async () => {
    const { kubeconfig } = await registry.open({ kind: 'outside', id: 'launch1', cluster: null, namespace: null });
    expect(kubeconfig).toBe(join(folder, 'outside.yaml'));
  });

  it('leads in one session: a second one closes the first', async () => {
    const { kubeconfig } = await registry.open({ kind: 'outside', id: 'launch1', cluster: null, namespace: null });
    const first = await fingerprintOf(kubeconfig.replace('.yaml', '.to-prod.crt'));
    await registry.open({ kind: 'outside', id: 'launch2', cluster: null, namespace: null });
    expect(registry.find(first).state).toBe('revoked');
    await registry.close('launch1');
    expect(await readdir(folder)).toHaveLength(6);
  });
});

describe('a path of the caller', () => {
  it('gets the kubeconfig and, beside it, its certificate', async () => {
    const writeTo = join(root, 'ci', 'kubeconfig');
    const access = await registry.open({ kind: 'headless', id: 'h1', cluster: 'prod', namespace: null, writeTo });
    expect(access.kubeconfig).toBe(writeTo);
    expect((await readdir(join(root, 'ci'))).sort()).toEqual([
      'kubeconfig',
      'kubeconfig.ca.crt',
      'kubeconfig.to-prod.crt',
      'kubeconfig.to-prod.key',
      'kubeconfig.to-staging.crt',
      'kubeconfig.to-staging.key',
    ]);
    expect(await modeOf(join(root, 'ci'))).toBe('700');
    await registry.close('h1');
    expect(await readdir(join(root, 'ci'))).toEqual([]);
  });

  it('is written again after a crash left our own file there', async () => {
    const writeTo = join(root, 'kubeconfig');
    await registry.open({ kind: 'headless', id: 'h1', cluster: 'prod', namespace: null, writeTo });
    const left = await fingerprintOf(`${writeTo}.to-prod.crt`);
    const next = await startRegistry();
    await next.open({ kind: 'headless', id: 'h2', cluster: 'prod', namespace: null, writeTo });
    const written = await fingerprintOf(`${writeTo}.to-prod.crt`);
    expect(next.find(left).state).toBe('unknown');
    expect(next.find(written)).toMatchObject({ state: 'live', principal: { session: { kind: 'headless', id: 'h2' } } });
    expect(parse(await readFile(writeTo, 'utf8')).users).toMatchObject(
      ['prod', 'staging'].map((slug) => ({
        name: `gatehouse/${slug}`,
        user: { 'client-certificate': `${writeTo}.to-${slug}.crt`, 'client-key': `${writeTo}.to-${slug}.key` },
      })),
    );
    await next.stop();
  });

  it.each([
    ["the user's own kubeconfig", 'kubeconfig', 'apiVersion: v1\nkind: Config\n'],
    ["somebody's key beside it", 'kubeconfig.to-staging.key', '-----BEGIN PRIVATE KEY-----\n'],
  ])('is never written over %s', async (_case, name, text) => {
    await writeFile(join(root, name), text);
    const writeTo = join(root, 'kubeconfig');
    const opening = registry.open({ kind: 'headless', id: 'h1', cluster: 'prod', namespace: null, writeTo });
    await expect(opening).rejects.toMatchObject({ code: 'file-not-ours', message: expect.stringContaining(name) });
    expect(await readFile(join(root, name), 'utf8')).toBe(text);
  });

  it('is not followed where it is a symbolic link', async () => {
    await writeFile(join(root, 'elsewhere'), 'precious');
    await symlink(join(root, 'elsewhere'), join(root, 'kubeconfig'));
    const writeTo = join(root, 'kubeconfig');
    const opening = registry.open({ kind: 'headless', id: 'h1', cluster: 'prod', namespace: null, writeTo });
    await expect(opening).rejects.toMatchObject({ code: 'file-not-ours' });
  });
});

describe('a start after a crash', () => {
  it('sweeps out stale files of ours, and nothing else', async () => {
    await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    const stale = await settled();
    await writeFile(join(folder, 'terminal-mine.yaml'), 'kind: Config # my own\n');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await writeFile(join(folder, '.terminal-t1.key.0123456789ab.tmp'), 'half a key');
    const next = await startRegistry();
    expect((await readdir(folder)).sort()).toEqual(['notes.txt', 'terminal-mine.yaml']);
    expect(next.find(stale).state).toBe('unknown');
    await next.stop();
  });

  it('closes a folder that was open to others', async () => {
    const loose = join(root, 'loose');
    await mkdir(loose, { mode: 0o755 });
    folder = loose;
    const next = await startRegistry();
    expect(await modeOf(loose)).toBe('700');
    await next.stop();
  });
});

/** As much of an API server as `kubectl exec` needs. */
const ANSWERS: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', kind: 'Pod', namespaced: true, verbs: ['get', 'list'] }],
  },
  '/api/v1/namespaces/shop/pods/web': {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'c' }] },
    status: { phase: 'Running' },
  },
};

const kubectlProgram = process.env['GATEHOUSE_TEST_KUBECTL'] ?? 'kubectl';
const noKubectl = spawnSync(kubectlProgram, ['version', '--client']).status !== 0;
if (noKubectl) console.warn('client-access: kubectl is not on PATH, so what it makes of our kubeconfig is not tested');

describe.skipIf(noKubectl)('with a real kubectl', () => {
  const run = promisify(execFile);
  let listener: Listener;
  const targets: string[] = [];
  const rawHeaders: string[] = [];
  const principals: string[] = [];
  const upgrades: Array<readonly string[]> = [];
  const refused: string[] = [];

  /** HOME is a folder of the test: kubectl keeps a discovery cache there. */
  function kubectl(kubeconfig: string, ...args: string[]) {
    return run(kubectlProgram, args, {
      env: { PATH: process.env['PATH'], HOME: root, KUBECONFIG: kubeconfig },
      timeout: 50_000,
    });
  }

  beforeEach(async () => {
    targets.length = 0;
    rawHeaders.length = 0;
    principals.length = 0;
    upgrades.length = 0;
    refused.length = 0;
    listener = await startListener({
      host: '127.0.0.1',
      port: 0,
      authority,
      access: registry,
      onExchange: (exchange) => {
        if (exchange.kind === 'upgrade') {
          upgrades.push(exchange.rawHeaders);
          return refuse(exchange, new Refusal('denied-by-policy', 'no exec into production'));
        }
        targets.push(exchange.target);
        rawHeaders.push(...exchange.rawHeaders);
        principals.push(exchange.principal.session.id);
        const path = exchange.target.replace(/^\/c\/[^/?]*/, '').replace(/\?.*$/, '');
        const body = ANSWERS[path] ?? { major: '1', minor: '36', gitVersion: 'v1.36.3' };
        return exchange.respond(200, [['Content-Type', 'application/json']], Buffer.from(JSON.stringify(body)));
      },
      countRefused: (reason) => {
        refused.push(reason);
      },
      log: silent,
    });
    url = listener.address.url;
  });

  afterEach(() => listener.close(0));

  it('trusts the gateway, shows its certificate, and keeps the path prefix', async () => {
    const { kubeconfig } = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    const { stdout } = await kubectl(kubeconfig, 'version', '-o', 'json');
    expect(JSON.parse(stdout).serverVersion).toMatchObject({ gitVersion: 'v1.36.3' });
    expect(targets.every((target) => target.startsWith('/c/prod/version'))).toBe(true);
    expect(principals).toContain('t1');
    await kubectl(kubeconfig, '--context', 'staging', 'version');
    expect(targets.some((target) => target.startsWith('/c/staging/version'))).toBe(true);
  });

  it('sends no Origin and no Fetch Metadata', async () => {
    const { kubeconfig } = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    await kubectl(kubeconfig, 'version');
    expect(rawHeaders.filter((name) => /^(origin|sec-fetch-.*)$/i.test(name))).toEqual([]);
  });

  it('upgrades through the same door, and prints why its exec was refused', async () => {
    const { kubeconfig } = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    await expect(kubectl(kubeconfig, 'exec', 'web', '--', 'id')).rejects.toMatchObject({
      stderr: expect.stringContaining('no exec into production'),
    });
    const protocols = upgrades.map((headers) => HeaderList.fromRaw(headers).first('Upgrade'));
    expect(protocols).toEqual(['websocket', 'SPDY/3.1']);
    expect(upgrades.flat().filter((name) => /^(origin|sec-fetch-.*)$/i.test(name))).toEqual([]);
    expect(refused).toEqual([]);
  });

  it('says in words why it is turned away after the session was closed', async () => {
    const { kubeconfig } = await registry.open({ kind: 'inAppTerminal', id: 't1', cluster: 'prod', namespace: null });
    const files = new Map<string, Buffer>();
    for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name)));
    await registry.close('t1');
    for (const [name, content] of files) await writeFile(join(folder, name), content, { mode: 0o600 });
    await expect(kubectl(kubeconfig, 'get', '--raw', '/version')).rejects.toMatchObject({
      stderr: expect.stringMatching(/session that was closed/),
    });
    expect(targets).toEqual([]);
  });

  it('may switch context and namespace in our file, which stays ours', async () => {
    const { kubeconfig } = await registry.open({ kind: 'outside', id: 'launch', cluster: 'prod', namespace: null });
    await kubectl(kubeconfig, 'config', 'use-context', 'staging');
    await kubectl(kubeconfig, 'config', 'set-context', '--current', '--namespace=mine');
    await registry.refresh();
    const { stdout } = await kubectl(kubeconfig, 'config', 'view', '--minify', '-o', 'jsonpath={..namespace}');
    expect(stdout).toBe('mine');
    await kubectl(kubeconfig, 'config', 'use-context', 'prod@eu');
    const next = await startRegistry();
    expect(await readdir(folder)).toEqual([]);
    await next.stop();
  });
});
