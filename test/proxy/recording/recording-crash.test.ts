import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLine } from '../../../proxy/recording/asciicast.ts';
import { readRecording, recordingFile, recoverRecordings } from '../../../proxy/recording/recording-reader.ts';

/** Kills; the long tests have more. */
const ROUNDS = Number(process.env['GATEHOUSE_TEST_ROUNDS'] ?? 2);

let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-recording-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'recording-child.ts'),
      outDir: join(folder, 'built'),
      rollupOptions: { output: { entryFileNames: 'recording-child.mjs' } },
    },
  });
  program = join(folder, 'built', 'recording-child.mjs');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The text that a recording holds. */
function textOf(cast: string): string {
  return cast
    .split('\n')
    .slice(1)
    .map(readLine)
    .map((line) => (line.kind === 'event' && line.event.code === 'o' ? line.event.data : ''))
    .join('');
}

test('kill -9: everything that was recorded more than a moment before is there, in order, and the end is a crash', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = `killed-${round}`;
    const child = spawn(process.execPath, [program, folder, id]);
    const ended = once(child, 'close');
    let told = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (/^\d+$/.test(line)) told = Number(line);
      if (told > 500 * (1 + (round % 5))) child.kill('SIGKILL');
    }
    await ended;
    expect(await recoverRecordings(folder)).toEqual([id]);
    const { entry, cast } = await readRecording(recordingFile(folder, id));
    expect(entry.end).toBe('crash');
    const recorded = textOf(cast).split('\r\n').slice(0, -1);
    expect(recorded.length).toBeGreaterThanOrEqual(told);
    expect(recorded).toEqual(recorded.map((_line, index) => `line ${index + 1}`));
  }
});

test('a disk that is full is said once, and what is on it stays readable', async () => {
  // A limit on the size of files fails writes as a full disk does, in the middle of a line.
  const limited = `trap '' XFSZ; ulimit -f 40; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', limited, process.execPath, program, folder, 'full']);
  const problems: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('problem')) problems.push(line);
  }
  expect(problems).toEqual(['problem 1 EFBIG']);
  const { cast } = await readRecording(recordingFile(folder, 'full'));
  expect(textOf(cast)).toMatch(/^line 1\r\n/);
  expect(await recoverRecordings(folder)).toEqual(['full']);
});

test('a recording whose first line does not fit on the disk is not started, and leaves no file', async () => {
  const limited = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@" 2>/dev/null`;
  const child = spawn('/bin/sh', ['-c', limited, process.execPath, program, folder, 'unstarted'], { stdio: 'ignore' });
  const [code] = await once(child, 'close');
  expect(code).not.toBe(0);
  expect(existsSync(recordingFile(folder, 'unstarted'))).toBe(false);
});
