import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requestInWords } from '../../cli/request-in-words.ts';
import { openControlSocket } from '../../proxy/control/control-socket.ts';
import { authorityUnderTest, intent, summary } from '../proxy/approvals/intents.ts';
import { NO_POLICY } from '../proxy/control/no-policy.ts';
import { run, temporaryFolder } from './run.ts';

let folder = '';
let close = async () => {};
let { authority, hold } = authorityUnderTest();

beforeEach(async () => {
  folder = await temporaryFolder();
  ({ authority, hold } = authorityUnderTest());
  close = await openControlSocket({
    dataFolder: folder,
    gateway: {
      approvals: () => authority.list(),
      review: (vote) => authority.review(vote),
      streams: () => [],
      ...NO_POLICY,
      endStream: () => false,
    },
    reviewer: 'local:ada',
    log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  });
});

afterEach(() => close());

test('requests: says when nothing waits', async () => {
  expect(await run('requests', '--data', folder)).toEqual({ code: 0, out: 'nothing waits', errors: '' });
});

test('requests: a table of what waits', async () => {
  const { approval } = await hold(intent(), 0);
  const { out } = await run('requests', '--data', folder);
  expect(out.split('\n')).toEqual([
    'CODE  AGE  WHO        AS WHOM       CLUSTER  EXPIRES  HELD  WHAT',
    expect.stringMatching(
      new RegExp(`^${approval.code}  0s   local:ada  system:admin  prod     in 14m   no    list pods shop/\\*$`),
    ),
  ]);
});

test('requests: what a client sent cannot move the cursor of the terminal', async () => {
  await hold(intent({ request: { name: 'web\u001b[2J\u202e' } }), 0);
  const { out } = await run('requests', '--data', folder);
  expect(out).toContain('shop/web·[2J·');
});

test('requests --json: everything that is known, for programs', async () => {
  const { approval } = await hold(intent(), 0);
  const { out } = await run('requests', '--data', folder, '--json');
  expect(JSON.parse(out)).toMatchObject([{ id: approval.id, intent: { digest: 'a'.repeat(64) } }]);
});

test('approve: by code as people type it; the held client goes on', async () => {
  const held = hold();
  const code = authority.list()[0]?.code ?? '';
  const { code: exit, out } = await run('approve', code.toLowerCase(), '--comment', 'go', '--data', folder);
  expect(exit).toBe(0);
  expect(out).toMatch(
    new RegExp(`^approved ${code}: list pods shop/\\* as system:admin on prod, asked by local:ada, good once until 20`),
  );
  expect(await held).toMatchObject({ outcome: 'granted', approval: { review: { by: 'local:ada', comment: 'go' } } });
});

test('deny: by id; the client is told the reason', async () => {
  const held = hold();
  const { code, out } = await run('deny', authority.list()[0]?.id ?? '', '--reason', 'not now', '--data', folder);
  expect(code).toBe(0);
  expect(out).toMatch(/^denied .{4}: list pods/);
  expect(await held).toMatchObject({ outcome: 'denied', approval: { review: { comment: 'not now' } } });
});

test('what cannot be decided ends with 1 and says why', async () => {
  expect(await run('approve', 'ZZZZ', '--data', folder)).toMatchObject({
    code: 1,
    errors: 'gatehouse: no request has the code or id "ZZZZ"; "gatehouse requests" lists what waits',
  });
  const { approval } = await hold(intent({ requirement: { reasonRequired: true } }), 0);
  expect(await run('approve', approval.code, '--data', folder)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('approve again with a comment that gives it (reason-required)'),
  });
  await run('deny', approval.code, '--data', folder);
  expect(await run('approve', approval.code, '--data', folder)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('it is DENIED (not-pending)'),
  });
});

test('where no gateway answers, it ends with 4 and says what to do', async () => {
  await close();
  for (const words of [['requests'], ['approve', '1234'], ['deny', '1234']]) {
    expect(await run(...words, '--data', folder)).toMatchObject({
      code: 4,
      errors: expect.stringMatching(/no gateway answers in .* \(ENOENT\): start one with "gatehouse gateway"/),
    });
  }
});

test.each([
  [{}, 'list pods shop/*'],
  [
    { verb: 'delete', policyVerb: 'delete', resource: 'deployments', apiGroup: 'apps', name: 'web' },
    'delete deployments.apps shop/web',
  ],
  [{ policyVerb: 'delete', resource: 'namespaces', namespace: '', name: 'shop' }, 'delete namespaces shop'],
  [{ policyVerb: 'get', resource: '', target: '/metrics' }, 'get /metrics'],
  [
    { policyVerb: 'get', resource: 'secrets', name: 'db', revealKey: 'password' },
    'reveal secrets shop/db key password',
  ],
  [
    {
      policyVerb: 'create',
      subresource: 'exec',
      name: 'web-0',
      target: '/x/exec?command=sh&command=-c&command=rm+-rf+%2F&stdin=true',
    },
    "create pods/exec shop/web-0 -- sh -c 'rm -rf /'",
  ],
  [
    { policyVerb: 'delete', resource: 'namespaces', apiGroup: '', subresource: '', namespace: 'shop', name: 'shop' },
    'delete namespaces shop',
  ],
])('%j in words', (change, expected) => {
  expect(requestInWords({ ...summary, ...change })).toBe(expected);
});
