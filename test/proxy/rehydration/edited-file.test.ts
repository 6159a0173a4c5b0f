import { describe, expect, it } from 'vitest';
import { clusterOf, type Loose, masked, refused, written } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/configmaps/web';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const RULES = [
  { resource: '*', fields: [], keep: [], annotations: [], patterns: ['builtin:credentials'], as: 'token' as const },
];
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\n';

const FILE = 'size=1\ndb.password=hunter2\ncolour=blue\n[other]\npassword=an0ther\n';
const ENTRIES = 'env:\n- name: DB_PASSWORD\n  value: hunter2\n';
const live = {
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'team-a', resourceVersion: '5', uid: 'u' },
  data: { 'app.properties': FILE, 'pod.yaml': ENTRIES, key: `a=1\n${PEM}password=x1\n`, DB_PASSWORD: 'hunter2' },
};
const cluster = () => clusterOf({ [PATH]: live }, RULES, PATH);
const shown: Loose = masked(live, PATH, RULES);
const edited = (key: string, change: (text: string) => string) => ({
  method: 'PATCH' as const,
  target: PATH,
  contentType: 'application/merge-patch+json',
  body: { data: { [key]: change(shown.data[key]) } },
});
const replaced = (key: string, from: string, to: string) => edited(key, (text) => text.replace(from, to));

describe('case 60: a file of a ConfigMap with masks, edited', () => {
  it('is shown with masks', () => {
    expect(shown.data['app.properties']).toMatch(/^size=1\ndb\.password=gatehouse-masked\S+\ncolour=blue\n/);
  });

  it.each<[string, (text: string) => string, string]>([
    ['nothing changed', (text) => text, FILE],
    ['another line changed', (text) => text.replace('blue', 'red'), FILE.replace('blue', 'red')],
    ['a line put before', (text) => `first=1\n${text}`, `first=1\n${FILE}`],
    [
      'a masked line taken out',
      (text) => text.replace(/db\.password=\S+\n/, ''),
      FILE.replace(/db\.password=\S+\n/, ''),
    ],
    [
      'a masked line given a new value',
      (text) => text.replace(/db\.password=\S+/, 'db.password=n3w'),
      FILE.replace('hunter2', 'n3w'),
    ],
    ['a credential put beside', (text) => `${text}api.token=n3w\n`, `${FILE}api.token=n3w\n`],
  ])('gets its values back: %s', async (_, change, expected) => {
    const sent = await written(edited('app.properties', change), cluster());
    expect(sent.data['app.properties']).toBe(expected);
    expect(sent.metadata.resourceVersion).toBe('5');
  });

  it('whole, by kubectl replace, and by apply with the copy that it keeps', async () => {
    const body = structuredClone(shown);
    body.data['app.properties'] = body.data['app.properties'].replace('blue', 'red');
    body.metadata.annotations = { [LAST_APPLIED]: JSON.stringify({ kind: 'ConfigMap', data: body.data }) };
    const sent = await written({ method: 'PUT', target: PATH, body }, cluster());
    expect(sent.data).toEqual({ ...live.data, 'app.properties': FILE.replace('blue', 'red') });
    expect(JSON.parse(sent.metadata.annotations[LAST_APPLIED]).data).toEqual(sent.data);
  });

  it.each<[string, Loose]>([
    ['the name before a mask', replaced('app.properties', 'db.password', 'db.color')],
    [
      'the name before a mask, of which nothing stays',
      edited('app.properties', (text) => text.replace('password=', '')),
    ],
    ['what stands behind a mask', edited('app.properties', (text) => text.replace(/(db\.password=\S+)/, '$1 # x'))],
    [
      'what stands before it in its line',
      edited('app.properties', (text) => text.replace('db.password', ' db.password')),
    ],
    ['the line that a mask hangs on', replaced('pod.yaml', 'DB_PASSWORD', 'COLOR')],
    ['a mask put into another file', { ...edited('pod.yaml', () => shown.data['app.properties']) }],
    ['a mask put under another key', { ...edited('other', () => shown.data['app.properties']) }],
    ['a file with a value of several lines', replaced('key', 'a=1', 'a=2')],
    ['two lines made one', edited('app.properties', (text) => text.replace('\ncolour', ' colour'))],
  ])('%s changed: refused', async (_, request) => {
    const found = await refused(request, cluster());
    expect(found).toMatchObject({ code: 'mask-written-back', status: 422 });
    expect(JSON.stringify([found.message, found.details])).not.toContain('hunter2');
  });

  it('a copy that says otherwise than the object: refused', async () => {
    const body = structuredClone(shown);
    const copy = { data: { 'pod.yaml': shown.data['pod.yaml'].replace('DB_PASSWORD', 'COLOR') } };
    body.metadata.annotations = { [LAST_APPLIED]: JSON.stringify(copy) };
    expect(await refused({ method: 'PUT', target: PATH, body }, cluster())).toMatchObject({
      code: 'mask-written-back',
    });
  });

  it('of no other kind: a line of a script is not put back alone', async () => {
    const target = '/apis/apps/v1/namespaces/team-a/deployments/web';
    const workload = (script: string) => ({
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'team-a', resourceVersion: '5' },
      spec: { template: { spec: { containers: [{ name: 'a', args: [script] }] } } },
    });
    const script = 'a=1\nexport PASSWORD=hunter2\nrun\n';
    const seen = masked(workload(script), target, RULES).spec.template.spec.containers[0].args[0] as string;
    expect(seen).toContain('gatehouse-masked');
    const body = workload(seen.replace('run', 'env'));
    const everything = clusterOf({ [target]: workload(script) }, RULES, target);
    expect(await refused({ method: 'PUT', target, body }, everything)).toMatchObject({ code: 'mask-written-back' });
  });
});
