import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BUILT_IN_RESOURCES, writtenResource } from '../../proxy/resources/built-in-resources.ts';
import { verbsOf } from '../../proxy/resources/resource-verbs.ts';
import { commandLine, refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { kubectlPath, run } from '../gateway/environment/command.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

const EVERYTHING_ON = ['--runtime-config=api/all=true', '--feature-gates=AllAlpha=true,AllBeta=true'];

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly singularName: string;
}

const policy = (rules: string) => `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: p}
spec:
  rules:
  - {id: all, effect: allow, match: {}}
${rules}`;
const noDeletes = (match: string) => `  - {id: no-deletes, effect: deny, match: {verbs: [delete], ${match}}}\n`;

describe.skipIf(controlPlanePrograms === null)('a real API server, and rules that match nothing', () => {
  let controlPlane: ControlPlane;
  let kubeconfig: string;
  const directly = (...args: string[]) => run(kubectlPath, args, { kubeconfig: controlPlane.adminKubeconfig });

  beforeAll(async () => {
    await refreshCommandLine();
    controlPlane = await startControlPlane(EVERYTHING_ON);
    kubeconfig = await controlPlane.kubeconfigFor('gateway', ['system:masters']);
  });
  afterAll(() => controlPlane?.close());

  it('serves what the table of built-in resources has, and nothing else', async () => {
    const raw = async <T>(path: string): Promise<T> => {
      const { stdout, stderr } = await directly('get', '--raw', path);
      expect(stderr).toBe('');
      return JSON.parse(stdout) as T;
    };
    const { groups } = await raw<{ groups: ReadonlyArray<{ versions: ReadonlyArray<{ groupVersion: string }> }> }>(
      '/apis',
    );
    const versions = groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion));
    const served = new Map<string, Omit<Discovered, 'name' | 'singularName'>>();
    for (const version of ['v1', ...versions]) {
      const group = version.includes('/') ? (version.split('/')[0] ?? '') : '';
      const path = group === '' ? `/api/${version}` : `/apis/${version}`;
      for (const one of (await raw<{ resources: readonly Discovered[] }>(path)).resources) {
        const { name, kind, namespaced, verbs, shortNames = [] } = one;
        served.set(`${group}/${name}`, { kind, namespaced, verbs, shortNames });
      }
    }
    const known = new Map(
      BUILT_IN_RESOURCES.flatMap(({ group, resource, kind, namespaced, shortNames, subresources }) => [
        [`${group}/${resource}`, { kind, namespaced, shortNames }] as const,
        ...subresources.map((one) => [`${group}/${resource}/${one}`, { namespaced }] as const),
      ]),
    );
    expect([...known.keys()].toSorted()).toEqual([...served.keys()].toSorted());
    for (const [name, what] of known) expect({ name, ...served.get(name) }).toMatchObject({ name, ...what });
    for (const one of BUILT_IN_RESOURCES) {
      for (const subresource of ['', ...one.subresources]) {
        const { verbs = [] } = served.get(`${one.group}/${one.resource}${subresource && `/${subresource}`}`) ?? {};
        // Ours: what is revealed, the old proxy, and that a stream is no `get`.
        const own = verbsOf(one, subresource).filter(
          (verb) => verb !== 'reveal' && !(verb === 'proxy' && subresource === ''),
        );
        const streams = ['exec', 'attach', 'portforward'].includes(subresource);
        const theirs = verbs.filter((verb) => !(streams && verb === 'get'));
        expect([...own].toSorted(), writtenResource(one, subresource)).toEqual([...theirs].toSorted());
      }
    }
  });

  /** The built program with a policy folder of its own, until it is ready. */
  async function startWith(text: string) {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-never-'));
    await mkdir(join(folder, 'policy'));
    const write = (now: string) => writeFile(join(folder, 'policy', 'p.yaml'), now);
    await write(text);
    const client = join(folder, 'client.yaml');
    const flags = ['--kubeconfig', kubeconfig, '--write-kubeconfig', client, '--data', join(folder, 'data')];
    const program = spawn(process.execPath, [commandLine, 'gateway', ...flags, '--policy', join(folder, 'policy')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: folder, USER: process.env['USER'] },
    });
    let said = '';
    const watchers = new Set<() => void>();
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => {
        said += more;
        for (const look of watchers) look();
      });
    }
    const saw = (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(said);
          if (found === null) return;
          watchers.delete(look);
          resolve(found[0]);
        };
        watchers.add(look);
        program.once('exit', () => reject(new Error(`ended before ${pattern}: ${said}`)));
        look();
      });
    onTestFinished(async () => {
      program.kill('SIGTERM');
      if (program.exitCode === null) await once(program, 'exit');
      await rm(folder, { recursive: true });
    });
    await saw(/gatehouse gateway ready at/);
    return {
      saw,
      write,
      said: () => said,
      kubectl: (...args: string[]) => run(kubectlPath, args, { kubeconfig: client }),
    };
  }

  it('a deny without the group lets no deletion through: nothing is in force, and the message says what to write', async () => {
    await directly('create', 'deployment', 'kept', '--image=nginx', '--replicas=0');
    const gateway = await startWith(policy(noDeletes('resources: [deployments, pod]')));
    await gateway.saw(/p\.yaml.*write deployments\.apps/);
    const refused = await gateway.kubectl('delete', 'deployment', 'kept');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/p\.yaml, line 7.*write deployments\.apps/);
    expect((await directly('get', 'deployment', 'kept')).code).toBe(0);
  });

  it('a deny that is spoilt while it is in force goes on as it was', async () => {
    await directly('create', 'deployment', 'spoilt', '--image=nginx', '--replicas=0');
    const gateway = await startWith(policy(noDeletes('resources: [deployments.apps]')));
    await gateway.write(policy(noDeletes('resources: [deployment.apps]')));
    await gateway.saw(/policy broken: the last good one goes on/);
    const refused = await gateway.kubectl('delete', 'deployment', 'spoilt');
    expect(refused.stderr).toContain('p/no-deletes');
    expect((await directly('get', 'deployment', 'spoilt')).code).toBe(0);
  });

  it('what depends on where it runs is a warning in the log, with the name that was meant', async () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.never.example.com' },
      spec: {
        group: 'never.example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    };
    const applied = await run(kubectlPath, ['create', '-f', '-'], {
      kubeconfig: controlPlane.adminKubeconfig,
      input: JSON.stringify(crd),
    });
    expect(applied.stderr).toBe('');
    await directly('wait', '--for=condition=Established', 'crd/widgets.never.example.com', '--timeout=30s');
    const gateway = await startWith(
      policy(
        [
          '  - {id: here, effect: deny, match: {clusters: {names: [real]}, resources: [widgets.never.example.com]}}',
          '  - {id: elsewhere, effect: deny, match: {clusters: {names: [rael]}}}',
          '  - {id: labelled, effect: deny, match: {clusters: {labels: {environment: production}}}}',
          '  - {id: singular, effect: deny, match: {resources: [widget.never.example.com]}}',
          '  - {id: absent, effect: deny, match: {resources: ["*.absent.example.com"]}}',
          '',
        ].join('\n'),
      ),
    );
    await gateway.saw(/matches nothing[^\n]*did you mean real\?/);
    await gateway.saw(/environment=production matches nothing: clusters have no labels here; use names/);
    await gateway.saw(/did you mean widgets\.never\.example\.com\?/);
    await gateway.saw(/it has no group absent\.example\.com/);
    expect(gateway.said()).not.toContain('p/here');
    expect((await gateway.kubectl('get', 'pods')).code).toBe(0);
  });
});
