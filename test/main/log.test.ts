import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HostError } from '../../main/hosts/protocol.ts';
import { openLog } from '../../main/log.ts';

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'app.log');
  const entries = async () =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log: openLog(folder), file, entries };
}

test('an error arrives with its type, its code and its stack', async () => {
  const { log, entries } = await setUp();
  log.line('the gateway did not start', new HostError('host-unavailable', 'it is not running'));
  log.lines('terminals')('the session was not closed', new TypeError('a bug of ours'));
  expect(await entries()).toMatchObject([
    {
      level: 50,
      msg: 'the gateway did not start',
      error: { type: 'HostError', code: 'host-unavailable', stack: expect.stringMatching(/it is not running\n +at /) },
    },
    {
      level: 50,
      source: 'terminals',
      error: { type: 'TypeError', message: 'a bug of ours', stack: expect.stringContaining('log.test.ts') },
    },
  ]);
});

test("what is no error is a line of its source, and the file is its owner's alone", async () => {
  const { log, file, entries } = await setUp();
  log.lines('gateway')('prevented a navigation');
  expect(await entries()).toMatchObject([{ level: 30, name: 'app', source: 'gateway', msg: 'prevented a navigation' }]);
  expect((await entries())[0]).not.toHaveProperty('error');
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
});
