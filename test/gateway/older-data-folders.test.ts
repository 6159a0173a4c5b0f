import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, cp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../demo/cluster.ts';
import { run, start, temporaryFolder } from '../cli/run.ts';
import { rawRequest } from './environment/raw-request.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/data-folders');

interface Older {
  /** What of the built-in policy the folder's own policy lacks is said at the start. */
  readonly lacksRules: boolean;
  readonly hasWitness: boolean;
  /** Masks were once made in another way; they changed with the version that came next. */
  readonly keepsMasks: boolean;
}

const OLDER: Readonly<Record<string, Older>> = {
  first: { lacksRules: true, hasWitness: false, keepsMasks: false },
  'why-of-rules': { lacksRules: true, hasWitness: false, keepsMasks: true },
  'own-reads': { lacksRules: false, hasWitness: false, keepsMasks: true },
  'second-place': { lacksRules: false, hasWitness: true, keepsMasks: true },
  'accepted-policy': { lacksRules: false, hasWitness: true, keepsMasks: true },
};

const SECRET = '/api/v1/namespaces/default/secrets';
const demoFolder = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
let demo: DemoCluster;

beforeAll(async () => {
  demo = await startDemoCluster({ folder: demoFolder });
  const metadata = { name: 'kept-over-upgrades', namespace: 'default' };
  const body = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'a-value-that-tests-know-1' } };
  const headers = { 'Content-Type': 'application/json' };
  expect(await rawRequest(demo.kubeconfigFile, 'POST', SECRET, headers, JSON.stringify(body))).toMatchObject({
    status: 201,
  });
});

afterAll(async () => {
  await demo.close();
  rmSync(demoFolder, { recursive: true, force: true });
});

/** A copy with the modes that a gateway gave it. */
async function copyOf(
  name: string,
): Promise<{ readonly folder: string; readonly data: string; readonly witness: string }> {
  const folder = await temporaryFolder();
  await cp(join(FIXTURES, name), folder, { recursive: true });
  const data = join(folder, 'data');
  await chmod(data, 0o700);
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  return { folder, data, witness: join(folder, 'witness.json') };
}

const text = (...path: string[]) => readFile(join(...path), 'utf8');
const files = async (folder: string) =>
  Object.fromEntries(
    await Promise.all((await readdir(folder)).map(async (name) => [name, await text(folder, name)] as const)),
  );

test('each folder that is kept is tried', async () => {
  const kept = (await readdir(FIXTURES)).filter((name) => name !== 'README.md');
  expect(kept.sort()).toEqual(Object.keys(OLDER).sort());
});

describe.each(Object.entries(OLDER))('a data folder of the version with %s', (name, older) => {
  test('is taken over: nothing is lost, nothing changes for clients, and what is new is said', async () => {
    const { folder, data, witness } = await copyOf(name);
    const before = {
      journal: await text(data, 'journal', 'journal-000001.ndjson'),
      policy: await files(join(data, 'policy')),
      keys: await Promise.all(
        ['certificate-authority', 'mask-key', 'journal-key'].map((key) => text(data, `${key}.json`)),
      ),
      publicKey: join(FIXTURES, name, 'data', 'journal', 'public-key.pem'),
      mask: JSON.parse(await text(folder, 'expected.json')).mask,
    };
    const verify = () =>
      run('journal', 'verify', '--data', data, '--public-key', before.publicKey, '--journal-witness', witness);
    const verified = await verify();
    expect(verified.code).toBe(older.hasWitness ? 0 : 6);

    const client = join(folder, 'client.yaml');
    // The records grow old in the repository; retention has tests of its own.
    const flags = ['--journal-days', '1000000', '--journal-witness', witness, '--context', 'demo'];
    const running = start(
      'gateway',
      '--kubeconfig',
      demo.kubeconfigFile,
      '--write-kubeconfig',
      client,
      '--data',
      data,
      ...flags,
    );
    const stop = async () => {
      running.stop();
      return await running.exit;
    };
    onTestFinished(async () => void (await stop()));
    await running.printed('ready');

    const log = running.errors.map((line) => JSON.parse(line));
    expect(log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    expect(log.some(({ event }) => event === 'policy-behind')).toBe(older.lacksRules);
    expect((await run('policy', 'pending', '--data', data)).code).toBe(0);
    expect((await rawRequest(client, 'GET', '/api/v1/namespaces/default/pods', {})).status).toBe(200);
    const secret = await rawRequest(client, 'GET', `${SECRET}/kept-over-upgrades`, { Accept: 'application/json' });
    expect(JSON.parse(secret.body).data.password === before.mask).toBe(older.keepsMasks);
    expect(await stop()).toBe(0);

    const journal = await text(data, 'journal', 'journal-000001.ndjson');
    expect(journal.startsWith(before.journal)).toBe(true);
    const after = await verify();
    expect(after).toMatchObject({ code: 0, out: expect.stringContaining(' is whole and unchanged\n') });
    expect(await files(join(data, 'policy'))).toEqual(before.policy);
    const keys = ['certificate-authority', 'mask-key', 'journal-key'].map((key) => text(data, `${key}.json`));
    expect(await Promise.all(keys)).toEqual(before.keys);
    expect(await text(data, 'format')).toBe('1\n');
    expect(await readdir(data)).toEqual(expect.arrayContaining(['accepted-policy.json', 'policy-key.json']));

    // What the older version wrote is found as what today's does.
    const asked = await run(
      'journal',
      'query',
      '--as',
      'eve',
      '--resource',
      'pods',
      '--output',
      'ndjson',
      '--data',
      data,
    );
    const [entry] = asked.out.split('\n').map((line) => JSON.parse(line));
    expect(entry).toMatchObject({ type: 'decided', effective: { user: 'eve' } });
    const shown = await run('journal', 'show', entry.auditId, '--data', data);
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/as whom +eve/) });
  });
});
