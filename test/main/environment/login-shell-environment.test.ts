import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pty from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loginShellEnvironment } from '../../../main/environment/login-shell-environment.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')('the environment of the login shell', () => {
  test('is what its start-up files make of it', async () => {
    writeFileSync(join(home, '.bash_profile'), 'export FROM_PROFILE="a\nb"\n');
    const environment = await loginShellEnvironment({ HOME: home, SHELL: '/bin/bash', PATH: process.env['PATH'] });
    expect(environment['FROM_PROFILE']).toBe('a\nb');
  });

  test('case 68: is read without giving the start-up files, and what they leave running, a file of ours', async () => {
    const { open } = pty as unknown as { open(options: object): unknown };
    for (let count = 0; count < 12; count += 1) open({ cols: 80, rows: 24 });
    writeFileSync(join(home, '.bash_profile'), 'ls -l /proc/self/fd > "$HOME/open-files"\n');
    await loginShellEnvironment({ HOME: home, SHELL: '/bin/bash', PATH: process.env['PATH'] });
    const listed = readFileSync(join(home, 'open-files'), 'utf8');
    const inherited = [...listed.matchAll(/ (\d+) -> (.*)$/gm)].filter(([, , to]) => !to?.endsWith('/fd'));
    expect(inherited.map(([, number]) => number)).toEqual(['0', '1', '2']);
  });

  test('starts from what this process was given, and not from what was set in it since', async () => {
    process.env['GDK_BACKEND_OF_CHROMIUM'] = 'x11';
    try {
      expect(await loginShellEnvironment()).not.toHaveProperty('GDK_BACKEND_OF_CHROMIUM');
    } finally {
      Reflect.deleteProperty(process.env, 'GDK_BACKEND_OF_CHROMIUM');
    }
  });
});
