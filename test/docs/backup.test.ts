import { spawn, spawnSync } from 'node:child_process';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { usualWitness } from '../../cli/journal/journal-witness.ts';
import { openJournal } from '../../proxy/journal/open-journal.ts';
import { kubeconfigToNowhere } from '../cli/nowhere.ts';
import { complaints, home, run, start, temporaryFolder } from '../cli/run.ts';
import { decided, publicKey, signingKey, silentLog } from '../proxy/journal/entries.ts';
import { read, section } from './documents.ts';

/** The recipe as the document has it, with other folders. */
function recipe(index: number, data: string, backup: string): string {
  const blocks = [...section(read('docs/operations.md'), '## Backup').matchAll(/^```\n(data=.*?)^```$/gms)];
  const text = blocks[index]?.[1] ?? '';
  expect(text).toContain('data=/var/lib/gatehouse\nbackup=/var/backups/gatehouse.tar\n');
  return text.replace('/var/lib/gatehouse', data).replace('/var/backups/gatehouse.tar', backup);
}

function sh(script: string): { readonly status: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  return { status, stderr };
}

const hasGnuTar = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') ?? false;
if (!hasGnuTar) console.log('skipped: the recipe for a backup is one of GNU tar');

let folder = '';
let data = '';
let backup = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder, 'data');
  backup = join(folder, 'backup.tar');
});

async function gateway(at: string) {
  const flags = ['--kubeconfig', await kubeconfigToNowhere(folder), '--write-kubeconfig', join(folder, 'client.yaml')];
  const running = start('gateway', ...flags, '--data', at);
  await running.printed('ready');
  const stop = async () => {
    running.stop();
    return await running.exit;
  };
  onTestFinished(async () => void (await stop()));
  return { running, stop };
}

/** What a gateway had to say at its start beyond that it started. */
const verify = (at: string, ...more: string[]) => run('journal', 'verify', '--data', at, ...more);
const KEPT = [
  'accepted-policy.json',
  'certificate-authority.json',
  'format',
  'journal-key.json',
  'mask-key.json',
  'policy-key.json',
];

describe.runIf(hasGnuTar)('the recipe for a backup, word for word, while the gateway runs', () => {
  test('restored to another path: all is as it was, nothing is asked, and the journal goes on', async () => {
    const { stop } = await gateway(data);
    expect(sh(recipe(0, data, backup))).toEqual({ status: 0, stderr: '' });
    expect((await lstat(backup)).mode & 0o777).toBe(0o600);
    const copy = join(folder, 'copy.pem');
    await copyFile(join(data, 'journal', 'public-key.pem'), copy);
    await stop();

    const restored = join(folder, 'elsewhere');
    expect(sh(recipe(1, restored, backup))).toEqual({ status: 0, stderr: '' });
    for (const name of KEPT) {
      expect(await readFile(join(restored, name)), name).toEqual(await readFile(join(data, name)));
      expect((await lstat(join(restored, name))).mode & 0o777, name).toBe(0o600);
    }
    for (const name of ['.', 'journal', 'policy']) {
      expect((await lstat(join(restored, name))).mode & 0o777, name).toBe(0o700);
    }
    expect((await readdir(restored)).sort()).toEqual([...KEPT, 'journal', 'policy'].sort());
    expect(await verify(restored, '--public-key', copy)).toMatchObject({
      code: 6,
      out: expect.stringMatching(/^nothing wrong .*could be checked: how far it should reach\n/),
    });

    const again = await gateway(restored);
    expect(complaints(again.running.errors)).toEqual([]);
    expect((await run('policy', 'pending', '--data', restored)).code).toBe(0);
    await again.stop();
    expect(await verify(restored, '--public-key', copy)).toMatchObject({ code: 0 });
  });

  test('restored where it was: what came after it is named, by verify and by the next start', async () => {
    const first = await gateway(data);
    expect(sh(recipe(0, data, backup))).toMatchObject({ status: 0 });
    await first.stop();
    const last = JSON.parse(await readFile(await usualWitness(data, { environment: {}, home }), 'utf8')).seq;
    await rename(data, join(folder, 'lost'));
    expect(sh(recipe(1, data, backup))).toMatchObject({ status: 0 });
    expect(await verify(data)).toMatchObject({
      code: 3,
      out: expect.stringMatching(
        new RegExp(`^NOT VERIFIED: .*ends at record \\d+, but .* says that record ${last} was`),
      ),
    });
    const { running } = await gateway(data);
    expect(complaints(running.errors)).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/^records? .* missing at the end/) }),
    ]);
  });

  test('a journal that is written, rotated and trimmed meanwhile is whole in each backup', async () => {
    await mkdir(data, { mode: 0o700 });
    for (const name of ['mask-key.json', 'policy-key.json']) await writeFile(join(data, name), '{}', { mode: 0o600 });
    const copy = join(folder, 'copy.pem');
    await writeFile(copy, publicKey);
    const journal = await openJournal({
      ...{ folder: join(data, 'journal'), signingKey, log: silentLog },
      ...{ fileBytes: 20_000, retention: { days: 1, bytes: 200_000 } },
    });
    let writing = true;
    const writer = (async () => {
      while (writing) {
        await Promise.all(Array.from({ length: 20 }, () => journal.append(decided(), { durable: false })));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    try {
      for (let round = 0; round < 8; round += 1) {
        const restored = join(folder, `restored-${round}`);
        const child = spawn('sh', ['-c', recipe(0, data, backup)], { stdio: ['ignore', 'ignore', 'pipe'] });
        const status = await new Promise((resolve) => child.on('exit', resolve));
        expect(status).toBe(0);
        expect(sh(recipe(1, restored, backup)).status).toBe(0);
        const report = await verify(restored, '--public-key', copy, '--without-witness');
        expect(report.out).toMatch(/^the journal in \S+ is whole and unchanged\n/);
        await rm(restored, { recursive: true });
      }
    } finally {
      writing = false;
      await writer;
      await journal.close();
    }
  });
});
