import { spawnSync } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pty from '@lydell/node-pty';
import { beforeAll, describe, expect, test } from 'vitest';
import { inheritNothing } from '../../proxy/inherit-nothing.ts';

// What node-pty opens is inherited by whatever this process starts: more of it than there are one-digit numbers.
beforeAll(() => {
  const { open } = pty as unknown as { open(options: object): unknown };
  for (let count = 0; count < 12; count += 1) open({ cols: 80, rows: 24 });
});

const openFiles = ['/bin/sh', ['-c', 'exec ls -l /proc/self/fd']] as const;
/** The numbers in `ls -l` of /proc/self/fd, without the one that lists. */
const numbers = (listing: string) =>
  [...listing.matchAll(/ (\d+) -> (.*)$/gm)]
    .filter(([, , to]) => !to?.endsWith('/fd'))
    .map(([, number]) => Number(number));

describe.runIf(process.platform === 'linux')('a program that inherits nothing', () => {
  test('the control: without it, a program gets what this process has open', () => {
    const { stdout } = spawnSync(...openFiles, { encoding: 'utf8' });
    expect(numbers(stdout).length).toBeGreaterThan(12);
  });

  test('gets 0, 1 and 2', () => {
    const { file, args } = inheritNothing(...openFiles, process.env);
    const { stdout } = spawnSync(file, args, { encoding: 'utf8' });
    expect(numbers(stdout)).toEqual([0, 1, 2]);
  });

  test('is what was asked for, with its arguments as they are, and its exit code', () => {
    const odd = ['', '-c', 'two words', '$(id)', "'", '*', 'ä\n'];
    const { file, args } = inheritNothing('/bin/sh', ['-c', 'printf "<%s>" "$@"; exit 7', 'name', ...odd], process.env);
    const { stdout, status } = spawnSync(file, args, { encoding: 'utf8' });
    expect(stdout).toBe(odd.map((argument) => `<${argument}>`).join(''));
    expect(status).toBe(7);
  });

  test('gets the environment as it is, of which the shell before it takes nothing', () => {
    const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
    writeFileSync(join(home, '.bashrc'), 'echo taken >&2\n');
    const environment = {
      HOME: home,
      'BASH_FUNC_exec%%': '() { echo taken; }',
      'BASH_FUNC_eval%%': '() { echo taken; }',
      BASH_ENV: '/dev/fd/nothing',
      PATH: '/nowhere',
      'dotted.name': 'kept',
      PS1: '$(id) "$1" > ',
      PS2: '',
    };
    const { file, args } = inheritNothing('/usr/bin/env', [], environment);
    const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env: environment });
    expect(stderr).toBe('');
    const got = stdout.trimEnd().split('\n');
    expect(got).toEqual(expect.arrayContaining(Object.entries(environment).map(([name, value]) => `${name}=${value}`)));
    const added = got.map((line) => line.split('=')[0] ?? '').filter((name) => !(name in environment));
    rmSync(home, { recursive: true });
    expect(added.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([]);
  });

  test('is not started where the shell cannot close a number above 9, and says what to do', () => {
    const dash = '/bin/dash';
    try {
      accessSync(dash);
    } catch {
      console.log('dash is not installed here: a system with no other shell is not tested');
      return;
    }
    const { args } = inheritNothing(...openFiles, process.env, { bash: null });
    const { status, stdout, stderr } = spawnSync(dash, args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 126, stdout: '' });
    expect(stderr).toContain('install bash');
  });
});
