import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { base64, failure, PASSWORD, SECRET_PATH, secret } from './objects.ts';
import type { Reply } from './outer-edges.ts';
import {
  ALLOW_ALL,
  ASK_ALL,
  DENY_ALL,
  diskIsFull,
  pipeline,
  type Surroundings,
  startPipe,
  unreachable,
} from './pipeline.ts';

const REVEAL = '  - {id: reveal, effect: allow, match: {verbs: [reveal], resources: [secrets]}}\n';
const READ_ONLY = '  - {id: reads, effect: allow, match: {verbs: [get, list], resources: [secrets]}}\n';
const ASK_REASON = `  - id: reveal
    effect: requireApproval
    match: {verbs: [reveal], resources: [secrets]}
    approval: {level: ownerConfirm, reason: required}
`;
const cluster = () => ({ body: secret() });
const revealing = (surroundings: Surroundings = {}) => pipeline({ rules: REVEAL, cluster, ...surroundings });

describe('a reveal', () => {
  it('answers one key, once: asked of policy as a reveal, written down before it is read', async () => {
    const gate = revealing();
    const got = await gate.reveal();
    expect([got.status, got.json()]).toEqual([200, { value: base64(PASSWORD) }]);
    expect(got.header('Cache-Control')).toEqual(['no-store']);
    expect(gate.timeline).toEqual([
      'body',
      'policy reveal',
      'decided',
      `cluster GET ${SECRET_PATH}`,
      'answer 200',
      'finished',
    ]);
    const request = { policyVerb: 'reveal', resource: 'secrets', namespace: 'shop', name: 'db', revealKey: 'password' };
    expect(gate.decided()).toMatchObject([{ durable: true, decision: { outcome: 'allow', code: null }, request }]);
    expect(gate.finished()).toMatchObject([
      { status: 200, code: null, ended: null, auditId: gate.decided()[0]?.auditId },
    ]);
  });

  it('is asked of the cluster in JSON, not compressed, under the record’s id', async () => {
    const gate = revealing();
    await gate.reveal();
    const [sent] = gate.sent;
    expect([sent?.header('Accept'), sent?.header('Accept-Encoding'), sent?.header('Audit-ID')]).toEqual([
      'application/json',
      'identity',
      gate.decided()[0]?.auditId,
    ]);
  });

  it('is remembered, so that logs and errors do not show it', async () => {
    const gate = revealing();
    await gate.reveal();
    expect(gate.seen()).toEqual([PASSWORD]);
  });

  it('goes to the person with its reason, and says nothing of the value', async () => {
    const gate = revealing({ rules: ALLOW_ALL + ASK_REASON, person: { says: 'approve' } });
    const got = await gate.reveal({ reason: 'the pager rang' });
    expect(got.status).toBe(200);
    expect(gate.asked()).toMatchObject([
      { state: 'APPROVED', intent: { reason: 'the pager rang', bodyPreview: null } },
    ]);
    expect(gate.decided()).toMatchObject([{ durable: true, approval: { state: 'APPROVED', by: 'local:ada' } }]);
    expect(gate.timeline.indexOf('decided')).toBeLessThan(gate.timeline.indexOf(`cluster GET ${SECRET_PATH}`));
  });

  it('of another key needs another approval', async () => {
    const gate = revealing({ rules: ALLOW_ALL + ASK_REASON, person: { says: 'approve' } });
    await gate.reveal();
    await gate.reveal({ key: 'user' });
    expect(new Set(gate.asked().map(({ intent }) => intent.digest)).size).toBe(2);
  });
});

describe('a reveal that is refused', () => {
  it('waits for a person among what lasts, and not where that is full', async () => {
    const gate = revealing({ rules: ALLOW_ALL + ASK_REASON, person: { says: 'approve' }, full: true });
    const got = await gate.reveal();
    expect([got.status, got.code()]).toEqual([429, 'gateway-busy']);
    expect([gate.asked(), gate.sent]).toEqual([[], []]);
    expect(gate.decided()).toMatchObject([{ decision: { code: 'gateway-busy' } }]);
    expect((await revealing({ full: true }).reveal()).status).toBe(200);
  });

  it.each<[code: string, Surroundings]>([
    ['denied-by-policy', { rules: READ_ONLY }],
    ['denied-by-policy', { rules: DENY_ALL }],
    ['approval-denied', { rules: ASK_ALL, person: { says: 'deny' } }],
    ['approval-unavailable', { rules: ASK_ALL.replace('ownerConfirm', 'peer') }],
  ])('%s: nothing is read, and it is recorded once', async (code, surroundings) => {
    const gate = revealing(surroundings);
    const got = await gate.reveal();
    expect([got.status, got.code()]).toEqual([403, code]);
    expect(gate.sent).toEqual([]);
    expect(gate.decided()).toMatchObject([{ durable: true, decision: { code }, request: { revealKey: 'password' } }]);
    expect(gate.finished()).toMatchObject([{ status: 403, code }]);
    expect(got.header('Audit-Id')).toEqual([gate.decided()[0]?.auditId]);
  });

  it('cannot be written down: nothing is read', async () => {
    const gate = revealing({ journal: () => Promise.reject(diskIsFull()) });
    const got = await gate.reveal();
    expect([got.status, got.code()]).toEqual([503, 'journal-unavailable']);
    expect([gate.sent, gate.decided(), gate.finished()]).toEqual([[], [], []]);
  });

  it.each<[string, string, number, object | string, object]>([
    ['is no POST', 'method-not-allowed', 405, {}, { method: 'GET' }],
    ['is no JSON', 'body-not-readable', 400, 'not json', {}],
    ['has no reason', 'body-not-readable', 400, { reason: ' ' }, {}],
    ['leaves its place in the path', 'body-not-readable', 400, { name: '../pods' }, {}],
    ['leaves it by its namespace', 'body-not-readable', 400, { namespace: 'a/secrets/b' }, {}],
    ['names no key', 'body-not-readable', 400, { key: '' }, {}],
    ['is of a cluster that is not connected', 'unknown-cluster', 404, { cluster: 'other' }, {}],
    ['is too long', 'body-too-large', 413, { reason: 'x'.repeat(17_000) }, {}],
  ])('%s', async (_, code, status, body, asked) => {
    const gate = revealing();
    const got = await gate.reveal(body, asked);
    expect([got.status, got.code()]).toEqual([status, code]);
    expect(gate.timeline).toContain(`counted ${code}`);
    expect(gate.sent).toEqual([]);
  });

  it.each<[string, string, number, () => Reply | Promise<Reply>]>([
    ['a key that is not there', 'reveal-key-missing', 404, () => ({ body: { data: { user: 'YQ==' } } })],
    ['a key that every object has', 'reveal-key-missing', 404, () => ({ body: { data: {} } })],
    ['a value that is no text', 'reveal-key-missing', 404, () => ({ body: { data: { password: 1 } } })],
    ['an answer that is no Secret', 'upstream-response-invalid', 502, () => ({ body: '<html>' })],
    ['a connection that switched', 'upstream-response-invalid', 502, () => startPipe().accepted],
    ['more than a Secret can hold', 'upstream-response-invalid', 502, () => ({ body: Readable.from(longSecret(5)) })],
    ['a cluster that cannot be reached', 'upstream-unreachable', 503, () => Promise.reject(unreachable())],
  ])('%s', async (_, code, status, answering) => {
    const gate = revealing({ cluster: answering });
    const got = await gate.reveal();
    expect([got.status, got.code()]).toEqual([status, code]);
    expect(gate.decided()).toMatchObject([{ decision: { outcome: 'allow', code: null } }]);
    expect(gate.finished()).toMatchObject([{ status, code }]);
    expect(gate.seen()).toEqual([]);
  });

  it('by a cluster that breaks off in the middle of its answer is the cluster’s trouble', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('{"data":');
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      })(),
    );
    const gate = revealing({ cluster: () => ({ body: broken }) });
    const got = await gate.reveal();
    expect([got.status, got.code()]).toEqual([503, 'upstream-unreachable']);
    expect(gate.finished()).toMatchObject([{ status: 503, code: 'upstream-unreachable' }]);
    expect([gate.logged, gate.seen()]).toEqual([[], []]);
  });

  it('takes no key that is not the Secret’s own', async () => {
    const got = await revealing({ cluster: () => ({ body: { data: {} } }) }).reveal({ key: 'constructor' });
    expect(got.code()).toBe('reveal-key-missing');
  });

  it('by the cluster has its texts withheld', async () => {
    const body = failure(403, `webhook says ${PASSWORD}`, { name: 'db' });
    const gate = revealing({ cluster: () => ({ status: 403, body }) });
    const got = await gate.reveal();
    expect([got.status, got.json().kind, got.body.includes(PASSWORD)]).toEqual([403, 'Status', false]);
    expect(got.header('Cache-Control')).toEqual(['no-store']);
    expect(gate.finished()).toMatchObject([{ status: 403, code: null }]);
  });

  it('with a 401 is sent once more with the credential fetched anew', async () => {
    const gate = revealing({ cluster: (_, before) => (before === 0 ? { status: 401, body: {} } : cluster()) });
    expect((await gate.reveal()).status).toBe(200);
    expect(gate.sent).toHaveLength(2);
  });

  it('whose client leaves is over without a value', async () => {
    const gate = revealing({
      cluster: () => {
        client.leave();
        return new Promise(() => undefined);
      },
    });
    const client = gate.beginReveal();
    await client.served;
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, ended: 'client-gone' }]);
    expect(gate.logged).toEqual([]);
  });
});

function* longSecret(megabytes: number): Generator<Buffer> {
  yield Buffer.from(`${JSON.stringify(secret()).slice(0, -1)},"more":"`);
  for (let index = 0; index < megabytes; index += 1) yield Buffer.alloc(1024 * 1024, 'x');
  yield Buffer.from('"}');
}
