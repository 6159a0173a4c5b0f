import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { controlSocketPath, openControlSocket } from '../../../proxy/control/control-socket.ts';
import { authorityUnderTest, intent } from '../approvals/intents.ts';
import { NO_POLICY } from './no-policy.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dataFolder = '';

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
});

afterEach(() => rm(dataFolder, { recursive: true, force: true }));

async function served() {
  const { authority, hold, records } = authorityUnderTest();
  const streams = { streams: () => [], endStream: () => false, ...NO_POLICY };
  const gateway = { approvals: () => authority.list(), review: authority.review.bind(authority), ...streams };
  const close = await openControlSocket({ dataFolder, gateway, owner: 'local:ada', log });
  onTestFinished(close);
  return { authority, hold, records, close };
}

/** Sends lines and collects the answers until the other side closes. */
async function ask(...lines: string[]): Promise<unknown[]> {
  const socket = connect(controlSocketPath(dataFolder));
  socket.end(lines.map((line) => `${line}\n`).join(''));
  const answers: unknown[] = [];
  for await (const line of createInterface({ input: socket })) answers.push(JSON.parse(line));
  return answers;
}

test('lists what waits and takes votes, which are recorded as the owner of the folder', async () => {
  const { hold } = await served();
  const { approval } = await hold(intent(), 0);
  const review = { v: 1, ask: 'review', id: approval.id, verdict: 'approve', comment: 'yes' };
  expect(await ask('{"v":1,"ask":"requests"}', JSON.stringify(review), JSON.stringify(review))).toMatchObject([
    { ok: true, result: [{ id: approval.id, state: 'PENDING' }] },
    { ok: true, result: { state: 'APPROVED', review: { by: 'local:ada', comment: 'yes' } } },
    { ok: false, code: 'not-pending' },
  ]);
});

test.each([
  ['no JSON', 'approve everything'],
  ['an unknown question', '{"v":1,"ask":"shutdown"}'],
  ['another version', '{"v":2,"ask":"requests"}'],
  ['a vote that says who votes', '{"v":1,"ask":"review","id":"x","verdict":"approve","comment":null,"by":"local:eve"}'],
])('%s is answered with an error, and the connection goes on', async (_, line) => {
  await served();
  expect(await ask(line, '{"v":1,"ask":"requests"}')).toMatchObject([{ ok: false, code: 'bad-request' }, { ok: true }]);
});

test('a line without end is cut off', async () => {
  await served();
  const socket = connect(controlSocketPath(dataFolder));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('x'.repeat(1_000_000));
  await closed;
});

test('the socket is for its owner alone, and gone after closing', async () => {
  const { close } = await served();
  expect((await stat(controlSocketPath(dataFolder))).mode & 0o777).toBe(0o600);
  await close();
  await expect(stat(controlSocketPath(dataFolder))).rejects.toMatchObject({ code: 'ENOENT' });
});

if (process.getuid?.() !== 0) console.warn('control-socket: another user is not tried: only root can be one');
test.skipIf(process.getuid?.() !== 0)(
  'another user of the machine cannot open it (only root can try this)',
  async () => {
    await served();
    // Started as root: the other user need not be able to reach this Node.
    const program = `process.setgroups([]);process.setgid(65534);process.setuid(65534);
      require('net').connect(process.argv[1]).on('connect',()=>console.log('open')).on('error',(e)=>console.log(e.code))`;
    const result = spawnSync(process.execPath, ['-e', program, controlSocketPath(dataFolder)]);
    expect(String(result.stdout)).toBe('EACCES\n');
  },
);

test('a data folder that others can enter is refused, with what to do', async () => {
  await chmod(dataFolder, 0o750);
  await expect(served()).rejects.toMatchObject({
    code: 'folder-not-private',
    message: expect.stringMatching(/its mode is 750\): run chmod 700 on it/),
  });
});

test('a path that is too long for a socket is refused, with what to do', () => {
  expect(() => controlSocketPath(`/${'x'.repeat(120)}`)).toThrow(
    /has 134 bytes.*choose a data folder with a shorter path/,
  );
});

test('the socket of a gateway that was killed is replaced; one that answers is not', async () => {
  await writeFile(controlSocketPath(dataFolder), '');
  const { close } = await served();
  await expect(served()).rejects.toMatchObject({ code: 'socket-in-use' });
  await close();
  const other = createServer().listen(controlSocketPath(dataFolder));
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  await expect(served()).rejects.toMatchObject({ code: 'socket-in-use' });
});
