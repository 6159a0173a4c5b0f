import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoFixture, helmPath, kubectlPath } from './demo-fixture.ts';

if (kubectlPath === null) console.warn('skipped: kubectl is neither at GATEHOUSE_TEST_KUBECTL nor on PATH');
if (helmPath === null) console.warn('helm tests skipped: helm is neither at GATEHOUSE_TEST_HELM nor on PATH');

describe.skipIf(kubectlPath === null)('kubectl against the demo cluster', { timeout: 120_000 }, () => {
  let demo: DemoFixture;
  const namespace = ['-n', 'work'];

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await demo.kubectl(args);
    expect(stderr, args.join(' ')).not.toMatch(/^error|Error/);
    expect(code, args.join(' ')).toBe(0);
    return stdout;
  }

  beforeAll(async () => {
    demo = await DemoFixture.start();
    await kubectl('create', 'namespace', 'work');
  });
  afterAll(() => demo.stop());

  it('creates what it sends as protobuf: Secrets, ConfigMaps, accounts, roles, Deployments, Jobs', async () => {
    await kubectl('create', 'secret', 'generic', 's1', '--from-literal=password=p1', ...namespace);
    await kubectl('create', 'configmap', 'c1', '--from-literal=a=b', ...namespace);
    await kubectl('create', 'serviceaccount', 'robot', ...namespace);
    const admin = ['--context', 'demo-admin', ...namespace];
    await kubectl('create', 'role', 'r1', '--verb=get,list', '--resource=pods', ...admin);
    await kubectl('create', 'rolebinding', 'b1', '--role=r1', '--serviceaccount=work:robot', ...admin);
    await kubectl(
      'create',
      'cronjob',
      'nightly',
      '--image=busybox',
      '--schedule=0 2 * * *',
      ...namespace,
      '--',
      'echo',
      'night',
    );
    await kubectl('create', 'job', 'now', '--from=cronjob/nightly', ...namespace);
    await kubectl('wait', '--for=condition=complete', 'job/now', '--timeout=20s', ...namespace);
    expect(await kubectl('logs', 'job/now', ...namespace)).toBe('night\n');
    const password = await kubectl('get', 'secret', 's1', '-o', 'jsonpath={.data.password}', ...namespace);
    expect(Buffer.from(password, 'base64').toString()).toBe('p1');
    expect(await kubectl('auth', 'can-i', 'list', 'pods', '--as=system:serviceaccount:work:robot', ...namespace)).toBe(
      'yes\n',
    );
  });

  it('rolls a Deployment out, scales it, changes its image and takes that back', async () => {
    await kubectl('create', 'deployment', 'web', '--image=nginx:1.27', '--replicas=2', ...namespace);
    const status = ['rollout', 'status', 'deployment/web', '--timeout=20s', ...namespace];
    expect(await kubectl(...status)).toContain('successfully rolled out');
    await kubectl('scale', 'deployment/web', '--replicas=3', ...namespace);
    await kubectl(...status);
    await kubectl('set', 'image', 'deployment/web', 'nginx=nginx:1.28', ...namespace);
    await kubectl(...status);
    await kubectl('rollout', 'undo', 'deployment/web', ...namespace);
    await kubectl(...status);
    expect(
      await kubectl(
        'get',
        'deployment',
        'web',
        '-o',
        'jsonpath={.status.readyReplicas} {.spec.template.spec.containers[0].image}',
        ...namespace,
      ),
    ).toBe('3 nginx:1.27');
    expect(await kubectl('describe', 'deployment', 'web', ...namespace)).toContain(
      '3 desired | 3 updated | 3 total | 3 available',
    );
  });

  it('restarts StatefulSets and DaemonSets pod by pod', async () => {
    await kubectl('rollout', 'restart', 'statefulset/ledger-db', '-n', 'payments');
    await kubectl('rollout', 'status', 'statefulset/ledger-db', '--timeout=30s', '-n', 'payments');
    await kubectl('rollout', 'restart', 'daemonset/kube-proxy', '-n', 'kube-system');
    const status = await kubectl('rollout', 'status', 'daemonset/kube-proxy', '--timeout=30s', '-n', 'kube-system');
    expect(status).toContain('successfully rolled out');
  });

  it('applies a file, says when nothing changed, shows a difference, and deletes it', async () => {
    const file = join(demo.folder, 'apply.yaml');
    const manifest = (level: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied, namespace: work}\ndata: {level: ${level}}\n`;
    writeFileSync(file, manifest('info'));
    expect(await kubectl('apply', '-f', file)).toContain('created');
    expect(await kubectl('apply', '-f', file)).toContain('unchanged');
    writeFileSync(file, manifest('debug'));
    const difference = await demo.kubectl(['diff', '-f', file]);
    expect(difference.code).toBe(1);
    expect(difference.stdout).toContain('+  level: debug');
    expect(await kubectl('apply', '-f', file)).toContain('configured');
    await kubectl('label', '-f', file, 'checked=yes');
    expect(await kubectl('get', 'configmap', '-l', 'checked in (yes)', '-o', 'name', ...namespace)).toBe(
      'configmap/applied\n',
    );
    await kubectl('delete', '-f', file, '--dry-run=server');
    await kubectl('get', '-f', file);
    await kubectl('delete', '-f', file);
    expect((await demo.kubectl(['get', '-f', file])).stderr).toContain('(NotFound)');
  });

  it('says what is wrong with a manifest', async () => {
    const bad = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"dota":{}}';
    const { stderr } = await demo.kubectl(['create', '-f', '-', ...namespace], bad);
    expect(stderr).toContain('unknown field "dota"');
  });

  it('shows logs, and goes on showing them', async () => {
    const logs = await kubectl('logs', 'deployment/payments-api', '--tail=3', '--timestamps', '-n', 'payments');
    expect(logs.trim().split('\n')).toHaveLength(3);
    await demo.kubectlUntil(/\n.*\n/, ['logs', '-f', 'deployment/payments-api', '--tail=1', '-n', 'payments']);
  });

  it('runs commands in a pod over WebSocket: output, errors, exit codes, input', async () => {
    const exec = ['exec', '-n', 'payments', 'ledger-db-0', '--'];
    const result = await demo.kubectl([...exec, 'sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toMatchObject({ code: 3, stdout: 'out\n' });
    expect(result.stderr).toContain('err\n');
    expect((await demo.kubectl(['exec', '-i', '-n', 'payments', 'ledger-db-0', '--', 'cat'], 'hello')).stdout).toBe(
      'hello',
    );
    expect(await kubectl(...exec, 'env')).toContain('POSTGRES_PASSWORD=');
    expect((await demo.kubectl([...exec, 'nosuch'])).stderr).toContain('executable file not found');
  });

  it('copies a file out of a pod and another in', async () => {
    const local = join(demo.folder, 'copied');
    await kubectl('cp', 'payments/ledger-db-0:/etc/hostname', local);
    await kubectl('cp', local, 'payments/ledger-db-0:/tmp/back');
    expect(await kubectl('exec', '-n', 'payments', 'ledger-db-0', '--', 'cat', '/tmp/back')).toBe('ledger-db-0\n');
  });

  it('adds a debugging container to a pod, runs in it, and keeps its exit status', async () => {
    const pod = ['-n', 'payments', 'ledger-db-0'];
    const debug = ['debug', '-i', ...pod, '--image=busybox', '--container=look', '--', 'sh', '-c', 'cat; exit 7'];
    const { stdout, stderr } = await demo.kubectl(debug, 'seen\n');
    expect(stdout, stderr).toContain('seen');
    const code = '{.status.ephemeralContainerStatuses[0].state.terminated.exitCode}';
    expect((await demo.kubectl(['get', 'pod', ...pod, '-o', `jsonpath=${code}`])).stdout).toBe('7');
    const removed = await demo.sendJson(
      'PATCH',
      '/api/v1/namespaces/payments/pods/ledger-db-0/ephemeralcontainers',
      { spec: { ephemeralContainers: null } },
      'application/merge-patch+json',
    );
    expect(removed.json).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.ephemeralContainers' }] } });
  });

  it('runs a pod for as long as someone is attached to it, and ends with its exit status', async () => {
    const run = ['run', 'once', '-i', '--rm', '--restart=Never', '--image=busybox', '--', 'sh', '-c', 'cat; exit 7'];
    const { stdout, code } = await demo.kubectl(run, 'typed\n');
    expect(stdout).toContain('typed');
    expect(code).toBe(7);
  });

  it('applies on the server, and takes over what client-side apply wrote without a conflict', async () => {
    const file = join(demo.folder, 'server-side.yaml');
    const manifest = (level: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: taken-over, namespace: work}\ndata: {level: ${level}}\n`;
    writeFileSync(file, manifest('info'));
    await kubectl('apply', '-f', file);
    writeFileSync(file, manifest('debug'));
    expect(await kubectl('apply', '--server-side', '-f', file)).toContain('serverside-applied');
    const shown = JSON.parse(
      await kubectl('get', 'configmap', 'taken-over', '-o', 'json', '--show-managed-fields', ...namespace),
    );
    const managers = shown.metadata.managedFields.map((entry: { manager: string }) => entry.manager);
    expect(managers).toEqual(['kubectl-last-applied', 'kubectl']);
    expect(shown.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']).toContain('debug');
    writeFileSync(file, manifest('trace'));
    const apply = ['apply', '--server-side', '--field-manager=someone-else', '-f', file];
    expect((await demo.kubectl(apply)).stderr).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl": .data.level',
    );
    expect(await kubectl(...apply, '--force-conflicts')).toContain('serverside-applied');
  });

  it('deletes pods by label, and has them made again', async () => {
    const selected = ['-l', 'app=picked', ...namespace];
    await kubectl('create', 'deployment', 'picked', '--image=nginx', '--replicas=2', ...namespace);
    await kubectl('rollout', 'status', 'deployment/picked', '--timeout=20s', ...namespace);
    const before = await kubectl('get', 'pods', ...selected, '-o', 'name');
    await kubectl('delete', 'pods', ...selected, '--grace-period=1');
    await kubectl('rollout', 'status', 'deployment/picked', '--timeout=20s', ...namespace);
    const after = (await kubectl('get', 'pods', ...selected, '-o', 'name')).trim().split('\n');
    expect(after).toHaveLength(2);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });

  it('is given a token that acts as a service account', async () => {
    const token = (await kubectl('create', 'token', 'default', ...namespace)).trim();
    const answer = await demo.send('GET', '/api/v1/namespaces/work/pods', {
      user: 'nobody',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.json.message).toContain('User "system:serviceaccount:work:default" cannot list');
  });

  it('attaches to a pod and shows what it goes on printing', async () => {
    await demo.kubectlUntil(/LOG: {2}/, ['attach', '-n', 'payments', 'ledger-db-0']);
  });

  it('knows who it is, and acts as another', async () => {
    expect(await kubectl('auth', 'whoami')).toContain('dana.reyes@larkfield.example');
    expect(await kubectl('auth', 'whoami', '--as=break-glass-admin')).toContain('break-glass-admin');
    const contractor = ['--context', 'demo-contractor-ci', '-n', 'payments'];
    expect((await demo.kubectl([...contractor, 'get', 'secrets'])).stderr).toContain('(Forbidden)');
    expect(await kubectl(...contractor, '--as=break-glass-admin', 'get', 'secrets')).toContain('payments-db');
  });

  it('deletes a namespace with all that is in it', async () => {
    await kubectl('create', 'namespace', 'brief');
    await kubectl('create', 'deployment', 'web', '--image=nginx', '-n', 'brief');
    await kubectl('delete', 'namespace', 'brief', '--timeout=20s');
    expect((await demo.kubectl(['get', 'namespace', 'brief'])).stderr).toContain('(NotFound)');
    expect(await kubectl('get', 'pods', '-n', 'brief', '-o', 'name')).toBe('');
  });

  it.skipIf(helmPath === null)('lets helm install, upgrade, roll back, list and remove a chart', async () => {
    const chart = join(demo.folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'values.yaml'), 'level: info\n');
    const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-tiny"}
data: {level: "{{ .Values.level }}"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-tiny"}
spec:
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: web, image: nginx, env: [{name: LEVEL, value: "{{ .Values.level }}"}]}]}
`;
    writeFileSync(join(chart, 'templates', 'all.yaml'), template);
    const helm = async (...args: string[]) => {
      const { code, stdout, stderr } = await demo.run(helmPath, [...args, ...namespace]);
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
      return stdout;
    };
    const level = () => kubectl('get', 'configmap', 'r1-tiny', '-o', 'jsonpath={.data.level}', ...namespace);
    await helm('install', 'r1', chart, '--wait');
    expect(await helm('list')).toContain('tiny-0.1.0');
    await helm('upgrade', 'r1', chart, '--set', 'level=debug', '--wait');
    expect(await level()).toBe('debug');
    await helm('rollback', 'r1', '1', '--wait');
    expect(await level()).toBe('info');
    expect(await helm('history', 'r1')).toContain('Rollback to 1');
    await helm('upgrade', 'r1', chart, '--server-side=false', '--set', 'level=warn');
    expect(await level()).toBe('warn');
    await helm('uninstall', 'r1');
    expect(await helm('list')).not.toContain('tiny-0.1.0');
    expect((await demo.kubectl(['get', 'deployment', 'r1-tiny', ...namespace])).stderr).toContain('(NotFound)');
  });
});
