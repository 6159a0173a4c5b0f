import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openControlSocket } from '../../../proxy/control/control-socket.ts';
import { LiveStreams } from '../../../proxy/streams/live-streams.ts';
import { authorityUnderTest } from '../../proxy/approvals/intents.ts';
import { NO_POLICY } from '../../proxy/control/no-policy.ts';
import { run, temporaryFolder } from '../run.ts';

let folder = '';
let close = async () => {};
let streams = new LiveStreams();

beforeEach(async () => {
  folder = await temporaryFolder();
  streams = new LiveStreams();
  const { authority } = authorityUnderTest();
  close = await openControlSocket({
    dataFolder: folder,
    gateway: {
      approvals: () => authority.list(),
      review: (vote) => authority.review(vote),
      streams: () => streams.list(),
      ...NO_POLICY,
      endStream: (auditId, reason) => streams.end(auditId, reason),
    },
    owner: 'local:ada',
    log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  });
});

afterEach(() => close());

function open(auditId: string, command: readonly string[]) {
  return streams.open(
    {
      ...{ auditId, kind: 'exec', principal: 'local:bob', session: 's', cluster: 'prod', namespace: 'shop' },
      ...{ target: 'pods/web', container: null, command, startedAt: new Date().toISOString(), recorded: true },
    } as const,
    { signal: new AbortController().signal, maxDuration: null },
  );
}

test('streams: says when none is open', async () => {
  expect(await run('streams', '--data', folder)).toEqual({ code: 0, out: 'no stream is open', errors: '' });
});

test('streams: a table of what is open, whatever the command line holds', async () => {
  open('a1', ['sh', '-c', 'echo \u001b[2J']);
  const { out } = await run('streams', '--data', folder);
  expect(out.split('\n')).toEqual([
    'ID  AGE  WHO        CLUSTER  NAMESPACE  RECORDED  WHAT',
    expect.stringMatching(/^a1 {2}0s {3}local:bob {2}prod {5}shop {7}yes {7}exec pods\/web sh -c echo \\u001b\[2J$/),
  ]);
});

test('streams --json: everything that is known, for programs', async () => {
  open('a1', ['sh']);
  const { out } = await run('streams', '--data', folder, '--json');
  expect(JSON.parse(out)).toMatchObject([{ auditId: 'a1', session: 's', command: ['sh'] }]);
});

test.each(['--reason', '--comment'])('end %s: its client is told who ended it, and why, in one line', async (flag) => {
  const stream = open('a1', ['sh']);
  expect(await run('end', 'a1', flag, 'lunch\ntime', '--data', folder)).toMatchObject({
    code: 0,
    out: 'ended a1',
  });
  expect(stream.signal.reason).toMatchObject({
    code: 'stream-ended',
    message: expect.stringMatching(/^Gatehouse: this stream was ended by local:ada: lunch.time$/),
  });
});

test('end: who ended it is kept for its record', async () => {
  open('a1', ['sh']);
  await run('end', 'a1', '--data', folder);
  const author = { by: 'local:ada', caller: { uid: process.geteuid?.(), claims: { pid: process.pid } } };
  expect(streams.takeEndedBy('a1')).toMatchObject(author);
  expect(streams.takeEndedBy('a1')).toBeNull();
});

test('end: says when no such stream is open', async () => {
  open('a1', ['sh']).close();
  const { code, errors } = await run('end', 'a1', '--data', folder);
  expect(code).toBe(1);
  expect(errors).toContain('no stream with the id "a1" is open');
});
