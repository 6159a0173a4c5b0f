import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { pinned, providePinnedNode, WANTED_MAJOR } from '../../scripts/set-up/node.mjs';

const fixture = join(import.meta.dirname, 'fixtures/runs-again.mjs');

function start(...words: string[]) {
  const child = spawn(process.execPath, [fixture, ...words], { stdio: 'pipe' });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    nextLine: () => once(reader, 'line').then(([line]) => String(line)),
    /** Settles when nobody holds the output any more, the second run included. */
    ended: Promise.all([once(child, 'exit'), once(child, 'close')]).then(([[code, signal]]) => ({ code, signal })),
  };
}

// Two programs start in each.
describe('a command that runs itself again', { timeout: 60_000 }, () => {
  it('has its arguments, its input and its exit code, and no trace of it in the environment', async () => {
    const { child, lines, ended } = start('echo', 'one two', '--three');
    child.stdin.end('typed\n');
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(lines[0]).toBe('typed');
    expect(JSON.parse(lines[1] ?? '')).toEqual({ again: true, rest: ['one two', '--three'], mark: null });
  });

  it('says once which Node runs it, and which started it', async () => {
    const { lines, ended } = start('say');
    await ended;
    const version = process.version.slice(1);
    expect(lines).toEqual([`Node: ${version} (${process.execPath}, started by ${version})`]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s, and ends as it wants to', async (signal) => {
    const { child, lines, ended, nextLine } = start('wait-for-a-signal');
    expect(await nextLine()).toBe('waiting');
    child.kill(signal);
    expect(await ended).toEqual({ code: 5, signal: null });
    expect(lines).toEqual(['waiting', signal]);
  });

  it('ends with the process that started it, also when that is killed', async () => {
    const { child, lines, ended, nextLine } = start('wait-for-a-signal');
    expect(await nextLine()).toBe('waiting');
    child.kill('SIGKILL');
    await ended;
    expect(lines).toEqual(['waiting', 'SIGTERM']);
  });

  it('dies of the signal that killed it', async () => {
    expect(await start('die').ended).toEqual({ code: null, signal: 'SIGUSR2' });
  });
});

describe('the pinned Node', () => {
  it('is of its line on each platform, with a digest', () => {
    for (const [line, carriers] of Object.entries(pinned)) {
      for (const [platform, { name, version, integrity }] of Object.entries(carriers)) {
        expect(name).toBe(`node-${platform}`);
        expect(version).toMatch(new RegExp(`^${line}\\.\\d+\\.\\d+$`));
        expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      }
    }
  });

  it('is refused with what to do where there is none', async () => {
    await expect(providePinnedNode(WANTED_MAJOR, { platform: 'darwin-arm64' })).rejects.toThrow(
      'there is no pinned Node 24 for darwin-arm64: install Node 24 or newer (https://nodejs.org/en/download), and start this with it',
    );
  });
});
