import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { foregroundProgram, terminalGroup } from '../../../main/terminal-host/foreground-program.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../../main/terminal-host/pseudo-terminal.ts';

/** An interactive shell, as a person has it; ended by hanging up. */
function openShell(): { terminal: PseudoTerminal; ended: Promise<number>; says: (text: string) => Promise<void> } {
  let output = '';
  let terminal: PseudoTerminal | undefined;
  const ended = new Promise<number>((resolve) => {
    terminal = openPseudoTerminal({
      file: '/bin/bash',
      args: ['--norc', '-i'],
      environment: { PATH: process.env['PATH'] ?? '', TERM: 'dumb', PS1: 'ready> ' },
      folder: tmpdir(),
      columns: 80,
      rows: 24,
      onOutput: (bytes) => {
        output += bytes.toString('utf8');
      },
      onEnd: resolve,
    });
  });
  if (!terminal) throw new Error('not opened');
  return { terminal, ended, says: (text) => expect.poll(() => output, { timeout: 20_000 }).toContain(text) };
}

describe('the program that has a terminal', () => {
  test('is none at the prompt, the one that runs, and none again after it', async () => {
    const { terminal, ended, says } = openShell();
    await says('ready> ');
    expect(await foregroundProgram(terminal.pid)).toBeNull();
    terminal.write('echo begun; sleep 600\r');
    await says('begun\r\n');
    await expect.poll(() => foregroundProgram(terminal.pid)).toBe('sleep');
    terminal.write('\x03');
    await expect.poll(() => foregroundProgram(terminal.pid)).toBeNull();
    terminal.hangUp();
    await ended;
  });

  test('is none while a job runs in the background', async () => {
    const { terminal, ended, says } = openShell();
    await says('ready> ');
    terminal.write('sleep 600 & echo job-begun\r');
    await says('job-begun\r\n');
    await expect.poll(() => foregroundProgram(terminal.pid)).toBeNull();
    terminal.hangUp();
    await ended;
  });

  test('has a name of characters that can be shown, whatever it calls itself', async () => {
    const { terminal, ended, says } = openShell();
    await says('ready> ');
    terminal.write(`perl -e '$0 = "odd\\e[31m\\nname"; print "renamed\\n"; $| = 1; print ""; sleep 600'\r`);
    await expect.poll(() => foregroundProgram(terminal.pid)).toBe('odd[31mname');
    terminal.hangUp();
    await ended;
  });

  test.each([0, 1, -1, 2 ** 22 + 1])('is none for the process id %i, which no shell has', async (pid) => {
    expect(await foregroundProgram(pid)).toBeNull();
  });

  test('is read behind a command whose name has spaces and brackets', () => {
    expect(terminalGroup('42 (a) R 1 (b) ) S 1 42 42 34816 77 4194304')).toBe(77);
    expect(terminalGroup('nonsense')).toBeNull();
  });
});
