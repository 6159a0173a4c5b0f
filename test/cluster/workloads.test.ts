import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, helmPath, kubectlPath, run } from '../gateway/environment/command.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

describe.skipIf(!controlPlanePrograms)('workloads on the real control plane', () => {
  let plane: ControlPlane;
  let folder = '';

  beforeAll(async () => {
    plane = await startControlPlane();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-workloads-'));
  });
  afterAll(async () => {
    await plane?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = (args: readonly string[], input = '', environment: Readonly<Record<string, string>> = {}) =>
    run(kubectlPath, args, { kubeconfig: plane.adminKubeconfig, input, environment });
  const told = ({ stdout, stderr, code }: CommandResult) => `${code}: ${stdout}${stderr}`;

  it('a Deployment rolls out', async (context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    await kubectl(['create', 'deployment', 'web', '--image=nginx', '--replicas=2']);
    const rolled = await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    expect(told(rolled)).toMatch(/^0: .*successfully rolled out/s);
  });

  it('a Job completes', async (context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    await kubectl(['create', 'job', 'once', '--image=busybox']);
    expect(told(await kubectl(['wait', '--for=condition=complete', 'job/once', '--timeout=60s']))).toMatch(/^0: /);
  });

  it('helm waits for a release to be ready', async (context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    const chart = join(folder, 'chart');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
    const template = `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: tiny}}
  template:
    metadata: {labels: {app: tiny}}
    spec: {containers: [{name: web, image: nginx}]}
`;
    await writeFile(join(chart, 'templates', 'web.yaml'), template);
    const installed = await run(helmPath, ['install', 'tiny', chart, '--wait', '--timeout', '60s'], {
      kubeconfig: plane.adminKubeconfig,
    });
    expect(told(installed)).toMatch(/^0: .*STATUS: deployed/s);
  });

  it('kubectl run ends with the exit status of what ran', async (context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    const command = [
      'run',
      'once',
      '-i',
      '--rm',
      '--restart=Never',
      '--image=busybox',
      '--',
      'sh',
      '-c',
      'cat; exit 7',
    ];
    const { stdout, code } = await kubectl(command, 'typed\n');
    expect(stdout).toMatch(/typed/);
    expect(code).toBe(7);
  });

  it.for<readonly [string, Readonly<Record<string, string>>]>([
    ['WebSocket', {}],
    ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
  ])('kubectl debug runs in a container of its own, over %s', async ([name, environment], context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    const container = `look-${name.toLowerCase()}`;
    await kubectl(['run', 'target', '--image=nginx']);
    await kubectl(['wait', '--for=condition=Ready', 'pod/target', '--timeout=60s']);
    const pod = ['debug', '-i', 'target', '--image=busybox', `--container=${container}`];
    const { stdout, stderr } = await kubectl([...pod, '--', 'sh', '-c', 'cat; hostname'], 'typed\n', environment);
    expect(stdout, stderr).toMatch(/typed\ntarget/);
  });

  it('the kubelet obeys no one but the API server', async (context) => {
    if (!plane.runsPods) context.skip('the programs at hand have no scheduler and kwok');
    const { stdout } = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].status.daemonEndpoints.*.Port}']);
    await plane.kubeconfigFor('mallory', ['system:masters']);
    const certificate = ['--cert', join(plane.folder, 'user-1.crt'), '--key', join(plane.folder, 'user-1.key')];
    const ask = (more: readonly string[]) =>
      new Promise<string>((resolve) => {
        const url = `https://127.0.0.1:${stdout}/containerLogs/default/web/web`;
        execFile('curl', ['-sk', '-o', '/dev/null', '-w', '%{http_code}', ...more, url], (_error, code) =>
          resolve(code),
        );
      });
    expect(await ask(certificate)).toBe('403');
    expect(await ask([])).toBe('000');
  });
});
