import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { clusterOf, type Loose, masked, refused, write, written } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/secrets/db';
const WIDGET = '/apis/example.com/v1/namespaces/team-a/widgets/w';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const SECRET = {
  kind: 'Secret',
  metadata: {
    name: 'db',
    namespace: 'team-a',
    resourceVersion: '7',
    labels: { app: 'db' },
    annotations: { [LAST_APPLIED]: `{"stringData":{"password":"hunter2"}}\n` },
  },
  data: { password: base64('hunter2') },
  type: 'Opaque',
};
const widgets: MaskObligation[] = [
  { resource: 'widgets.example.com', fields: ['credentials.*'], annotations: [LAST_APPLIED], keep: [] },
];
const CUSTOM = {
  kind: 'Widget',
  metadata: {
    name: 'w',
    namespace: 'team-a',
    resourceVersion: '3',
    annotations: { [LAST_APPLIED]: '{"credentials":{"key":"k3y-value"}}\n' },
  },
  credentials: { key: 'k3y-value' },
  spec: {
    size: 'small',
    list: [
      { name: 'a', v: '1' },
      { name: 'b', v: '2' },
    ],
  },
};

const DEPLOYMENT = '/apis/apps/v1/namespaces/team-a/deployments/web';
const credentials: MaskObligation[] = [
  { resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] },
];
const web = {
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'team-a', resourceVersion: '4', uid: 'u4' },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'side' },
          {
            name: 'web',
            args: ['serve', '--password', 'hunter2', '--verbose'],
            env: [
              { name: 'A', value: 'a' },
              { name: 'DB_PASSWORD', value: 'hunter2' },
            ],
          },
        ],
      },
    },
  },
};
const workload = clusterOf({ [DEPLOYMENT]: web }, credentials, DEPLOYMENT);

const patchOf = (target: string, operations: unknown[]) =>
  ({ method: 'PATCH', target, contentType: 'application/json-patch+json', body: operations }) as const;
const secret = clusterOf({ [PATH]: SECRET });
const custom = clusterOf({ [WIDGET]: CUSTOM }, widgets);
const token = masked(SECRET, PATH).data.password as string;

describe('a JSON Patch of a Secret reads nothing', () => {
  it.each<[string, Loose]>([
    ['copy', { op: 'copy', from: '/data/password', path: '/metadata/annotations/x' }],
    ['copy of what is no value', { op: 'copy', from: '/metadata/name', path: '/metadata/annotations/x' }],
    ['move', { op: 'move', from: '/data/password', path: '/metadata/annotations/x' }],
    [
      'move of last-applied',
      { op: 'move', from: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`, path: '/metadata/annotations/x' },
    ],
    ['test of a guess', { op: 'test', path: '/data/password', value: base64('hunter2') }],
    ['test of a stale mask', { op: 'test', path: '/data/password', value: `${token.slice(0, -4)}AAA=` }],
    ['test of the whole object', { op: 'test', path: '', value: {} }],
    [
      'test of last-applied',
      { op: 'test', path: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`, value: 'x' },
    ],
    ['test of the type', { op: 'test', path: '/type', value: 'Opaque' }],
    ['an operation that is none', { path: '/data/x' }],
    ['an operation that is no object', 'copy'],
  ])('%s is refused', async (_, operation) => {
    const add = { op: 'add', path: '/metadata/labels/a', value: 'b' };
    expect(await refused(patchOf(PATH, [add, operation]), secret)).toMatchObject({
      code: 'patch-reads-secret',
      status: 403,
      details: { name: 'db' },
    });
  });

  it('a test by the very mask of the field is made with the value', async () => {
    const sent = await written(patchOf(PATH, [{ op: 'test', path: '/data/password', value: token }]), secret);
    expect(sent).toEqual([
      { op: 'test', path: '/data/password', value: SECRET.data.password },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('add, replace, remove and the tests that guard against a race are let through as they are', async () => {
    const operations = [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'test', path: '/metadata/uid', value: 'u' },
      { op: 'replace', path: '/data/password', value: 'bmV3' },
      { op: 'remove', path: '/data/old' },
      { op: 'add', path: '/data/new', value: 'bmV3' },
    ];
    expect(await write(patchOf(PATH, operations), secret)).toBeNull();
  });

  it('one that is no list is refused', async () => {
    const body = { op: 'copy' };
    expect(await refused({ ...patchOf(PATH, []), body }, secret)).toMatchObject({ code: 'body-not-readable' });
  });

  it('of an object that does not exist yet, it may only find none', async () => {
    const test = { op: 'test', path: '/metadata/labels/a', value: 'b' };
    expect(await written(patchOf(PATH, [test]), clusterOf({}))).toEqual([
      test,
      { op: 'test', path: '/metadata/resourceVersion', value: '0' },
    ]);
  });
});

describe('a JSON Patch of any object that policy masks reads no masked value', () => {
  it.each<[string, Loose[]]>([
    ['copy', [{ op: 'copy', from: '/credentials/key', path: '/spec/size' }]],
    ['copy of what holds it', [{ op: 'copy', from: '/credentials', path: '/spec/size' }]],
    ['copy of everything', [{ op: 'copy', from: '', path: '/spec/size' }]],
    ['move', [{ op: 'move', from: '/credentials/key', path: '/spec/size' }]],
    [
      'copy of last-applied',
      [{ op: 'copy', from: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`, path: '/spec/size' }],
    ],
    ['copy of all annotations', [{ op: 'copy', from: '/metadata/annotations', path: '/spec/size' }]],
    ['test of a guess', [{ op: 'test', path: '/credentials/key', value: 'k3y-value' }]],
    ['test of what holds it', [{ op: 'test', path: '/credentials', value: { key: 'k3y-value' } }]],
  ])('%s is refused', async (_, operations) => {
    expect(await refused(patchOf(WIDGET, operations), custom)).toMatchObject({ code: 'patch-reads-secret' });
  });

  it.each(['-1', '+1', '01'])('case 37: the place %s in a list is read as the API server reads it', async (place) => {
    const from = `/spec/template/spec/containers/${place}/env/${place}/value`;
    for (const operation of [
      { op: 'copy', from, path: '/metadata/annotations/x' },
      { op: 'move', from, path: '/metadata/annotations/x' },
      { op: 'test', path: from, value: 'hunter2' },
    ]) {
      expect(await refused(patchOf(DEPLOYMENT, [operation]), workload)).toMatchObject({ code: 'patch-reads-secret' });
    }
  });

  it('case 37: what one operation puts back, another does not read', async () => {
    const shown = masked(web, DEPLOYMENT, credentials);
    const applied = { op: 'add', path: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}` };
    const value = JSON.stringify({ spec: shown.spec });
    for (const read of [
      { op: 'copy', from: applied.path, path: '/metadata/annotations/x' },
      { op: 'test', path: applied.path, value: JSON.stringify({ spec: web.spec }) },
    ]) {
      const operations = [{ ...applied, value }, read];
      expect(await refused(patchOf(DEPLOYMENT, operations), workload)).toMatchObject({ code: 'patch-reads-secret' });
    }
  });

  const container = '/spec/template/spec/containers/1';
  it.each<[string, Loose[]]>([
    ['the name of a variable', [{ op: 'replace', path: `${container}/env/1/name`, value: 'COLOR' }]],
    ['the name, to be a number', [{ op: 'replace', path: `${container}/env/1/name`, value: 1 }]],
    ['the name, moved away', [{ op: 'move', from: `${container}/env/1/name`, path: '/metadata/annotations/x' }]],
    ['the name, by a place counted from the end', [{ op: 'replace', path: `${container}/env/-1/name`, value: 'X' }]],
    ['the flag before a word', [{ op: 'remove', path: `${container}/args/1` }]],
    ['another flag', [{ op: 'replace', path: `${container}/args/1`, value: '--color' }]],
    ['a word between them', [{ op: 'add', path: `${container}/args/2`, value: 'x' }]],
    [
      'the flag, found anew',
      [
        { op: 'remove', path: `${container}/args/0` },
        { op: 'remove', path: `${container}/args/0` },
      ],
    ],
  ])('case 37: what a value is masked by stays: %s', async (_, operations) => {
    expect(await refused(patchOf(DEPLOYMENT, operations), workload)).toMatchObject({ code: 'patch-reads-secret' });
  });

  it.each<[string, Loose[]]>([
    ['a word before the flag', [{ op: 'add', path: `${container}/args/1`, value: '--more' }]],
    ['a flag that stands before no mask', [{ op: 'replace', path: `${container}/args/3`, value: '--quiet' }]],
    ['another variable', [{ op: 'replace', path: `${container}/env/0/name`, value: 'B' }]],
  ])('other entries of the same lists may change: %s', async (_, operations) => {
    const sent = await written(patchOf(DEPLOYMENT, operations), workload);
    expect(sent.slice(0, -1)).toEqual(operations);
  });

  it('elsewhere it may read, and is bound to the object that was looked at', async () => {
    const operations = [
      { op: 'test', path: '/spec/size', value: 'small' },
      { op: 'copy', from: '/spec/size', path: '/spec/old' },
    ];
    expect(await written(patchOf(WIDGET, operations), custom)).toEqual([
      ...operations,
      { op: 'replace', path: '/metadata/resourceVersion', value: '3' },
    ]);
  });

  it.each(['', '3', '4'])('case 37: bound to it whatever version the client names itself: "%s"', async (value) => {
    const own = { op: 'replace', path: '/metadata/resourceVersion', value };
    const operations = [{ op: 'copy', from: '/spec/size', path: '/spec/old' }, own];
    const sent = await write(patchOf(WIDGET, operations), custom);
    expect(JSON.parse(String(sent?.body))).toEqual([...operations, { ...own, value: '3' }]);
    // A conflict is then the client's to hear of.
    expect(sent?.pinnedTo).toBeNull();
  });

  it('where nothing of the resource is masked, the cluster is not even asked', async () => {
    const objects = clusterOf({});
    const operations = [{ op: 'test', path: '/credentials/key', value: 'k3y-value' }];
    expect(await write(patchOf(WIDGET, operations), objects, { isMasked: false })).toBeNull();
    expect(objects.reads).toEqual([]);
  });
});
