import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { POD_PATH, PODS_PATH, SECRET_PATH } from './objects.ts';
import type { ClientRequest, Reply } from './outer-edges.ts';
import {
  ALLOW_ALL,
  ASK_ALL,
  DENY_ALL,
  endedByGateway,
  MASK_SECRETS,
  pipeline,
  type Surroundings,
  startPipe,
  unreachable,
} from './pipeline.ts';

const EXEC = startPipe().request();
const ASK_PEER = ASK_ALL.replace('ownerConfirm', 'peer');
const NO_STDIN =
  '  - {id: quiet, effect: none, match: {resources: [pods/exec]}, obligations: {stream: {stdin: deny}}}\n';
const PORTS =
  '  - {id: web, effect: none, match: {resources: [pods/portforward]}, obligations: {stream: {ports: [80]}}}\n';
const UNKNOWN_MASK = 'gatehouse-masked.v1.k1.AAAAAAAAAAAAAAAAAAAAAA';

describe('a refusal is answered, and recorded once', () => {
  it.each<[code: string, outcome: string, ClientRequest, Surroundings]>([
    ['target-not-canonical', 'refused', { target: '/api/v1/../secrets' }, {}],
    ['method-not-allowed', 'refused', { method: 'TRACE', target: PODS_PATH }, {}],
    ['upgrade-not-allowed', 'refused', { ...EXEC, kind: 'request' }, {}],
    ['upgrade-not-allowed', 'refused', { target: PODS_PATH, kind: 'upgrade' }, {}],
    ['body-not-readable', 'refused', { method: 'POST', target: PODS_PATH, body: '{"a":1,"a":2}' }, {}],
    ['body-not-readable', 'refused', { target: PODS_PATH, body: '{}' }, {}],
    ['mask-written-back', 'refused', { method: 'PUT', target: POD_PATH, body: { data: UNKNOWN_MASK } }, {}],
    ['denied-by-policy', 'deny', { target: PODS_PATH }, { rules: DENY_ALL }],
    ['denied-by-policy', 'deny', EXEC, { rules: DENY_ALL }],
    [
      'denied-by-policy',
      'deny',
      { target: PODS_PATH },
      { rules: '  - {id: no, effect: deny, match: {verbs: [get]}}\n' },
    ],
    ['approval-denied', 'requireApproval', { target: PODS_PATH }, { rules: ASK_ALL, person: { says: 'deny' } }],
    ['approval-pending', 'requireApproval', { target: `${PODS_PATH}?watch=1` }, { rules: ASK_ALL }],
    ['approval-unavailable', 'requireApproval', { target: PODS_PATH }, { rules: ASK_PEER }],
    ['gateway-busy', 'refused', { target: `${PODS_PATH}?watch=1` }, { full: true }],
    ['stdin-denied', 'refused', startPipe().request('command=sh&stdin=true'), { rules: ASK_ALL + NO_STDIN }],
    ['port-denied', 'refused', startPipe().request('ports=80,5432', 'portforward'), { rules: ASK_ALL + PORTS }],
    ['stream-protocol-not-supported', 'refused', notUnderstood(), { rules: ASK_ALL }],
  ])('%s', async (code, outcome, asked, surroundings) => {
    const gate = pipeline({ rules: ALLOW_ALL, ...surroundings });
    const got = await gate.serve(asked);
    const [decided, ...more] = gate.decided();
    expect(more).toEqual([]);
    expect(decided).toMatchObject({ durable: true, decision: { outcome, code, policyDigest: 'digest' } });
    expect(decided?.decision.message).toBe(got.json().message);
    expect(got.header('Audit-Id')).toEqual([decided?.auditId]);
    const whole = { auditId: decided?.auditId, code, status: got.status, ended: null };
    expect(gate.finished()).toEqual([expect.objectContaining(whole)]);
    expect(gate.timeline.at(-1)).toBe('finished');
    // An unknown mask may stand for what is in the object; so that is read.
    expect(gate.sent.map(({ method }) => method)).toEqual(code === 'mask-written-back' ? ['GET'] : []);
    // What is refused without them asks nobody.
    expect(gate.asked()).toHaveLength(code === 'approval-denied' || code === 'approval-pending' ? 1 : 0);
  });

  it('says who denied it, and what they wrote', async () => {
    const person = { says: 'deny', comment: 'not during the sale' } as const;
    const gate = pipeline({ rules: ASK_ALL, person });
    const got = await gate.serve({ method: 'DELETE', target: POD_PATH });
    expect(got.json().message).toMatch(/^pods "web-0" is forbidden: request \w{4} was denied: not during the sale/);
    expect(gate.decided()[0]?.approval).toMatchObject({ state: 'DENIED', by: 'local:ada' });
  });

  it('is said as a warning too where kubectl does not show the message', async () => {
    const got = await pipeline({ rules: DENY_ALL }).serve({ target: '/api' });
    expect(got.header('Warning')).toHaveLength(1);
  });

  it('keeps tokens in a target out of the record', async () => {
    const gate = pipeline();
    await gate.serve({ target: `${PODS_PATH}?limit=5&token=abc` });
    await gate.serve({ target: '/api/v1/../secrets?access_token=abc' });
    expect(gate.decided().map(({ request }) => request.target)).toEqual([
      `${PODS_PATH}?limit=5&token=redacted`,
      '/api/v1/../secrets?access_token=redacted',
    ]);
  });
});

it('an approval that nobody here can give says who could', async () => {
  const gate = pipeline({ rules: ASK_PEER });
  const got = await gate.serve({ target: SECRET_PATH });
  const { message } = got.json();
  expect(message).toMatch(/^secrets "db" is forbidden: request \S+ cannot be approved here: /);
  expect(message).toContain('the policy asks for the approval of another person');
});

describe('what goes wrong after it was decided', () => {
  it.each<[code: string, status: number, () => Reply]>([
    ['upstream-unreachable', 503, () => raise(unreachable())],
    ['internal-error', 500, () => raise(new Error('a fault'))],
    ['response-not-maskable', 502, () => ({ headers: [['Content-Type', 'application/yaml']], body: 'data: {}' })],
    ['upstream-response-invalid', 502, () => startPipe().accepted],
  ])('%s is the end of a request that was allowed', async (code, status, cluster) => {
    const gate = pipeline({ rules: ALLOW_ALL + MASK_SECRETS, cluster });
    const got = await gate.serve({ target: SECRET_PATH });
    expect([got.status, got.code()]).toEqual([status, code]);
    expect(gate.decided()).toEqual([
      expect.objectContaining({ decision: expect.objectContaining({ outcome: 'allow', code: null }) }),
    ]);
    expect(gate.finished()).toEqual([expect.objectContaining({ status, code })]);
    expect(gate.logged).toHaveLength(code === 'internal-error' ? 1 : 0);
    expect(gate.sent).toHaveLength(1);
  });

  it('an answer that cannot be masked is let go', async () => {
    const headers = [['Content-Type', 'application/yaml']] as const;
    const gate = pipeline({ rules: ALLOW_ALL + MASK_SECRETS, cluster: () => ({ headers, body: endless('data: {}') }) });
    await gate.serve({ target: SECRET_PATH });
    expect(gate.sent[0]?.reply.destroyed).toBe(true);
  });

  it('a connection that nobody asked to switch protocols is closed', async () => {
    const { accepted } = startPipe();
    const gate = pipeline({ cluster: () => accepted });
    await gate.serve({ target: PODS_PATH });
    expect(accepted.switched?.destroyed).toBe(true);
  });

  it('a cluster that breaks off its answer is the cluster’s trouble', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('{"data":');
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      })(),
    );
    const gate = pipeline({ rules: ALLOW_ALL + MASK_SECRETS, cluster: () => ({ body: broken }) });
    const got = await gate.serve({ target: SECRET_PATH });
    expect(got.code()).toMatch(/^upstream-/);
    expect(gate.finished()[0]?.code).toBe(got.code());
  });
});

describe('a client that goes away', () => {
  it('before its body is whole: nothing is asked of anybody', async () => {
    const gate = pipeline();
    const body = new Readable({
      read: () =>
        void setImmediate(() => {
          client.leave();
          body.destroy(new Error('aborted'));
        }),
    });
    const client = gate.begin({ method: 'POST', target: PODS_PATH, headers: ['Transfer-Encoding: chunked'], body });
    await client.served;
    expect(gate.decided()).toEqual([
      expect.objectContaining({ durable: true, decision: expect.objectContaining({ code: 'request-malformed' }) }),
    ]);
    expect(gate.finished()).toEqual([expect.objectContaining({ status: 0, code: null, ended: 'client-gone' })]);
    expect(gate.sent).toEqual([]);
  });

  it('while a person is asked: the question stays, and nothing is sent', async () => {
    const gate = pipeline({ rules: ASK_ALL, meanwhile: () => setImmediate(() => client.leave()) });
    const client = gate.begin({ method: 'DELETE', target: POD_PATH });
    await client.served;
    expect(gate.asked()).toMatchObject([{ state: 'PENDING' }]);
    expect(gate.decided()).toMatchObject([{ decision: { code: 'approval-pending' } }]);
    // Which pod it is was looked at.
    expect(gate.sent.map(({ method }) => method)).toEqual(['GET']);
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, ended: 'client-gone' }]);
    // It may have closed its own half alone, and read on.
    expect(gate.timeline.filter((line) => line.startsWith('answer'))).toEqual(['answer 403']);
  });

  it('cut off by the gateway itself while the cluster works: the record says why', async () => {
    const gate = pipeline({
      cluster: () => {
        client.leave(endedByGateway('the session was closed'));
        return new Promise(() => undefined);
      },
    });
    const client = gate.begin({ target: PODS_PATH });
    await client.served;
    expect(gate.finished()).toMatchObject([{ status: 0, code: 'stream-revoked', ended: 'revoked' }]);
  });

  it('while the cluster works: decided once, and over', async () => {
    const gate = pipeline({
      cluster: () => {
        client.leave();
        return new Promise(() => undefined);
      },
    });
    const client = gate.begin({ target: PODS_PATH });
    const got = await client.served;
    expect(got.status).toBe(0);
    expect(gate.decided()).toMatchObject([{ decision: { outcome: 'allow', code: null } }]);
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, ended: 'client-gone' }]);
    expect(gate.logged).toEqual([]);
  });

  it('in the middle of an answer: the cluster’s connection is let go', async () => {
    const body = endless('{"kind":"PodList",');
    const gate = pipeline({ cluster: () => ({ body }) });
    const client = gate.begin({ target: PODS_PATH });
    await client.until('PodList');
    client.leave();
    await client.served;
    expect(gate.finished()).toMatchObject([{ status: 0, ended: 'client-gone' }]);
    expect(body.destroyed).toBe(true);
  });
});

function notUnderstood(): ClientRequest {
  const { target, headers = [] } = EXEC;
  return { target, headers: headers.map((line) => line.replace('v5.channel', 'v9.channel')) };
}

function raise(error: Error): never {
  throw error;
}

/** A body that has begun and does not end. */
function endless(text = ''): Readable {
  const body = new Readable({ read: () => undefined });
  if (text !== '') body.push(text);
  return body;
}
