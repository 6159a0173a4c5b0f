import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServiceManagerOptions, serviceManager, watchdogInterval } from '../../../cli/health/service-manager.ts';
import { temporaryFolder } from '../run.ts';

const PATH = process.env['PATH'];
const missing = ['systemd-notify', 'perl'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (missing.length > 0) console.log(`not tried on a real datagram socket: ${missing.join(' and ')} is not here`);

function managed(environment: ServiceManagerOptions['environment'], program?: string) {
  const warnings: object[] = [];
  const log = { info: () => undefined, error: () => undefined, warn: (fields: object) => warnings.push(fields) };
  return { warnings, manager: serviceManager({ environment, log, ...(program === undefined ? {} : { program }) }) };
}

describe.skipIf(missing.length > 0)('with the real systemd-notify, to a real datagram socket', () => {
  async function received() {
    const socket = join(await temporaryFolder(), 'notify');
    const receiver = spawn('perl', [join(import.meta.dirname, 'receive-datagrams.pl'), socket]);
    onTestFinished(async () => {
      receiver.kill();
      await once(receiver, 'exit');
    });
    const lines: string[] = [];
    createInterface(receiver.stdout).on('line', (line) => lines.push(line));
    await expect.poll(() => lines).toEqual(['listening']);
    return { socket, messages: () => lines.slice(1).filter((line) => line !== 'BARRIER=1') };
  }

  test('says what happens, one after the other, each in the order in which it came', async () => {
    const { socket, messages } = await received();
    const { manager, warnings } = managed({ NOTIFY_SOCKET: socket, PATH });
    manager.ready('ready; policy abc');
    manager.reloading();
    manager.ready('ready; policy def');
    await manager.stopping();
    expect(messages()).toEqual([
      'READY=1|STATUS=ready; policy abc',
      expect.stringMatching(/^RELOADING=1\|MONOTONIC_USEC=[1-9]\d+$/),
      'READY=1|STATUS=ready; policy def',
      'STOPPING=1|STATUS=stopping',
    ]);
    expect(warnings).toEqual([]);
  });

  test('a status cannot bring lines of its own, and of many that wait the newest is said', async () => {
    const { socket, messages } = await received();
    const { manager } = managed({ NOTIFY_SOCKET: socket, PATH });
    for (let index = 0; index < 50; index++) manager.status(`number ${index}\nMAINPID=1\x1b[2J`);
    await manager.stopping();
    expect(messages()).toEqual([expect.stringContaining('STATUS=number 49'), 'STOPPING=1|STATUS=stopping']);
    expect(messages().join('\n')).not.toMatch(/\|MAINPID/);
  });

  test('keeps a watchdog quiet', async () => {
    const { socket, messages } = await received();
    managed({ NOTIFY_SOCKET: socket, PATH, WATCHDOG_USEC: '20000' });
    await expect.poll(() => messages().filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThan(3);
  });
});

describe('what cannot be said is said once in the log, and stops nothing', () => {
  test.each<[what: string, NOTIFY_SOCKET: string, program: string | undefined, why: RegExp]>([
    ['no systemd-notify', '/nowhere', 'no-such-program', /no-such-program cannot be run \(ENOENT\)/],
    ['a program that fails', '/nowhere', 'false', /false ended with 1/],
  ])('%s', async (_what, NOTIFY_SOCKET, program, why) => {
    const { manager, warnings } = managed({ NOTIFY_SOCKET, PATH }, program);
    manager.ready('ready');
    manager.status('still');
    await manager.stopping();
    expect(warnings).toEqual([{ event: 'service-manager-untold', program, why: expect.stringMatching(why) }]);
  });
});

test('without a service manager nothing is run', async () => {
  const { manager, warnings } = managed({ PATH }, 'no-such-program');
  manager.ready('ready');
  await manager.stopping();
  expect(warnings).toEqual([]);
});

test('the program gets the socket and where to look for it, and nothing else of the environment', async () => {
  const folder = await temporaryFolder();
  const program = join(folder, 'notify');
  await writeFile(program, `#!/bin/sh\nenv >${folder}/environment\n`, { mode: 0o755 });
  const { manager } = managed({ NOTIFY_SOCKET: '/x', PATH, CANARY: 'secret' }, program);
  await manager.stopping();
  const environment = await readFile(join(folder, 'environment'), 'utf8');
  expect(environment).toContain('NOTIFY_SOCKET=/x\n');
  expect(environment).not.toContain('secret');
});

test.each<[environment: Record<string, string>, interval: number | null]>([
  [{}, null],
  [{ WATCHDOG_USEC: '30000000' }, 15_000],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '10' }, 15_000],
  // An older Node started this one.
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '9' }, 15_000],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '11' }, null],
  [{ WATCHDOG_USEC: '0' }, null],
  [{ WATCHDOG_USEC: '9000000000000000' }, 2_147_483_647],
  [{ WATCHDOG_USEC: '18446744073709551615' }, null],
  [{ WATCHDOG_USEC: 'soon' }, null],
])('the watchdog of %j', (environment, interval) => {
  expect(watchdogInterval(environment, { pid: 10, ppid: 9 })).toBe(interval);
});
