import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionMembers } from '../../../main/terminal-host/hang-up.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../../main/terminal-host/pseudo-terminal.ts';

const environment = { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', HOME: tmpdir() };
/** How often what a race decides is tried; the long tests try it more often. */
const ROUNDS = Number(process.env['GATEHOUSE_TEST_ROUNDS'] ?? 3);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-pty-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly terminal: PseudoTerminal;
  readonly output: () => Buffer;
  readonly code: Promise<number>;
}
function run(args: readonly string[], options: { file?: string } = {}): Run {
  const chunks: Buffer[] = [];
  let terminal: PseudoTerminal | undefined;
  const code = new Promise<number>((resolve) => {
    terminal = openPseudoTerminal({
      file: options.file ?? '/bin/sh',
      args,
      environment,
      folder,
      columns: 91,
      rows: 27,
      onOutput: (bytes) => chunks.push(Buffer.from(bytes)),
      onEnd: resolve,
    });
  });
  if (!terminal) throw new Error('not opened');
  return { terminal, output: () => Buffer.concat(chunks), code };
}
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a pseudo-terminal', () => {
  test('gives every byte of 3 MB that a program writes before it ends, each time', async () => {
    const lines: string[] = [];
    for (let bytes = 0; bytes < 3_000_000; bytes += 98) lines.push(randomBytes(48).toString('hex'));
    writeFileSync(join(folder, 'large.txt'), `${lines.join('\n')}\n`);
    const expected = Buffer.from(`${lines.join('\r\n')}\r\n`);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { code, output } = run(['-c', 'cat large.txt']);
      expect(await code).toBe(0);
      expect(output().length).toBe(expected.length);
      expect(digest(output())).toBe(digest(expected));
    }
  });

  test.runIf(process.platform === 'linux')(
    'leaves no descriptor behind, and none of another terminal to a shell',
    async () => {
      const first = run(['-c', 'sleep 30']);
      const { code, output } = run(['-c', 'tty; ls -l /proc/self/fd']);
      await code;
      const [own, ...listed] = output().toString().split('\r\n');
      const terminals = listed.filter((line) => /pts|ptmx/.test(line) && !line.endsWith(` ${own}`));
      expect(terminals).toEqual([]);

      const before = readdirSync('/proc/self/fd').length;
      for (let round = 0; round < 5; round += 1) await run(['-c', 'true']).code;
      await expect.poll(() => readdirSync('/proc/self/fd').length).toBe(before);
      first.terminal.hangUp();
      await first.code;
    },
  );

  test('gives the last bytes also when the reader had paused it', async () => {
    const { code, output, terminal } = run(['-c', 'printf begin; sleep 0.2; printf the-end']);
    terminal.pause();
    expect(await code).toBe(0);
    expect(output().toString()).toBe('beginthe-end');
  });

  test('gives the last bytes also when this process was too busy to read when the program ended', async () => {
    const { code, output } = run(['-c', 'i=0; while [ $i -lt 400 ]; do echo line-$i; i=$((i+1)); done']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const busyUntil = Date.now() + 500;
    while (Date.now() < busyUntil);
    expect(await code).toBe(0);
    expect(output().toString().endsWith('line-399\r\n')).toBe(true);
  });

  test('is the controlling terminal of its shell, in the size asked for, and tells the exit code', async () => {
    const { code, output } = run(['-c', 'stty size; exec </dev/tty; echo has-a-tty; exit 7']);
    expect(await code).toBe(7);
    expect(output().toString()).toBe('27 91\r\nhas-a-tty\r\n');
  });

  test('passes input and new sizes on', async () => {
    const { code, output, terminal } = run(['-c', 'read word; stty size; echo "got $word"']);
    terminal.resize(120, 40);
    terminal.write('open sesame\r');
    expect(await code).toBe(0);
    expect(output().toString()).toContain('40 120\r\ngot open sesame\r\n');
  });

  test('counts a signal as shells do', async () => {
    const { code } = run(['-c', 'kill -KILL $$']);
    expect(await code).toBe(137);
  });

  test('says so when there is no such shell', async () => {
    const { code, output } = run([], { file: '/nowhere/shell' });
    expect(await code).toBe(127);
    expect(output().toString()).toContain('/nowhere/shell');
  });

  test.runIf(process.platform === 'linux')(
    'case 68: gives a shell 0, 1 and 2 on its own terminal and nothing else, with twenty others open',
    async () => {
      const others = Array.from({ length: 20 }, () => run(['-c', 'read line']));
      const { code, output } = run(['-c', 'tty; exec readlink /proc/self/fd/*']);
      // The shell that expands the pattern has the folder open while it does; readlink does not find that one any more.
      expect(await code).toBe(1);
      const [own, ...inherited] = output().toString().trimEnd().split('\r\n');
      expect(own).toMatch(/^\/dev\/pts\/\d+$/);
      expect(inherited).toEqual([own, own, own]);
      for (const other of others) other.terminal.hangUp();
      await Promise.all(others.map((other) => other.code));
    },
  );

  test('is open for reading and writing under each of the three numbers, as a program at login finds it', async () => {
    const { code, output, terminal } = run([
      '-c',
      'stty -echo; echo to-0 >&0; read a <&1; read b <&2; echo "from-1 $a from-2 $b" >&0',
    ]);
    while (!output().includes('to-0')) await new Promise((resolve) => setTimeout(resolve, 10));
    terminal.write('one\rtwo\r');
    expect(await code).toBe(0);
    expect(output().toString()).toBe('to-0\r\nfrom-1 one from-2 two\r\n');
  });

  test.runIf(process.platform === 'linux')('leaves no process of its session behind when it is closed', async () => {
    const { terminal, code, output } = run(['-c', 'trap "" HUP; sleep 100 & echo started; sleep 100']);
    while (!output().includes('started')) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(sessionMembers(terminal.pid).length).toBeGreaterThanOrEqual(2);
    terminal.hangUp();
    await code;
    while (sessionMembers(terminal.pid).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
