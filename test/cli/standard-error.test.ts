import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './run.ts';

const work = mkdtemp(join(tmpdir(), 'gatehouse-stderr-'));
let program = '';

beforeAll(async () => {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'standard-error-child.ts'),
      outDir: await work,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  });
  program = join(await work, 'child.mjs');
});

afterAll(async () => rm(await work, { recursive: true, force: true }));

/** Starts it behind a shell's words, with its own stderr in a pipe that nobody reads so far. */
async function start(words = 'exec "$@"') {
  const child: ChildProcess = spawn('/bin/sh', ['-c', words, 'sh', process.execPath, program], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('the child has no pipes');
  const ended = once(child, 'exit');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  return {
    child,
    stderr,
    reader: await next(),
    async write(count: number): Promise<{ lost: number; megabytes: number }> {
      stdin.write(`${count}\n`);
      return JSON.parse(await next());
    },
    async end() {
      stdin.end();
      return ended;
    },
  };
}

describe('a pipe that nobody reads', () => {
  it('takes a little, and then lines are lost, not memory and not the process', async () => {
    const child = await start();
    const { lost, megabytes } = await child.write(200_000);
    expect(lost).toBeGreaterThan(197_000);
    expect(lost).toBeLessThan(200_000);
    expect(megabytes).toBeLessThan(200);
    expect(await child.end()).toEqual([0, null]);
  });

  it('and is read again has whole lines, those that were not lost, and takes new ones', async () => {
    const child = await start();
    const closed = once(child.child, 'close');
    const { lost } = await child.write(5_000);
    const read: string[] = [];
    const all = new Promise<void>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        read.push(line);
        if (read.length === 5_000 - lost) resolve();
      });
    });
    await all;
    expect(await child.write(1)).toMatchObject({ lost: 0 });
    expect(await child.end()).toEqual([0, null]);
    await closed;
    const numbers = [...Array(5_000 - lost).keys()].map((index) => index + 1);
    expect(read).toEqual([...numbers, 5_001].map((number) => String(number).padStart(999, '.')));
  });
});

it('a pipe whose reader has gone loses lines, and nothing else', async () => {
  const child = await start();
  child.stderr.destroy();
  await child.write(10);
  expect((await child.write(10)).lost).toBe(10);
  expect(await child.end()).toEqual([0, null]);
});

it.skipIf(process.platform !== 'linux')('a device that is full loses lines, and nothing else', async () => {
  const child = await start('exec "$@" 2> /dev/full');
  expect((await child.write(10)).lost).toBe(10);
  expect(await child.end()).toEqual([0, null]);
});

it('a file on a disk that was full and is free again goes on, with a new line', async () => {
  const file = join(await temporaryFolder(), 'log');
  // Files of at most 4 (or, by another shell, 8) blocks of 512 or 1,024 bytes: the disk is full in the middle of a line.
  const child = await start(`ulimit -f 4; exec "$@" 2>> '${file}'`);
  expect((await child.write(20)).lost).toBeGreaterThan(10);
  expect(await readFile(file, 'utf8')).toMatch(/[^\n]$/);
  await truncate(file, 100);
  expect((await child.write(1)).lost).toBe(0);
  expect((await readFile(file, 'utf8')).split('\n')).toEqual(['.'.repeat(100), expect.stringMatching(/^\.+21$/), '']);
  expect(await child.end()).toEqual([0, null]);
});

describe('who reads', () => {
  const own = 'exec 3>&2; JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/3)';
  it.each([
    ['other', 'a pipe', 'exec "$@"'],
    ['other', 'a file', 'exec "$@" 2> /dev/null'],
    ['other', "the system's journal of another stream", 'JOURNAL_STREAM=1:2 exec "$@"'],
    ['other', 'nobody, since it is closed', 'exec "$@" 2>&-'],
  ])('%s: %s', async (reader, _what, words) => {
    expect((await start(words)).reader).toBe(reader);
  });

  it.skipIf(process.platform !== 'linux')(
    "journal: the system's journal, where it says so of this very stream",
    async () => {
      expect((await start(`${own} exec "$@"`)).reader).toBe('journal');
    },
  );
});
