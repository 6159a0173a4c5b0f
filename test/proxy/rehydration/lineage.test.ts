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
