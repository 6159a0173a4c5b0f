import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { requestInWords } from '../../../cli/approvals/request-in-words.ts';
import { requestDetails, requestLines } from '../../../cli/approvals/request-lines.ts';
import { ownClaims } from '../../../cli/command/own-claims.ts';
import { proofOf } from '../../../proxy/control/caller-proof.ts';
import { openControlSocket } from '../../../proxy/control/control-socket.ts';
import { authorityUnderTest, intent, summary } from '../../proxy/approvals/intents.ts';
import { NO_POLICY } from '../../proxy/control/no-policy.ts';
import { run, temporaryFolder } from '../run.ts';

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
    outline: [{ name: 'image', says: 'nginx:1' }],
  };
  const { approval } = await hold(intent(asked), 0);
  const { out } = await run('requests', '--data', folder);
  expect(out.replaceAll(/\d+[sm]/g, 'TIME').split('\n')).toEqual([
    `${approval.code}  delete deployments.apps shop/web`,
    '  image     nginx:1',
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

describe('requests CODE|ID', () => {
  const binding = {
    request: {
      ...{ method: 'POST', target: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', verb: 'create' },
      ...{ policyVerb: 'create', resource: 'clusterrolebindings', apiGroup: 'rbac.authorization.k8s.io' },
      ...{ namespace: '', newName: 'evil' },
    },
    effective: { user: 'admin', uid: '7', groups: ['ops'], extra: { scopes: ['a', 'b'] } },
    outline: [
      { name: 'role', says: 'ClusterRole cluster-admin' },
      { name: 'subjects', says: 'User eve' },
    ],
    rules: ['confirm/rights', 'confirm/identity'],
    message: 'changes who may do what',
    bodyPreview: '{\n  "kind": "ClusterRoleBinding"\n}',
    bodyBytes: 33,
    requirement: { reasonRequired: true },
  };

  test('shows one whole', async () => {
    const { approval } = await hold(intent(binding), 0);
    const { code, out } = await run('requests', approval.code.toLowerCase(), '--data', folder);
    expect(code).toBe(0);
    expect(out.replaceAll(/\b\d+[sm]\b/g, 'TIME').split('\n')).toEqual([
      `${approval.code}  create clusterrolebindings.rbac.authorization.k8s.io evil`,
      `  id          ${approval.id}`,
      '  state       waits for TIME, until TIME from now; no client is on the line',
      '  cluster     prod',
      '  verb        create',
      '  name        evil',
      '  role        ClusterRole cluster-admin',
      '  subjects    User eve',
      '  request     POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
      '  asked by    local:ada [gatehouse:local]',
      '  from        a terminal of the app (one)',
      '  acts as     admin [ops]',
      '  with uid    7',
      '  with extra  scopes=a,b',
      '  rules       confirm/rights, confirm/identity',
      '  because     changes who may do what',
      '  approval    good for this request alone, once, for TIME; the policy asks for a',
      '              reason',
      '  client      kubectl/v1.36.3',
      '  command     kubectl get',
      `  asked at    ${approval.createdAt}`,
      `  policy      ${approval.intent.policyDigest}`,
      '',
      '  its body of 33 bytes, with what is secret masked:',
      '    {',
      '      "kind": "ClusterRoleBinding"',
      '    }',
    ]);
  });

  test('says who decided, and what became of it', async () => {
    const { approval } = await hold(intent(), 0);
    await run('approve', approval.code, '--reason', 'on call', '--data', folder);
    const { out } = await run('requests', approval.id, '--data', folder);
    expect(out).toMatch(/^ {2}state {7}approved, good once, until 9m from now$/m);
    expect(out).toMatch(/^ {2}decided by {2}local:ada, at 20\S+Z$/m);
    expect(out).toMatch(/^ {2}they said {3}on call$/m);
    await hold(intent(), 0);
    expect((await run('requests', approval.id, '--data', folder)).out).toMatch(/^ {2}state {7}approved, used$/m);
  });

  test('--json prints that one alone, with all that is known', async () => {
    const { approval } = await hold(intent(binding), 0);
    const { out } = await run('requests', approval.code, '--json', '--data', folder);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(approval)));
  });

  test('says what waits where there is no such request', async () => {
    expect(await run('requests', 'ZZZZ', '--data', folder)).toMatchObject({
      code: 1,
      errors: 'gatehouse: no request has the code or id "ZZZZ"; nothing waits',
    });
    const { approval } = await hold(intent(), 0);
    expect(await run('requests', 'ZZZZ', '--data', folder)).toMatchObject({
      errors: `gatehouse: no request has the code or id "ZZZZ"; what waits:\n  ${approval.code}  list pods shop/* on prod, asked by local:ada`,
    });
  });

  test.each([60, 200, null])(
    'no line is wider than a terminal of %s columns, and nothing of the body is lost',
    async (columns) => {
      const text = 'words'.repeat(400);
      const bodyPreview = `{\n  "a": "${text}"\n}`;
      const { approval } = await hold(intent({ bodyPreview, bodyBytes: 2_013 }), 0);
      const lines = requestDetails(approval, Date.now(), columns);
      const body = lines.slice(lines.findIndex((line) => line.includes('its body')) + 1);
      expect(Math.max(...body.map((line) => line.length))).toBeLessThanOrEqual(columns ?? 3_000);
      expect(body.join('').replaceAll(' ', '')).toContain(text);
    },
  );

  test('a body that cannot be shown is told with its size', async () => {
    const { approval } = await hold(intent({ bodyPreview: null, bodyBytes: 512 }), 0);
    const { out } = await run('requests', approval.code, '--data', folder);
    expect(out).toMatch(/its body of 512 bytes is no JSON or YAML that can be read, so it cannot be shown$/);
  });

  test('what a collection is narrowed down to is shown, in the list too', async () => {
    const target = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb%20x&fieldSelector=status.phase%3DFailed';
    const { approval } = await hold(intent({ request: { target, policyVerb: 'deletecollection' } }), 0);
    for (const words of [['requests'], ['requests', approval.code]]) {
      const { out } = await run(...words, '--data', folder);
      expect(out).toMatch(/^ {2}selects +-l 'app=web x' --field-selector status\.phase=Failed$/m);
    }
  });
});

test.each(['--reason', '--comment'])(
  'approve: by code as people type it, with %s; the held client goes on',
  async (flag) => {
    const held = hold();
    const code = authority.list()[0]?.code ?? '';
    const { code: exit, out } = await run('approve', code.toLowerCase(), flag, 'go', '--data', folder);
    expect(exit).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^approved ${code}: list pods shop/\\* as system:admin on prod, asked by local:ada, good once until 20`,
      ),
    );
    const caller = { uid: process.geteuid?.(), claims: { pid: process.pid } };
    expect(await held).toMatchObject({
      outcome: 'granted',
      approval: { review: { by: 'local:ada', caller, comment: 'go' } },
    });
  },
);

test.each(['--reason', '--comment'])('deny: by id, with %s; the client is told the reason', async (flag) => {
  const held = hold();
  const { code, out } = await run('deny', authority.list()[0]?.id ?? '', flag, 'not now', '--data', folder);
  expect(code).toBe(0);
  expect(out).toMatch(/^denied .{4}: list pods/);
  expect(await held).toMatchObject({ outcome: 'denied', approval: { review: { comment: 'not now' } } });
});

test.each(['approve', 'deny'])(
  '%s: decides nothing without a code, also where one request alone waits',
  async (verdict) => {
    const { approval } = await hold(intent(), 0);
    const { code, out, errors } = await run(verdict, '--data', folder);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(`it takes one CODE|ID, and got none; what waits:\n  ${approval.code}  list pods`);
    expect(authority.list()).toMatchObject([{ state: 'PENDING' }]);
  },
);

describe('a gateway that does not answer as this version does', () => {
  const NONCE = 'f'.repeat(64);

  /** Answers each line with the next of these. */
  async function answering(...answers: object[]) {
    await close();
    const listed = { ok: true, result: [{ ...(await hold(intent(), 0)).approval }] };
    const rest = [...answers];
    const server = createServer((socket) =>
      socket.on('data', (line) => {
        const next = String(line).includes('"requests"') ? listed : rest.shift();
        socket.write(`${JSON.stringify(next)}\n`);
      }),
    ).listen(join(folder, 'control.sock'));
    onTestFinished(() => void server.close());
    return listed.result[0]?.code ?? '';
  }

  test('one of an earlier version is named as that, and nothing is decided', async () => {
    const code = await answering({ ok: false, code: 'bad-request', message: 'what?' });
    expect(await run('approve', code, '--data', folder)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^gatehouse: nothing was decided: the gateway in .* is of an earlier version/),
    });
  });

  test('one that takes it for the word of somebody else is told of', async () => {
    const { approval } = await hold(intent(), 0);
    const author = { by: 'local:eve', caller: { uid: 4711, claims: {} } };
    const code = await answering({ ok: true, result: { nonce: NONCE } }, { ok: true, result: approval, author });
    const { errors } = await run('deny', code, '--data', folder);
    expect(errors).toBe(`it is recorded as the word of local:eve, uid 4711, and this is uid ${process.geteuid?.()}`);
  });

  test.each([
    [
      'approve',
      /^gatehouse: nothing was decided: it cannot be proved .* no file can be made in .* \(EEXIST\); make room/,
    ],
    ['deny', /^$/],
  ])('where no proof can be made, %s is told why', async (verdict, errors) => {
    const { approval } = await hold(intent(), 0);
    const code = await answering({ ok: true, result: { nonce: NONCE } }, { ok: true, result: approval });
    const { id } = authority.list()[0] ?? approval;
    const line = JSON.stringify({ v: 1, ask: 'review', id, verdict, comment: null, claims: await ownClaims({}) });
    await writeFile(join(folder, `.control-proof-${proofOf(NONCE, line)}`), 'in its place');
    const result = await run(verdict, code, '--data', folder);
    expect(result.errors).toMatch(errors);
    expect(result.code).toBe(verdict === 'deny' ? 0 : 1);
  });
});

test('what cannot be decided ends with 1 and says why', async () => {
  expect(await run('approve', 'ZZZZ', '--data', folder)).toMatchObject({
    code: 1,
    errors: 'gatehouse: no request has the code or id "ZZZZ"; nothing waits',
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
