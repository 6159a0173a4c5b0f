import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoFixture } from './demo-fixture.ts';

// Expected answers are those of kube-apiserver 1.36.3 to the same requests.

let demo: DemoFixture;
beforeAll(async () => {
  demo = await DemoFixture.start();
  await demo.sendJson('POST', '/api/v1/namespaces', { metadata: { name: 'ssa' } });
});
afterAll(() => demo.stop());

const maps = '/api/v1/namespaces/ssa/configmaps';
const deployments = '/apis/apps/v1/namespaces/ssa/deployments';
const applyType = 'application/apply-patch+yaml';
const mergeType = 'application/merge-patch+json';

function configMap(name: string, rest: object) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...rest };
}

const apply = (target: string, manager: string, value: unknown, query = '') =>
  demo.sendJson('PATCH', `${target}?fieldManager=${manager}${query}`, value, applyType);
const applyMap = (name: string, manager: string, rest: object, query = '') =>
  apply(`${maps}/${name}`, manager, configMap(name, rest), query);

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: object;
}

/** Managers and their fields, without times. */
const managersOf = (object: { metadata: { managedFields?: Entry[] } }) =>
  (object.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.operation, entry.fieldsV1]);

describe('server-side apply', () => {
  it('creates what is not there, and changes what is', async () => {
    const created = await applyMap('made', 'one', { data: { k: '1', z: '2' } });
    expect([created.status, created.json.data]).toEqual([201, { k: '1', z: '2' }]);
    expect(managersOf(created.json)).toEqual([['one', 'Apply', { 'f:data': { 'f:k': {}, 'f:z': {} } }]]);
    const changed = await applyMap('made', 'one', { data: { k: '2', z: '2' } });
    expect([changed.status, changed.json.data]).toEqual([200, { k: '2', z: '2' }]);
  });

  it('reads YAML', async () => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata:\n  k: "1"\n';
    const headers = { 'Content-Type': applyType };
    const answer = await demo.send('PATCH', `${maps}/yaml?fieldManager=one`, { headers, body });
    expect([answer.status, answer.json.data]).toEqual([201, { k: '1' }]);
  });

  it('removes what its manager no longer applies, unless another owns it too', async () => {
    await applyMap('shared', 'one', { data: { both: '1', mine: '1' } });
    await applyMap('shared', 'two', { data: { both: '1' } });
    const { json } = await applyMap('shared', 'one', {});
    expect(json.data).toEqual({ both: '1' });
    expect(managersOf(json)).toEqual([['two', 'Apply', { 'f:data': { 'f:both': {} } }]]);
  });

  it('changes nothing when the same is applied again', async () => {
    const first = await applyMap('again', 'one', { data: { k: '1' } });
    const second = await applyMap('again', 'one', { data: { k: '1' } });
    expect(second.json).toEqual(first.json);
  });

  it('changes nothing in a dry run', async () => {
    expect((await applyMap('dry', 'one', { data: {} }, '&dryRun=All')).status).toBe(201);
    expect((await demo.send('GET', `${maps}/dry`)).status).toBe(404);
  });

  it('refuses a stale resourceVersion', async () => {
    await applyMap('stale', 'one', { data: { k: '1' } });
    const answer = await applyMap('stale', 'one', { metadata: { name: 'stale', resourceVersion: '1' } });
    expect([answer.status, answer.json.reason]).toEqual([409, 'Conflict']);
  });

  it('lets one who may patch but not create change what is there, and create nothing', async () => {
    await demo.sendJson('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/ssa/roles', {
      metadata: { name: 'patcher' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }],
    });
    await demo.sendJson('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/ssa/rolebindings', {
      metadata: { name: 'patcher' },
      roleRef: { kind: 'Role', name: 'patcher' },
      subjects: [{ kind: 'User', name: 'pat' }],
    });
    const headers = { 'Impersonate-User': 'pat', 'Content-Type': applyType };
    const send = (name: string) =>
      demo.send('PATCH', `${maps}/${name}?fieldManager=p`, { headers, body: JSON.stringify(configMap(name, {})) });
    await applyMap('there', 'one', {});
    expect((await send('there')).status).toBe(200);
    const refused = await send('absent');
    expect([refused.status, refused.json.message]).toEqual([
      403,
      'configmaps "absent" is forbidden: User "pat" cannot create resource "configmaps" in API group "" in the namespace "ssa"',
    ]);
  });
});

describe('conflicts', () => {
  it('with one field of one manager are told in one line', async () => {
    await applyMap('c1', 'one', { data: { k: '1' } });
    const { status, json } = await applyMap('c1', 'two', { data: { k: '2' } });
    expect([status, json.reason, json.message]).toEqual([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "one": .data.k',
    ]);
    expect(json.details.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.k' },
    ]);
  });

  it('with several are listed by manager; one that did not apply is named with the version it used', async () => {
    await demo.sendJson('POST', `${maps}?fieldManager=updater`, { metadata: { name: 'c2' }, data: { k: '1', n: '1' } });
    const { json } = await applyMap('c2', 'two', { data: { k: '2', n: '2' } });
    expect(json.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "updater" using v1:\n- .data.k\n- .data.n',
    );
  });

  it('are no conflicts when the value is the same, and are overcome by force', async () => {
    await applyMap('c3', 'one', { data: { k: '1' } });
    expect((await applyMap('c3', 'two', { data: { k: '1' } })).status).toBe(200);
    const forced = await applyMap('c3', 'three', { data: { k: '3' } }, '&force=true');
    expect([forced.json.data, managersOf(forced.json).map(([manager]) => manager)]).toEqual([{ k: '3' }, ['three']]);
  });

  it('name items of lists by their keys', async () => {
    await demo.sendJson('POST', `${deployments}?fieldManager=maker`, {
      metadata: { name: 'w' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i:1', env: [{ name: 'E', value: 'v' }], args: ['x'] }] },
        },
      },
    });
    const spec = { containers: [{ name: 'c', image: 'i:2', env: [{ name: 'E', value: 'z' }], args: ['p'] }] };
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'w' }, spec: { template: { spec } } };
    const { json } = await apply(`${deployments}/w`, 'app', body);
    expect(json.details.causes.map((cause: { field: string }) => cause.field)).toEqual([
      '.spec.template.spec.containers[name="c"].args',
      '.spec.template.spec.containers[name="c"].image',
      '.spec.template.spec.containers[name="c"].env[name="E"].value',
    ]);
  });
});

describe('lists', () => {
  const body = (spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'lists' },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } },
  });
  const containersOf = (json: { spec: { template: { spec: { containers: { name: string }[] } } } }) =>
    json.spec.template.spec.containers;

  it('of objects with keys merge item by item; an item that its manager drops goes, defaults and all', async () => {
    const target = `${deployments}/lists`;
    await apply(target, 'one', body({ containers: [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] }] }));
    const added = await apply(target, 'two', body({ containers: [{ name: 'b', image: 'b:1' }] }));
    expect(containersOf(added.json).map((container) => container.name)).toEqual(['a', 'b']);
    const own = added.json.metadata.managedFields.find((entry: Entry) => entry.manager === 'one');
    expect(own.fieldsV1['f:spec']['f:template']['f:spec']).toEqual({
      'f:containers': {
        'k:{"name":"a"}': {
          '.': {},
          'f:image': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
        },
      },
    });
    const dropped = await apply(target, 'two', body({}));
    expect(containersOf(dropped.json).map((container) => container.name)).toEqual(['a']);
  });

  it('without keys are replaced whole', async () => {
    const tolerations = (...keys: string[]) => ({
      containers: [{ name: 'a', image: 'a:1' }],
      tolerations: keys.map((key) => ({ key })),
    });
    const target = `${deployments}/lists`;
    await apply(target, 'one', body(tolerations('x', 'y')));
    const { json } = await apply(target, 'one', body(tolerations('z')));
    expect(json.spec.template.spec.tolerations).toEqual([{ key: 'z' }]);
  });
});

describe('other writes', () => {
  it('are noted by field manager or user agent, with the fields they changed', async () => {
    await demo.sendJson('POST', maps, { metadata: { name: 'noted', labels: { a: 'b' } }, data: { k: '1' } });
    const { json } = await demo.sendJson('PATCH', `${maps}/noted?fieldManager=second`, { data: { k: '2' } }, mergeType);
    // Listed by time, in seconds: the two writes may fall into one.
    expect(managersOf(json).sort(([left], [right]) => (String(left) < String(right) ? -1 : 1))).toEqual([
      ['second', 'Update', { 'f:data': { 'f:k': {} } }],
      ['test', 'Update', { 'f:data': {}, 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } }],
    ]);
  });

  it('may set the managers themselves; after a reset the next apply finds a manager for what stood', async () => {
    await demo.sendJson('POST', maps, { metadata: { name: 'reset' }, data: { k: '1' } });
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }];
    const reset = await demo.sendJson('PATCH', `${maps}/reset`, patch, 'application/json-patch+json');
    expect(managersOf(reset.json)).toEqual([]);
    const { json } = await applyMap('reset', 'one', { data: { l: '1' } });
    expect(managersOf(json)).toEqual([
      ['one', 'Apply', { 'f:data': { 'f:l': {} } }],
      ['before-first-apply', 'Update', { 'f:data': { '.': {}, 'f:k': {} } }],
    ]);
  });
});

describe('an apply that cannot be read', () => {
  const invalidOptions = 'PatchOptions.meta.k8s.io "" is invalid';
  it.each<[string, string, unknown, number, string]>([
    [
      'no field manager',
      '',
      configMap('x', {}),
      422,
      `${invalidOptions}: fieldManager: Required value: is required for apply patch`,
    ],
    [
      'another kind',
      '?fieldManager=f',
      { apiVersion: 'v1', kind: 'Secret' },
      400,
      'invalid object type: /v1, Kind=Secret',
    ],
    ['no kind', '?fieldManager=f', {}, 400, 'invalid object type: /, Kind='],
    [
      'another name',
      '?fieldManager=f',
      configMap('y', {}),
      400,
      'the name of the object (y) does not match the name on the URL (x)',
    ],
    [
      'managed fields',
      '?fieldManager=f',
      { ...configMap('x', {}), metadata: { name: 'x', managedFields: [] } },
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'an unknown field',
      '?fieldManager=f',
      configMap('x', { dota: {} }),
      500,
      'failed to create typed patch object (/x; /v1, Kind=ConfigMap): .dota: field not declared in schema',
    ],
    [
      'a wrong type',
      '?fieldManager=f',
      configMap('x', { data: { k: 5 } }),
      500,
      'failed to create typed patch object (/x; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:5}',
    ],
  ])('for %s', async (_title, query, body, status, message) => {
    const answer = await demo.sendJson('PATCH', `${maps}/x${query}`, body, applyType);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
    expect((await demo.send('GET', `${maps}/x`)).status).toBe(404);
  });

  it('because force is asked of another patch', async () => {
    const answer = await demo.sendJson('PATCH', `${maps}/kube-root-ca.crt?force=true`, {}, mergeType);
    expect(answer.json.message).toBe(`${invalidOptions}: force: Forbidden: may not be specified for non-apply patch`);
  });
});
