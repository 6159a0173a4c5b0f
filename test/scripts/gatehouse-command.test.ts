import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { repository } from '../../scripts/set-up/cache-folder.mjs';

/** A checkout of its own: the scripts, one source, and what stands for the built program. */
let checkout = '';

beforeEach(async () => {
  checkout = await realpath(await mkdtemp(join(tmpdir(), 'gatehouse-checkout-')));
  onTestFinished(() => rm(checkout, { recursive: true, force: true }));
  await cp(join(repository, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  await mkdir(join(checkout, 'cli'));
  await writeFile(join(checkout, 'cli', 'gatehouse.ts'), 'source');
});

async function install(): Promise<void> {
  await mkdir(join(checkout, 'node_modules', 'pino'), { recursive: true });
}

async function build(): Promise<void> {
  await mkdir(join(checkout, 'out', 'cli'), { recursive: true });
  await writeFile(
    join(checkout, 'out', 'cli', 'gatehouse.js'),
    'console.log("built", process.argv.slice(2).join(" "));',
  );
  await writeFile(join(checkout, 'out', 'cli', 'large-body-worker.js'), '');
  const later = new Date(Date.now() + 60_000);
  await utimes(join(checkout, 'out', 'cli', 'gatehouse.js'), later, later);
}

function gatehouse(...words: string[]) {
  const command = join(checkout, 'scripts', 'gatehouse.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const failed = (sentence: string) => ({ status: 1, stdout: '', stderr: `gatehouse: ${sentence} in ${checkout}\n` });

// Two programs start in each where Node is an older one.
describe('the gatehouse command of a checkout', { timeout: 60_000 }, () => {
  it('runs what was built, without what builds it', async () => {
    await install();
    await build();
    const { status, stdout, stderr } = gatehouse('one', '--two');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'built one --two\n' });
    // An older Node may fetch a newer one, and says so.
    expect(stderr).not.toContain('gatehouse:');
  });

  it('says what is to be run where that is missing or old, and writes nothing', async () => {
    expect(gatehouse()).toEqual(failed('its packages are not installed: run "npm ci"'));
    await install();
    const before = await readdir(checkout);
    expect(gatehouse()).toEqual(failed('it is not built yet: run "npm run build"'));
    expect(await readdir(checkout)).toEqual(before);
    await build();
    const later = new Date(Date.now() + 120_000);
    await utimes(join(checkout, 'cli', 'gatehouse.ts'), later, later);
    expect(gatehouse()).toEqual(failed('its build is older than its sources: run "npm run build"'));
  });
});
