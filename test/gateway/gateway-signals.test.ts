import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawn as spawnInTerminal } from '@lydell/node-pty';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { commandLine, refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { kubeconfigToNowhere } from '../cli/nowhere.ts';
import { rawRequest } from './environment/raw-request.ts';

let folder = '';
let client = '';
let words: string[] = [];

beforeAll(refreshCommandLine);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-signals-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  client = join(folder, 'client.yaml');
  words = [commandLine, 'gateway', '--kubeconfig', await kubeconfigToNowhere(folder), '--write-kubeconfig', client];
  words.push('--data', join(folder, 'data'), '--journal-witness', join(folder, 'head.json'));
});

/** The built program without a terminal, and what it said. */
function daemon(environment: Record<string, string> = {}, ...more: string[]) {
  const program = spawn(process.execPath, [...words, ...more], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a session of its own it has no terminal, wherever the tests are run.
    detached: true,
  });
  const lines: string[] = [];
  for (const stream of [program.stdout, program.stderr]) createInterface(stream).on('line', (line) => lines.push(line));
  onTestFinished(() => void program.kill('SIGKILL'));
  return { program, said: (text: string) => lines.some((line) => line.includes(text)), lines };
}

describe('SIGHUP', () => {
  test('to a daemon reads anew, and SIGTERM stops it', async () => {
    const { program, said } = daemon();
    await expect.poll(() => said('gateway ready at')).toBe(true);
    program.kill('SIGHUP');
    await expect.poll(() => said('"event":"reloaded"')).toBe(true);
    program.kill('SIGTERM');
    expect(await once(program, 'exit')).toEqual([0, null]);
    expect(existsSync(client)).toBe(false);
  });

  test('of a terminal that is still there reads anew; of one that was closed it stops the gateway', async () => {
    const terminal = spawnInTerminal(process.execPath, words, { cols: 400, rows: 50, env: { ...process.env } });
    let shown = '';
    terminal.onData((data) => {
      shown += data;
    });
    await expect.poll(() => shown).toContain('gateway ready at');
    process.kill(terminal.pid, 'SIGHUP');
    await expect.poll(() => shown).toContain('reloaded: ');
    const journal = join(folder, 'data', 'journal', 'journal-000001.ndjson');
    expect(await readFile(journal, 'utf8')).not.toContain('"stopped"');
    // Closes its own side: the kernel tells those on the other.
    (terminal as unknown as { destroy(): void }).destroy();
    await expect.poll(() => readFile(journal, 'utf8')).toContain('"stopped"');
    await expect.poll(() => existsSync(client)).toBe(false);
  });
});

test('a credential plugin that hangs ends with the gateway that waited for it', async () => {
  const plugin = join(folder, 'hangs');
  const mark = join(folder, 'plugin.pid');
  await writeFile(plugin, `#!/bin/sh\necho $$ >${mark}.new && mv ${mark}.new ${mark}\nexec sleep 600\n`, {
    mode: 0o755,
  });
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
  const own = words[3] ?? '';
  const kubeconfig = JSON.parse(await readFile(own, 'utf8'));
  await writeFile(own, JSON.stringify({ ...kubeconfig, users: [{ name: 'u', user: { exec } }] }));
  const { program, lines } = daemon({}, '--wait', '3');
  expect(await once(program, 'exit')).toEqual([7, null]);
  expect(lines.at(-1)).toMatch(/^gatehouse: the gateway was not ready within 3 s: nothing is known of the cluster yet/);
  const pid = Number(await readFile(mark, 'utf8'));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('a service manager hears of start and stop, and a credential plugin gets none of its variables', async () => {
  const told = join(folder, 'told');
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$*" >>${told}\n`, { mode: 0o755 });
  const plugin = join(folder, 'signs-in');
  const answer = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'canary-token' },
  });
  await writeFile(plugin, `#!/bin/sh\nenv >${folder}/environment\necho '${answer}'\n`, { mode: 0o755 });
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
  const own = words[3] ?? '';
  const kubeconfig = JSON.parse(await readFile(own, 'utf8'));
  await writeFile(own, JSON.stringify({ ...kubeconfig, users: [{ name: 'u', user: { exec } }] }));
  const environment = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '20000', PATH: `${folder}:${process.env['PATH']}` };
  const { program, said } = daemon(environment);
  await expect.poll(() => said('gateway ready at')).toBe(true);
  expect((await rawRequest(client, 'GET', '/api/v1/namespaces/shop/pods', {})).status).toBe(503);
  const seen = await readFile(join(folder, 'environment'), 'utf8');
  expect(seen).toContain('PATH=');
  expect(seen).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
  await expect.poll(() => readFile(told, 'utf8')).toContain('WATCHDOG=1');
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
  const messages = (await readFile(told, 'utf8')).split('\n').filter((line) => !line.startsWith('WATCHDOG'));
  expect(messages[0]).toMatch(/^READY=1 STATUS=not ready: the API server does not answer: /);
  expect(messages.at(-2)).toBe('STOPPING=1 STATUS=stopping');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
