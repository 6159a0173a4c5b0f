import { describe, expect, it } from 'vitest';
import { clusterOf, type Loose, masked, refused, written } from './bodies.ts';

const CRON = '/apis/batch/v1/namespaces/team-a/cronjobs/nightly';
const JOBS = '/apis/batch/v1/namespaces/team-a/jobs';
const credentials = [{ resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] }];
const container = {
  name: 'c',
  image: 'tool',
  args: ['--password', 'orange'],
  env: [{ name: 'DB_PASSWORD', value: 'orange' }],
  resources: {},
};
const cronJob = {
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: 'team-a', uid: 'u1' },
  spec: { jobTemplate: { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } } },
};
const objects = () => clusterOf({ [CRON]: cronJob }, credentials, JOBS);
const job = (change: (pod: Loose) => void) => {
  const { spec } = masked(cronJob, CRON, credentials).spec.jobTemplate;
  change(spec.template.spec);
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'u1' }];
  const body = { kind: 'Job', metadata: { name: 'now', ownerReferences }, spec };
  return { method: 'POST', target: JOBS, body } as const;
};

describe('case 37: a Job gets the values of the CronJob that it is made from', () => {
  it('those in its arguments too, and empty fields make no difference', async () => {
    const sent = await written(
      job((pod) => {
        delete pod.containers[0].resources;
        pod.hostNetwork = false;
      }),
      objects(),
    );
    expect(sent.spec.template.spec.containers[0]).toMatchObject({ args: container.args, env: container.env });
  });

  it.each<[string, (pod: Loose) => void]>([
    ['another command', (pod) => Object.assign(pod.containers[0], { command: ['env'] })],
    ['a probe', (pod) => Object.assign(pod.containers[0], { readinessProbe: { exec: { command: ['env'] } } })],
    ['a variable for the loader', (pod) => pod.containers[0].env.push({ name: 'LD_PRELOAD', value: '/x.so' })],
    ['a volume over the program', (pod) => Object.assign(pod.containers[0], { volumeMounts: [{ mountPath: '/bin' }] })],
    [
      'a neighbour that sees its processes',
      (pod) => {
        pod.containers.push({ name: 'n', image: 'x' });
        pod.shareProcessNamespace = true;
      },
    ],
  ])('but not with %s', async (_, change) => {
    expect(await refused(job(change), objects())).toMatchObject({ code: 'mask-written-back' });
  });
});

describe('case 37: a CronJob gives its values to a Job that it owns, and to no other', () => {
  const of = (change: Loose): Loose => {
    const { body, ...rest } = job(() => undefined);
    const ownerReferences = [{ ...body.metadata.ownerReferences[0], ...change }];
    return { ...rest, body: { ...body, metadata: { ...body.metadata, ownerReferences } } };
  };

  it.each<[string, Loose]>([
    ['another uid, as of one that was made anew', { uid: 'u2' }],
    ['no uid', { uid: '' }],
    ['another kind', { kind: 'Job' }],
    ['another name', { name: 'hourly' }],
  ])('an owner of %s: refused', async (_, change) => {
    const twin = { ...cronJob, metadata: { ...cronJob.metadata, name: 'hourly', uid: 'u9' } };
    const both = clusterOf({ [CRON]: cronJob, [CRON.replace('nightly', 'hourly')]: twin }, credentials, JOBS);
    expect(await refused(of(change), both)).toMatchObject({ code: 'mask-written-back' });
    expect((await written(of({}), both)).spec.template.spec.containers[0]).toMatchObject({ args: container.args });
  });

  it('nor where the CronJob has no uid to be owned by', async () => {
    const nameless = { ...cronJob, metadata: { name: 'nightly', namespace: 'team-a' } };
    const found = await refused(of({ uid: '' }), clusterOf({ [CRON]: nameless }, credentials, JOBS));
    expect(found).toMatchObject({ code: 'mask-written-back' });
  });
});

/** `kubectl rollout undo` writes the template of an older revision into the workload. */
describe.each([
  ['deployments', 'replicasets', (spec: object) => ({ spec })],
  ['statefulsets', 'controllerrevisions', (spec: object) => ({ data: { spec } })],
  ['daemonsets', 'controllerrevisions', (spec: object) => ({ data: { spec } })],
])('case 37: an older revision of %s gives its values back', (workloads, revisions, inRevision) => {
  const APPS = '/apis/apps/v1/namespaces/team-a';
  const target = `${APPS}/${workloads}/web`;
  const selector = `labelSelector=${encodeURIComponent('app=web')}`;
  const template = (password: string) => ({
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'tool', env: [{ name: 'DB_PASSWORD', value: password }] }] },
  });
  const workload = {
    metadata: { name: 'web', namespace: 'team-a', uid: 'w1', resourceVersion: '3' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: template('banana') },
  };
  const owned = (ownerReferences: Loose) => ({
    metadata: { name: 'web-1', namespace: 'team-a', ...(ownerReferences === null ? {} : { ownerReferences }) },
    ...inRevision({ template: template('orange') }),
  });
  const undo = (ownerReferences: Loose) => {
    const list = { items: [owned(ownerReferences)] };
    const path = `${APPS}/${revisions}?${selector}`;
    const shown = masked(list, path, credentials).items[0];
    const spec = shown.data?.spec ?? shown.spec;
    const objects = clusterOf({ [target]: workload, [path]: list }, credentials, target);
    const contentType = 'application/strategic-merge-patch+json';
    return [{ method: 'PATCH', target, contentType, body: { spec } }, objects] as const;
  };

  it('where the workload owns it', async () => {
    const owners = [
      { kind: 'Other', name: 'x', uid: 'x' },
      { kind: 'Any', name: 'web', uid: 'w1' },
    ];
    const sent = await written(...undo(owners));
    expect(sent.spec.template.spec.containers[0].env).toEqual([{ name: 'DB_PASSWORD', value: 'orange' }]);
    expect(sent.metadata.resourceVersion).toBe('3');
  });

  it.each<[string, Loose]>([
    ['another workload of the same labels owns it', [{ kind: 'Any', name: 'web', uid: 'w2' }]],
    ['one of the same name without uid owns it', [{ kind: 'Any', name: 'web' }]],
    ['nobody owns it', null],
    ['its owners are no list', { uid: 'w1' }],
  ])('and not where %s', async (_, owners) => {
    expect(await refused(...undo(owners))).toMatchObject({ code: 'mask-written-back' });
  });
});
