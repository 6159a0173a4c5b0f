import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { openTestJournal, publicKey, signingKey, temporaryFolder } from './entries.ts';

/** Kills; the long tests have more. */
const ROUNDS = Number(process.env['GATEHOUSE_TEST_ROUNDS'] ?? 3);

let program = '';
let outDir = '';

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'gatehouse-child-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'journal-child.ts'),
      outDir,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'journal-child.mjs' } },
    },
  });
  program = join(outDir, 'journal-child.mjs');
});

afterAll(() => rm(outDir, { recursive: true, force: true }));

function start(command: string, ...words: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(command, words);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('kill -9 at any moment: every acknowledged record is there, and verification passes', async () => {
  const folder = await temporaryFolder();
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = start(process.execPath, program, 'flood', folder, signingKey);
    const ended = once(child, 'close');
    const enough = Math.floor(Math.random() * 400);
    let counted = 0;
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [seq, hash = ''] = line.split(' ');
      // The pipe may end in the middle of a line: half an acknowledgement is none.
      if (hash.length === 64) acknowledged.set(Number(seq), hash);
      counted += 1;
      if (counted === enough + 1) child.kill('SIGKILL');
    }
    await ended;
    expect(errors).toBe('');
    expect(counted).toBeGreaterThan(enough);

    // As the crash left it, before anything repaired it.
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, problem: null });
  }
  const journal = await openTestJournal(folder);
  const written = await journal.query({}, { limit: 1_000_000 });
  const hashes = new Map(written.map(({ seq, hash }) => [seq, hash]));
  expect([...acknowledged].filter(([seq, hash]) => hashes.get(seq) !== hash)).toEqual([]);
  await journal.close();
  expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: written.length, afterHead: 0 });
});

test('of several processes that find the lock of a dead one, exactly one takes it over', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1', token: 'x' }));
  const children = Array.from({ length: 6 }, () => start(process.execPath, program, 'step', folder, signingKey));
  const outcomes = await Promise.all(
    children.map(async (child) => {
      let errors = '';
      child.stderr.on('data', (chunk) => {
        errors += chunk;
      });
      const ready = once(child.stdout, 'data').then(() => 'ready');
      return await Promise.race([ready, once(child, 'close').then(() => errors)]);
    }),
  );
  expect(outcomes.filter((outcome) => outcome === 'ready')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.includes('another gateway'))).toHaveLength(5);
});

if (process.platform !== 'linux') console.warn('crash: a disk that is full is only tested on Linux');

/** The system's own limit on a file's size stands in for a full disk: both fail a write half-way. */
test.skipIf(process.platform !== 'linux')(
  'a write that the system refuses rejects the record, is said in words, and leaves a whole journal that goes on when there is room again',
  async () => {
    const folder = await temporaryFolder();
    const child = start(
      'sh',
      '-c',
      'ulimit -S -f 8 && exec "$@"',
      'sh',
      process.execPath,
      program,
      'step',
      folder,
      signingKey,
    );
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (await answers.next()).value as string;
    const append = async (detail: string) => {
      child.stdin.write(`${detail}\n`);
      return await next();
    };
    expect(await next()).toBe('ready');

    let refused = '';
    let written = 0;
    while (refused === '' && written < 100) {
      const answer = await append('x'.repeat(600));
      if (answer.startsWith('no ')) refused = answer;
      else written += 1;
    }
    expect(written).toBeGreaterThan(0);
    expect(refused).toMatch(/^no journal-unavailable The journal in .* cannot be written: .* \(EFBIG\), since /);
    expect(await append('x'.repeat(600))).toMatch(/^no journal-unavailable/);
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: written });

    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    expect(await append('room again')).toBe(`ok ${written + 2} null`);
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;

    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: written + 2 });
    const journal = await openTestJournal(folder);
    expect(await journal.query({}, { limit: 2 })).toMatchObject([
      { detail: 'room again' },
      { event: 'journal-resumed', detail: expect.stringContaining('2 records could not be written') },
    ]);
  },
);
