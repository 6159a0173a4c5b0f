import { describe, expect, it } from 'vitest';
import { Looker, type Seen } from '../../../../proxy/evaluation/look/look.ts';
import type { UpstreamRequest } from '../../../../proxy/forward/upstream.ts';
import { APPLY, MERGE, parsed, read } from '../requests.ts';
import { type Answering, cluster, upstreamOf } from '../upstreams.ts';

const POD = '/api/v1/namespaces/shop/pods/p';
const object = (resourceVersion: string) => ({ metadata: { uid: 'u', resourceVersion } });

/** What is seen, and of what the API server was asked: `GET …`. */
async function look(
  line: string,
  header: string,
  rehearsal: boolean,
  answering: Answering = () => [200, object('7')],
  exact = true,
) {
  const asked: UpstreamRequest[] = [];
  const request = read(line, ...(header === '' ? [] : [header]));
  const hasBody = request.method !== 'GET' && request.upgrade === null;
  const subject = {
    ...{ cluster, request, signal: new AbortController().signal },
    ...{ body: hasBody ? Buffer.from('{}') : null, parsed: hasBody ? parsed({}) : null },
  };
  const seen = await new Looker(upstreamOf(answering, asked)).look(subject, { rehearsal, exact });
  return { seen, asked: asked.map(({ method, target }) => `${method} ${target}`).sort() };
}

function sightOf(seen: Seen) {
  if (seen.kind !== 'sight') throw new Error(`Nothing was seen: ${seen.kind}`);
  return seen.sight;
}

describe('what the API server is asked to look at a request', () => {
  it.each<[string, string, string, boolean, string[]]>([
    ['a patch', `PATCH ${POD}`, MERGE, true, [`GET ${POD}`, `PATCH ${POD}?dryRun=All`]],
    ['a patch whose result nobody needs', `PATCH ${POD}`, MERGE, false, [`GET ${POD}`]],
    ['a creation', 'POST /api/v1/namespaces/shop/pods', '', true, ['POST /api/v1/namespaces/shop/pods?dryRun=All']],
    ['a deletion, which leaves nothing to see', `DELETE ${POD}`, '', true, [`GET ${POD}`]],
    ['a way into a pod', `POST ${POD}/exec?command=id`, '', false, [`GET ${POD}`]],
    ['a read', `GET ${POD}`, '', true, [`GET ${POD}`]],
  ])('%s', async (_name, line, header, rehearsal, expected) => {
    expect((await look(line, header, rehearsal)).asked).toEqual([...expected].sort());
  });

  it('never a rehearsal of an exec, which would run', async () => {
    const upgrading = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
    const asked: UpstreamRequest[] = [];
    const request = read(`POST ${POD}/exec?command=id&stdout=1`, ...upgrading);
    const subject = { cluster, request, body: null, parsed: null, signal: new AbortController().signal };
    await new Looker(upstreamOf(() => [200, object('7')], asked)).look(subject, { rehearsal: true, exact: true });
    expect(asked.map(({ method, target }) => `${method} ${target}`)).toEqual([`GET ${POD}`]);
  });

  it('no role and no account before a reader wants to know', async () => {
    const binding = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/b';
    const answering: Answering = ({ target }) =>
      target.includes('rolebindings')
        ? [200, { ...object('7'), roleRef: { kind: 'Role', name: 'r' } }]
        : [200, { rules: ['the role'] }];
    const { seen, asked } = await look(`PUT ${binding}`, '', true, answering);
    expect(asked).toEqual([`GET ${binding}`, `PUT ${binding}?dryRun=All`]);
    expect(await sightOf(seen).boundRole()).toEqual({ rules: ['the role'] });
  });

  it.each<[string, string, boolean]>([
    ['a binding', 'POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings', true],
    ['a role', 'PATCH /apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/r', true],
    ['a look at roles', 'GET /apis/rbac.authorization.k8s.io/v1/clusterroles', false],
    ['a pod', `PATCH ${POD}`, false],
  ])('rights once for a while, until they are changed: %s', async (_name, line, isAnew) => {
    const asked: UpstreamRequest[] = [];
    const looker = new Looker(upstreamOf(() => [403, {}], asked));
    const subject = { cluster, body: null, parsed: null, signal: new AbortController().signal };
    const strength = async (): Promise<void> => {
      const seen = await looker.look({ ...subject, request: read(`GET ${POD}`) }, { rehearsal: false, exact: false });
      await sightOf(seen).strengthOf({ namespace: 'shop', name: 'ci' });
    };
    const lists = (): number => asked.filter(({ target }) => target.includes('/clusterrolebindings?')).length;
    await strength();
    await strength();
    expect(lists()).toBe(1);
    looker.sent(read(line), cluster);
    await strength();
    expect(lists()).toBe(isAnew ? 2 : 1);
  });
});

describe('what is seen', () => {
  it('is the object before and after, and what a write can be bound to', async () => {
    const answering: Answering = ({ method }) => [200, { ...object('7'), said: method }];
    const { seen } = await look(`PATCH ${POD}`, MERGE, true, answering);
    expect(sightOf(seen)).toMatchObject({
      live: 'read',
      before: { said: 'GET' },
      after: { said: 'PATCH' },
      base: { uid: 'u', resourceVersion: '7' },
    });
  });

  it.each<[number, string]>([
    [404, 'absent'],
    [403, 'unreadable'],
  ])('says of a read that gets %i that the object is %s', async (status, live) => {
    const answering: Answering = ({ method }) => (method === 'GET' ? [status, {}] : [201, object('1')]);
    const { seen } = await look(`PATCH ${POD}`, APPLY, true, answering);
    expect(sightOf(seen)).toMatchObject({ live, before: null, base: null, after: object('1') });
  });

  it('holds nothing of an object that was not asked about, or not rehearsed', async () => {
    const { seen } = await look('POST /api/v1/namespaces/shop/pods', '', false);
    expect(sightOf(seen)).toMatchObject({ live: 'not-asked', before: null, after: null, base: null });
  });

  it('is no result where a webhook takes no part in dry runs', async () => {
    const answering: Answering = ({ method }) =>
      method === 'GET' ? [200, object('7')] : [400, { message: 'admission webhook "w" does not support dry run' }];
    const { seen } = await look(`PATCH ${POD}`, MERGE, true, answering);
    expect(sightOf(seen)).toMatchObject({ live: 'read', after: null });
  });

  it('is that it changed meanwhile, where the two are not of one version', async () => {
    const answering: Answering = ({ method }) => [200, object(method === 'GET' ? '7' : '8')];
    expect((await look(`PATCH ${POD}`, MERGE, true, answering)).seen).toEqual({ kind: 'changed-meanwhile' });
  });

  it('is both, where it does not matter that they are of two versions', async () => {
    const answering: Answering = ({ method }) => [200, object(method === 'GET' ? '7' : '8')];
    const { seen } = await look(`PATCH ${POD}`, MERGE, true, answering, false);
    expect(sightOf(seen)).toMatchObject({ before: object('7'), after: object('8') });
  });

  it.each<[string, string, string, Answering]>([
    ['a rehearsal', 'PATCH', MERGE, ({ method }) => (method === 'GET' ? [200, object('7')] : [422, {}])],
    [
      'a rehearsal by another 400',
      'PATCH',
      MERGE,
      ({ method }) => (method === 'GET' ? [200, object('7')] : [400, { message: 'no such field' }]),
    ],
    ['the deletion of what is not there', 'DELETE', '', () => [404, {}]],
  ])('is the refusal of %s', async (_name, method, header, answering) => {
    const { seen } = await look(`${method} ${POD}`, header, true, answering);
    expect(seen).toMatchObject({ kind: 'refused' });
  });

  it.each(['POST', 'GET'])('case 53: is the refusal of a way into a pod that is not there, by %s', async (method) => {
    const { seen } = await look(`${method} ${POD}/exec?command=id`, '', false, () => [404, {}]);
    expect(seen).toMatchObject({ kind: 'refused' });
  });
});
