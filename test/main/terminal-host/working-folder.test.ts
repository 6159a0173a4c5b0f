import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkingFolder } from '../../../main/terminal-host/working-folder.ts';

describe.skipIf(process.platform !== 'linux')('the folder of a shell', () => {
  let root: string;
  let shell: ChildProcess;
  let told: string[];
  let folder: WorkingFolder;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-folder-')));
    shell = spawn('/bin/sh', [], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    told = [];
    folder = new WorkingFolder(shell.pid ?? -1, (where) => told.push(where));
    shell.stdout?.on('data', () => folder.printed());
  });
  afterEach(() => {
    folder.end();
    shell.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });
  const run = (line: string) => shell.stdin?.write(`${line}; echo printed\n`);

  test('is told when the shell has printed something there, once, whatever its name holds', async () => {
    run('true');
    await vi.waitFor(() => expect(told).toEqual([root]), { timeout: 10_000 });
    const odd = join(root, 'a\u0007b\nc d');
    mkdirSync(odd);
    run('cd -- a*; cd .; echo');
    await vi.waitFor(() => expect(told).toEqual([root, odd]), { timeout: 10_000 });
  });

  test('stays the last one that there was, where it is removed under the shell', async () => {
    const gone = join(root, 'gone');
    mkdirSync(gone);
    run('cd gone');
    await vi.waitFor(() => expect(told).toEqual([gone]), { timeout: 10_000 });
    rmSync(gone, { recursive: true });
    run('true');
    run(`cd ${root}`);
    await vi.waitFor(() => expect(told).toEqual([gone, root]), { timeout: 10_000 });
  });

  test('is not asked for of a shell that has ended', async () => {
    shell.kill('SIGKILL');
    await new Promise((ended) => shell.once('exit', ended));
    folder.printed();
    folder.end();
    expect(told).toEqual([]);
  });
});
