import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AgreeingPerson, Asked } from '../environment/agreeing-person.ts';
import { helmPath, kubectlPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import type { Chart } from './charts.ts';

/** What people do with a release, in this order. */
export const STEPS = [
  'install',
  'read',
  'into a pod',
  'own objects',
  'upgrade, nothing new',
  'upgrade, image',
  'upgrade, replicas',
  'upgrade, setting',
  'rollback',
  // Behind the upgrades: what kubectl changed would be in conflict with them.
  'restart',
  'scale',
  'test',
  'uninstall',
  'apply by GitOps',
  'apply by GitOps again',
] as const;
export type Step = (typeof STEPS)[number];

/** A step that was taken. */
export interface StepTaken {
  readonly chart: string;
  readonly step: Step;
  readonly asked: readonly Asked[];
  /** Audit-IDs of its requests to the gateway. */
  readonly requests: readonly string[];
  /** Unix time in milliseconds. */
  readonly from: number;
  readonly to: number;
}

export const NAMESPACE = 'gatehouse-day';
const PASSWORD = 'An-0rdinary-pass';
/** Lines in which helm and kubectl tell of warnings. */
const WARNINGS = /^.*Warning: .*\n/gm;
const TIMEOUT = ['--timeout', '90s'];
const JSON_OUTPUT = ['-o', 'json', ...TIMEOUT];

/**
 * Installs a chart, works with the release, upgrades, rolls back and uninstalls it, and applies the same objects as a
 * GitOps tool does. Each step must do what it says; what it asks is agreed to, and told, and so is what is shown masked
 * outside of Secrets.
 */
export async function dayWith(
  environment: RunningGateway,
  person: AgreeingPerson,
  chart: Chart,
  folder: string,
  served: ReadonlySet<string>,
): Promise<{ readonly steps: readonly StepTaken[]; readonly masked: readonly string[] }> {
  const { name, workload, setting } = chart;
  const namespace = `${NAMESPACE}-${name}`;
  const { gateway, slug, directly } = environment;
  const session = `day-${name}`;
  const { kubeconfig } = await gateway.openAccess({ kind: 'headless', id: session, cluster: slug, namespace });
  const steps: StepTaken[] = [];
  const masked = new Set<string>();

  const succeeds = async (program: string, args: readonly string[], input = ''): Promise<string> => {
    const { stdout, stderr, code } = await run(program, ['-n', namespace, ...args], { kubeconfig, input });
    if (code !== 0) throw new Error(`${args.join(' ')}: exit status ${code}: ${stderr.replace(WARNINGS, '')}`);
    return stdout;
  };
  const helm = (...args: string[]): Promise<string> => succeeds(helmPath, args);
  const kubectl = (args: readonly string[], input = ''): Promise<string> => succeeds(kubectlPath, args, input);
  const look = async (...args: string[]): Promise<string> => (await directly(['-n', namespace, ...args])).stdout;
  const step = async (which: Step, act: () => Promise<unknown>): Promise<void> => {
    const from = Date.now();
    try {
      await act();
    } catch (error) {
      throw new Error(`${name}, ${which}: ${(error as Error).message}`);
    }
    const asked = person.takeAsked(session);
    steps.push({ chart: name, step: which, asked, requests: person.takeRequests(session), from, to: Date.now() });
  };

  const image = () =>
    look('get', workload, '-o', `jsonpath={.spec.template.spec.containers[?(@.name=="${chart.container}")].image}`);
  const replicas = () => look('get', workload, '-o', 'jsonpath={.spec.replicas}');
  const generation = () => look('get', workload, '-o', 'jsonpath={.metadata.generation}');
  const values = chart.passwords.flatMap((key) => ['--set-literal', `${key}=${PASSWORD}${key}`]);
  const upgraded = async (...changes: string[]): Promise<void> => {
    const passwords = chart.givesPasswordsAgain ? values : [];
    isDeployed(await helm('upgrade', name, folder, '--reuse-values', ...passwords, ...JSON_OUTPUT, ...changes));
  };
  /** Whether the cluster holds what the chart's setting names: the demo cluster has no custom resources. */
  const showsSetting = served.has(setting.object.split('/')[0] ?? '') || !setting.object.includes('.');
  const keepsPasswords = async (): Promise<void> => {
    const stored = await look('get', 'secrets', '-o', 'json');
    const { items } = JSON.parse(stored) as { items: Array<{ type: string; data?: Record<string, string> }> };
    const values = items
      .filter(({ type }) => type === 'Opaque')
      .flatMap(({ data }) => Object.values(data ?? {}))
      .map((text) => Buffer.from(text, 'base64').toString());
    expect(values.filter((value) => value.includes('gatehouse-masked'))).toEqual([]);
    for (const password of chart.passwords) {
      expect(
        values.some((value) => value.includes(PASSWORD + password)),
        password,
      ).toBe(true);
    }
  };

  await directly(['create', 'namespace', namespace]);
  await provideVolumes(environment, namespace, chart);
  const definitions = served.has('customresourcedefinitions.apiextensions.k8s.io') ? [] : ['--skip-crds'];

  await step('install', async () => {
    const options = ['--wait', '--rollback-on-failure', ...definitions, ...values];
    isDeployed(await helm('install', name, folder, ...JSON_OUTPUT, ...options));
    await keepsPasswords();
  });
  await step('read', async () => {
    for (const what of ['values', 'all']) await helm('get', what, name);
    const rendered = parseAllDocuments(await helm('get', 'manifest', name)).map((document) => document.toJS());
    const { items } = JSON.parse(await kubectl(['get', WORKLOADS_AND_SETTINGS, '-o', 'json'])) as { items: object[] };
    for (const place of [...rendered, ...items].flatMap(masksIn)) masked.add(place);
    const rehearsal = ['--reuse-values', ...(chart.givesPasswordsAgain ? values : []), '--dry-run=server'];
    expect(await helm('upgrade', name, folder, ...rehearsal, '--set', 'replicas=2')).toMatch(/replicas: 2/);
    expect(await helm('history', name)).toMatch(/Install complete/);
    expect(await helm('list')).toMatch(/deployed/);
    expect(await kubectl(['get', 'all,secrets,configmaps,serviceaccounts'])).toMatch(/NAME/);
    expect(await kubectl(['describe', workload])).toMatch(/Pod Template/);
    expect(await kubectl(['get', 'events'])).toBeTypeOf('string');
  });
  await step('into a pod', async () => {
    await kubectl(['logs', workload, '-c', chart.container, '--tail=1']);
    expect(await kubectl(['exec', workload, '-c', chart.container, '--', 'echo', 'inside'])).toBe('inside\n');
  });
  if (chart.objects !== null && served.has(chart.objects.kind)) {
    const { items, use } = chart.objects;
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await step('own objects', async () => {
      await kubectl(['apply', '-f', '-'], list);
      expect(await kubectl(['apply', '-f', '-'], list)).toMatch(/unchanged/);
      for (const args of use) await kubectl(args);
    });
  }
  await step('upgrade, nothing new', async () => {
    const before = await generation();
    await upgraded();
    expect(await generation()).toBe(before);
  });
  await step('upgrade, image', async () => {
    await upgraded('--set', 'image.tag=2.0', '--wait', '--rollback-on-failure');
    expect(await image()).toMatch(/:2\.0$/);
    await keepsPasswords();
  });
  await step('upgrade, replicas', async () => {
    // Hooks ran with the two before, and are nothing else here; some take long.
    await upgraded('--set', 'replicas=2', '--no-hooks');
    expect(await replicas()).toBe('2');
  });
  await step('upgrade, setting', async () => {
    if (showsSetting) expect(await look('get', setting.object, '-o', 'yaml')).toContain(setting.first);
    await upgraded('--set', 'setting=big', '--no-hooks');
    if (showsSetting) expect(await look('get', setting.object, '-o', 'yaml')).toContain(setting.second);
  });
  await step('rollback', async () => {
    await helm('rollback', name, '1', ...TIMEOUT);
    isDeployed(await helm('status', name, '-o', 'json'));
    expect(await image()).not.toMatch(/:2\.0$/);
    expect(await replicas()).toBe('1');
    await keepsPasswords();
  });
  await step('restart', async () => {
    const before = await generation();
    await kubectl(['rollout', 'restart', workload]);
    expect(await generation()).not.toBe(before);
    await kubectl(['rollout', 'status', workload, '--timeout=90s']);
  });
  await step('scale', async () => {
    await kubectl(['scale', workload, '--replicas=2']);
    expect(await replicas()).toBe('2');
    await kubectl(['scale', workload, '--replicas=1']);
  });
  if (chart.hasTest) await step('test', () => helm('test', name, ...TIMEOUT));
  await step('uninstall', async () => {
    await helm('uninstall', name, '--wait', ...TIMEOUT);
    expect(await look('get', workload, '--ignore-not-found')).toBe('');
  });
  const manifest = await helm('template', name, folder, '--no-hooks', '--dry-run=server', ...values);
  const applied = () => kubectl(['apply', '--server-side', '--field-manager=gitops-controller', '-f', '-'], manifest);
  await step('apply by GitOps', async () => {
    expect(await applied()).toMatch(/serverside-applied/);
    await keepsPasswords();
  });
  await step('apply by GitOps again', async () => {
    const before = await generation();
    await applied();
    expect(await generation()).toBe(before);
  });
  await directly(['delete', 'namespace', namespace, '--wait=false']);
  return { steps, masked: [...masked] };
}

/** Kinds in which nothing of these charts is secret: passwords stand in Secrets and are referred to. */
const WORKLOADS_AND_SETTINGS = 'configmaps,deployments,statefulsets,daemonsets,cronjobs,jobs';

/** Where an object that is no Secret is shown with masks: `StatefulSet redis-master spec.template…`. */
function masksIn(object: unknown): string[] {
  const { kind = '', metadata } = object as { kind?: string; metadata?: { name?: string } };
  if (kind === 'Secret') return [];
  return pathsOfMasks(object).map((path) => `${kind} ${metadata?.name} ${path.join('.')}`);
}

function pathsOfMasks(value: unknown): string[][] {
  if (typeof value === 'string') return value.includes('gatehouse-masked') ? [[]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => pathsOfMasks(inner).map((path) => [key, ...path]));
}

function isDeployed(release: string): void {
  expect((JSON.parse(release) as { info: { status: string } }).info.status).toBe('deployed');
}

/** Volumes for the chart's claims, made by whoever runs the cluster: nothing in it provides them. */
async function provideVolumes(
  { cluster, directly }: RunningGateway,
  namespace: string,
  { claims }: Chart,
): Promise<void> {
  if (cluster.name === 'demo') return;
  const items = claims.map((claim) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${namespace}-${claim}` },
    spec: {
      capacity: { storage: '8Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/tmp/${claim}` },
      claimRef: { namespace, name: claim },
    },
  }));
  await directly(['create', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
}
