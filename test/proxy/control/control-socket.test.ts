import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest';
import { UNPROVEN } from '../../../model/caller.ts';
import { proofOf, writeProof } from '../../../proxy/control/caller-proof.ts';
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

/** A word of this process, with the proof whose it is. */
async function word(said: object, change: (line: string) => string = (line) => line): Promise<unknown> {
  const socket = await opened();
  const line = JSON.stringify({ v: 1, claims: { pid: 7 }, ...said });
  await writeProof(dataFolder, proofOf(await socket.nonce(), line));
  return await socket.ask(change(line));
}

const approval = (id: string) => ({ ask: 'review', id, verdict: 'approve', comment: 'yes' });

/** One connection, line by line. */
async function opened() {
  const socket = connect(controlSocketPath(dataFolder));
  onTestFinished(() => void socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const ask = async (line: string) => {
    socket.write(`${line}\n`);
    return JSON.parse(String((await lines.next()).value));
  };
  return {
    ask,
    nonce: async (): Promise<string> => (await ask('{"v":1,"ask":"challenge"}')).result.nonce,
    closed: () => once(socket, 'close'),
  };
}

/** Sends lines and collects the answers until the other side closes. */
async function ask(...lines: string[]): Promise<unknown[]> {
  const socket = connect(controlSocketPath(dataFolder));
  socket.end(lines.map((line) => `${line}\n`).join(''));
  const answers: unknown[] = [];
  for await (const line of createInterface({ input: socket })) answers.push(JSON.parse(line));
  return answers;
}

test('lists what waits and takes votes, which are recorded as whoever proves to give them', async () => {
  const { hold, records } = await served();
  const { id } = (await hold(intent(), 0)).approval;
  expect(await ask('{"v":1,"ask":"requests"}')).toMatchObject([{ ok: true, result: [{ id, state: 'PENDING' }] }]);
  const author = { by: 'local:ada', caller: { uid: process.geteuid?.(), claims: { pid: 7 } } };
  expect(await word(approval(id))).toMatchObject({
    ok: true,
    result: { state: 'APPROVED', review: { ...author, comment: 'yes' } },
    author,
  });
  expect(await word(approval(id))).toMatchObject({ ok: false, code: 'not-pending' });
  expect(records.at(-1)).toMatchObject({ state: 'APPROVED', ...author });
  expect(await readdir(dataFolder)).toEqual(['control.sock']);
});

const claims = { sudoUser: 'alice', sudoUid: 1001, loginUid: 1001, pid: 7 };

test('what a caller says of itself is kept beside what it proves, and changes nothing of it', async () => {
  const { hold } = await served();
  const { id } = (await hold(intent(), 0)).approval;
  expect(await word({ ...approval(id), claims })).toMatchObject({
    result: { review: { by: 'local:ada', caller: { uid: process.geteuid?.(), claims } } },
  });
});

describe('a word that nobody is proved to have given counts for nothing', () => {
  it.each<[string, (line: string) => Promise<unknown>]>([
    ['without a challenge, as earlier versions send it', async (line) => (await ask(line))[0]],
    [
      'with a challenge and without a proof',
      async (line) => {
        const socket = await opened();
        await socket.nonce();
        return await socket.ask(line);
      },
    ],
    [
      'with the proof of another word',
      async (line) => {
        const socket = await opened();
        await writeProof(dataFolder, proofOf(await socket.nonce(), line.replace('approve', 'deny')));
        return await socket.ask(line);
      },
    ],
    [
      'with the nonce of another connection',
      async (line) => {
        const [one, other] = [await opened(), await opened()];
        await writeProof(dataFolder, proofOf(await one.nonce(), line));
        await other.nonce();
        return await other.ask(line);
      },
    ],
    [
      'with a nonce that was replaced',
      async (line) => {
        const socket = await opened();
        await writeProof(dataFolder, proofOf(await socket.nonce(), line));
        await socket.nonce();
        return await socket.ask(line);
      },
    ],
    [
      'with a nonce that was used',
      async (line) => {
        const socket = await opened();
        const nonce = await socket.nonce();
        const first = line.replace(/"id":"[^"]*"/, '"id":"unknown"');
        await writeProof(dataFolder, proofOf(nonce, first));
        expect(await socket.ask(first)).toMatchObject({ code: 'unknown-approval' });
        await writeProof(dataFolder, proofOf(nonce, line));
        return await socket.ask(line);
      },
    ],
    ['with an excuse', async (line) => (await ask(line.replace('}', ',"unproven":"the disk is full"}')))[0]],
  ])('%s', async (_what, send) => {
    const { hold, authority } = await served();
    const { id } = (await hold(intent(), 0)).approval;
    const answer = await send(JSON.stringify({ v: 1, ...approval(id) }));
    expect(answer).toMatchObject({ ok: false, code: 'caller-unproven' });
    expect(authority.list()).toMatchObject([{ state: 'PENDING' }]);
  });

  it('an earlier version is told what to use instead', async () => {
    await served();
    expect(await ask(JSON.stringify({ v: 1, ...approval('x') }))).toMatchObject([
      { message: expect.stringMatching(/the command of the same version as the gateway/) },
    ]);
  });

  it('accepting a policy and ending a stream are no exceptions', async () => {
    await served();
    const words = [
      { v: 1, ask: 'acceptPolicy', digest: 'x' },
      { v: 1, ask: 'endStream', auditId: 'x', comment: null },
    ];
    expect(await ask(...words.map((one) => JSON.stringify(one)))).toMatchObject([
      { code: 'caller-unproven' },
      { code: 'caller-unproven' },
    ]);
  });
});

if (process.getuid?.() === 0)
  console.warn('control-socket: a folder that cannot be written to is not tried: root can always');
test.skipIf(process.getuid?.() === 0)(
  'where nobody can write a proof, what only closes counts all the same, as nobody’s (root can always write)',
  async () => {
    const { hold } = await served();
    const { id } = (await hold(intent(), 0)).approval;
    const said = (verdict: string) =>
      JSON.stringify({ v: 1, ask: 'review', id, verdict, comment: null, claims, unproven: 'EACCES' });
    await chmod(dataFolder, 0o500);
    const answers = await ask(said('approve'), said('deny')).finally(() => chmod(dataFolder, 0o700));
    expect(answers).toMatchObject([
      { code: 'caller-unproven' },
      { result: { state: 'DENIED', review: { by: UNPROVEN, caller: { uid: null, unproven: 'EACCES', claims } } } },
    ]);
  },
);

test('whoever floods it ends the oldest connections, and no new one', async () => {
  await served();
  const first = await opened();
  await first.nonce();
  const ended = first.closed();
  for (let count = 0; count < 200; count += 1) await (await opened()).nonce();
  await ended;
  const last = await opened();
  expect(await last.ask('{"v":1,"ask":"requests"}')).toMatchObject({ ok: true });
});

test.each([
  ['no JSON', 'approve everything'],
  ['an unknown question', '{"v":1,"ask":"shutdown"}'],
  ['another version', '{"v":2,"ask":"requests"}'],
  ['claims that are none', '{"v":1,"ask":"review","id":"x","verdict":"deny","comment":null,"claims":{"uid":0}}'],
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
