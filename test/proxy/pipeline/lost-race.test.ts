import { describe, expect, it } from 'vitest';
import { failure, JSON_PATCH, MERGE, SECRET_PATH, secret } from './objects.ts';
import type { Answering } from './outer-edges.ts';
import { ALLOW_ALL, MASK_SECRETS, pipeline } from './pipeline.ts';

const URL_IN_CLEAR = 'postgres://app:hunter2-and-more@db/app';

describe('a write whose masks were put back and that loses a race', () => {
  const RULES = ALLOW_ALL + MASK_SECRETS;

  /** A Secret that somebody else changes before each of the first `changes` writes. */
  async function contested(changes: number, status = 409, header = MERGE, metadata = {}) {
    let version = 7;
    let left = changes;
    const cluster: Answering = ({ method, body }) => {
      if (method === 'GET') return { body: secret(String(version)) };
      if (left > 0) version += 1;
      left -= 1;
      return body?.includes(`"${version}"`)
        ? { body: secret(String(version)) }
        : { status, body: failure(status, 'no') };
    };
    const gate = pipeline({ rules: RULES, cluster });
    const { data } = (await gate.serve({ target: SECRET_PATH })).json();
    gate.sent.length = 0;
    const patch = [{ op: 'replace', path: '/data/password', value: data.password }];
    const body = header === MERGE ? { metadata, data } : patch;
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [header], body });
    return { got, gate, patches: gate.sent.filter(({ method }) => method === 'PATCH') };
  }

  it.each([
    ['a conflict', 409, MERGE],
    ['a JSON Patch whose test fails', 422, JSON_PATCH],
  ])('is made again from what is there now: %s', async (_, status, header) => {
    const { got, gate, patches } = await contested(2, status, header);
    expect(got.status).toBe(200);
    expect(patches.map(({ body }) => /"(7|8|9)"/.exec(body ?? '')?.[1])).toEqual(['7', '8', '9']);
    expect(patches.slice(0, 2).every(({ reply }) => reply.destroyed)).toBe(true);
    expect(new Set(patches.map(({ header: of }) => of('Audit-ID'))).size).toBe(1);
    expect(gate.finished().at(-1)).toMatchObject({ status: 200 });
  });

  it('a 422 of a merge patch is no race', async () => {
    const { got, patches } = await contested(2, 422);
    expect([got.status, patches.length]).toEqual([422, 1]);
  });

  it('has its error searched for what was sent last', async () => {
    const target = '/api/v1/namespaces/shop/configmaps/web';
    const metadata = { name: 'web', namespace: 'shop', uid: 'u' };
    const rules = `${ALLOW_ALL}  - id: patterns
    effect: none
    match: {resources: [configmaps]}
    obligations: {mask: [{resource: configmaps, patterns: ["builtin:credentials"]}]}
`;
    const versions = ['1000000007', '1000000007', '1000000008'];
    const cluster: Answering = ({ method, body }) => {
      const resourceVersion = versions[0] ?? '1000000008';
      if (method !== 'GET')
        return { status: 422, body: failure(422, `no good: version ${/10000000../.exec(body ?? '')}`) };
      versions.shift();
      return { body: { kind: 'ConfigMap', metadata: { ...metadata, resourceVersion }, data: { url: URL_IN_CLEAR } } };
    };
    const gate = pipeline({ rules, cluster });
    const { data } = (await gate.serve({ target })).json();
    const body = [{ op: 'replace', path: '/data/url', value: data.url }];
    const got = await gate.serve({ method: 'PATCH', target, headers: [JSON_PATCH], body });
    const patches = gate.sent.filter(({ method }) => method === 'PATCH').map((sent) => sent.body ?? '');
    expect(patches.map((text) => /10000000../.exec(text)?.[0])).toEqual(['1000000007', '1000000008']);
    expect(got.status).toBe(422);
    expect(got.json().message).toMatch(/^no good: version /);
    expect(got.body).not.toMatch(/10000000|hunter2/);
  });

  it('is given up after five', async () => {
    const { got, patches } = await contested(100);
    expect([got.status, patches.length]).toEqual([409, 5]);
  });

  it.each([
    ['before it was looked at, and not after', ['1000000006', '1000000007'], ['1000000007', '1000000008']],
    ['before its rehearsal too', ['1000000006', '1000000006', '1000000007'], ['1000000008']],
  ])('case 52: is made again where the object changed %s', async (_what, versions, expected) => {
    const target = '/apis/apps/v1/namespaces/shop/deployments/web';
    const rules = `${ALLOW_ALL}  - id: patterns
    effect: none
    match: {resources: [deployments.apps]}
    obligations: {mask: [{resource: deployments.apps, patterns: ["builtin:credentials"]}]}
  - {id: asked, effect: requireApproval, match: {actsAs: {any: true, strong: true}}, approval: {level: ownerConfirm}}
`;
    // The reads: the client's, that of the masks, and from then on what a look finds, which stays.
    const isOf = (body: string | null | undefined, version: string) => body?.includes(`"${version}"`) === true;
    const container = { name: 'web', image: 'a', env: [{ name: 'DB_URL', value: URL_IN_CLEAR }] };
    const deployment = (resourceVersion: string) => ({
      ...{ kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion } },
      spec: { template: { spec: { containers: [container] } } },
    });
    const cluster: Answering = ({ method, target: asked, body }) => {
      if (asked.includes('reviews')) return { status: 201, body: { status: { allowed: false } } };
      if (method === 'GET') return { body: deployment(versions.shift() ?? '1000000008') };
      const isRehearsal = asked.includes('dryRun');
      // What is rehearsed a moment earlier finds an older version.
      const isLate = isOf(body, '1000000006') || (!isRehearsal && isOf(body, '1000000007'));
      return isLate ? { status: 409, body: failure(409, 'no') } : { body: deployment('1000000008') };
    };
    const gate = pipeline({ rules, cluster });
    const { spec } = (await gate.serve({ target })).json();
    spec.template.spec.containers[0].image = 'b';
    const got = await gate.serve({ method: 'PATCH', target, headers: [MERGE], body: { spec } });
    expect(got.status, got.body).toBe(200);
    const writes = gate.sent.filter((sent) => sent.method === 'PATCH' && !sent.target.includes('dryRun'));
    expect(writes.map(({ body }) => /10000000../.exec(body ?? '')?.[0])).toEqual(expected);
  });

  it('a conflict about something else is passed on: the object is the one that was read', async () => {
    const gate = pipeline({
      rules: RULES,
      cluster: ({ method }) => (method === 'GET' ? { body: secret() } : { status: 409, body: failure(409, 'no') }),
    });
    const { data } = (await gate.serve({ target: SECRET_PATH })).json();
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [MERGE], body: { data } });
    expect(got.status).toBe(409);
    expect(gate.sent.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('is left to a client that named the version itself', async () => {
    const { got, patches } = await contested(2, 409, MERGE, { resourceVersion: '7' });
    expect([got.status, patches.length]).toEqual([409, 1]);
  });

  it('is refused where the mask stands for a value that is gone', async () => {
    let password = 'hunter2-and-more';
    const gate = pipeline({
      rules: RULES,
      cluster: ({ method }) => {
        if (method === 'GET') return { body: secret(password.length.toString(), password) };
        password = 'changed-meanwhile';
        return { status: 409, body: failure(409, 'no') };
      },
    });
    const { data } = (await gate.serve({ target: SECRET_PATH })).json();
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [MERGE], body: { data } });
    expect([got.status, gate.finished().at(-1)?.code]).toEqual([422, 'mask-written-back']);
    const writes = gate.sent.filter(({ method }) => method === 'PATCH');
    expect(writes.map(({ reply }) => reply.destroyed)).toEqual([true]);
  });
});
