import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requestInWords } from '../../cli/approvals/request-in-words.ts';
import { requestLines } from '../../cli/approvals/request-lines.ts';
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
    owner: 'local:ada',
    log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  });
});

afterEach(() => close());

test('requests: says when nothing waits', async () => {
  expect(await run('requests', '--data', folder)).toEqual({ code: 0, out: 'nothing waits', errors: '' });
});

test('requests: what waits, with object, subject, session, identity, rule and why', async () => {
  const asked = {
    request: { policyVerb: 'delete', resource: 'deployments', apiGroup: 'apps', name: 'web' },
    effective: { user: 'system:admin', uid: '', groups: ['system:masters'], extra: {} },
    message: 'would let its sender act as service account ci:deployer, which may read every Secret',
  };
  const { approval } = await hold(intent(asked), 0);
  const { out } = await run('requests', '--data', folder);
  expect(out.replaceAll(/\d+[sm]/g, 'TIME').split('\n')).toEqual([
    `${approval.code}  delete deployments.apps shop/web`,
    '  cluster   prod',
    '  asked by  local:ada, a terminal of the app (one)',
    '  acts as   system:admin [system:masters]',
    '  rule      default/impersonation',
    '  because   would let its sender act as service account ci:deployer, which may',
    '            read every Secret',
    '  client    kubectl/v1.36.3',
    '  waits     for TIME, until TIME from now; no client is on the line',
  ]);
});

test.each([80, 200, null])('requests: no line is wider than a terminal of %s columns', async (columns) => {
  const message = 'words and words '.repeat(40).trim();
  const { approval } = await hold(intent({ message }), 0);
  const lines = requestLines([approval, approval], Date.now(), columns);
  const widest = Math.max(...lines.map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(columns ?? 1_000);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(message);
  expect(lines.filter((line) => line === '')).toHaveLength(1);
});

/** Each would move a cursor, turn text around, hide in it or break the line. */
const UNSEEN = ['\u001b[2J', '\u009b2J', '\u202e', '\u2066', '\u200b', '\u2028', '\ufeff', '\u{e0041}', '\n', '\u007f'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\udb40/;

test.each(UNSEEN)(
  'case 69: %j in names, user agents, reasons and bodies is shown escaped, in JSON too',
  async (unseen) => {
    const name = `web${unseen}x`;
    const asked = {
      request: { name, userAgent: `agent${unseen}`, target: `/x${unseen}` },
      effective: { user: `eve${unseen}`, uid: '', groups: [`g${unseen}`], extra: { [`k${unseen}`]: [unseen] } },
      message: `because${unseen}`,
      bodyPreview: `{"a":"${unseen}"}`,
      cluster: `prod${unseen}`,
    };
    const { approval } = await hold(intent(asked), 0);
    const listed = await run('requests', '--data', folder);
    expect(listed.out).not.toMatch(RAW);
    expect(listed.out).toContain(`web${written(unseen)}x`);
    const json = await run('requests', '--json', '--data', folder);
    expect(json.out).not.toMatch(RAW);
    expect(JSON.parse(json.out)).toEqual([JSON.parse(JSON.stringify(approval))]);
    const denied = await run('deny', approval.code, '--reason', `no${unseen}no`, '--data', folder);
    expect(denied.out).not.toMatch(RAW);
    expect(denied.out).toContain(`web${written(unseen)}x`);
    const unknown = await run('approve', `Z${unseen}`, '--data', folder);
    expect(unknown.errors).not.toMatch(RAW);
  },
);

/** As JavaScript and JSON write them. */
function written(text: string): string {
  return [...text].map((character) => (/[ -~]/.test(character) ? character : units(character))).join('');
}

function units(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

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
