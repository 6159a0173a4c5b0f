import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import {
  type CertificateFiles,
  type ClusterCertificates,
  createClusterCertificates,
  writeServiceAccountKeys,
} from './certificates.ts';
import { apiServerName, type KubeletServer, startKubeletServer } from './kubelet-server.ts';
import { findFreePorts, type Keeper, type KeptProcess, startKeeper } from './processes.ts';

/** What the API server wrote about one request (`audit.k8s.io/v1` Event, level Metadata); the oracle for RequestInfo. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly impersonatedUser?: { readonly username: string; readonly groups?: readonly string[] };
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly subresource?: string;
  };
  readonly userAgent?: string;
  readonly responseStatus?: { readonly code?: number };
}

/** A real Kubernetes API server with etcd, controllers, scheduler and a node, on free ports of loopback, for one suite. */
export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  /** Kubeconfig file of a member of system:masters; its one context is `real`. */
  readonly adminKubeconfig: string;
  /** False where only kube-apiserver and etcd were to be had: no service accounts, no roll-outs. */
  readonly hasControllers: boolean;
  /**
   * False where kwok or the scheduler was not to be had. Where true, pods run on one node as far as the API goes, and
   * exec, attach, logs and port-forward reach a kubelet of ours.
   */
  readonly runsPods: boolean;
  /** Writes a kubeconfig for a user with these groups and no rights but those that the test's RBAC gives. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** Every request answered so far, in the order of their ends. */
  auditLog(): AuditEvent[];
  /** State, logs and certificates; gone after `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

/** The folder with the programs, or null where the set-up could not provide them: then the tests are skipped. */
export const controlPlanePrograms = process.env['GATEHOUSE_TEST_CONTROL_PLANE'] ?? null;
if (controlPlanePrograms === null)
  console.warn('skipped: GATEHOUSE_TEST_CONTROL_PLANE names no control plane; npm run test:cluster provides one');

const startSeconds = 90;
const nodeName = 'node-1';

/**
 * @param apiServerFlags added to the API server's, for example `--feature-gates=…`
 * @throws Error with the last words of the component that did not come up
 */
export async function startControlPlane(apiServerFlags: readonly string[] = []): Promise<ControlPlane> {
  if (!controlPlanePrograms) throw new Error('no control plane: run the cluster tests with npm run test:cluster');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-control-plane-'));
  const keeper = startKeeper(folder);
  const closing: Array<() => Promise<void>> = [() => keeper.close()];
  try {
    return await start(controlPlanePrograms, folder, keeper, apiServerFlags, closing);
  } catch (error) {
    for (const close of closing.reverse()) await close();
    throw error;
  }
}

async function start(
  programs: string,
  folder: string,
  keeper: Keeper,
  apiServerFlags: readonly string[],
  closing: Array<() => Promise<void>>,
): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, port = 0, controllersPort = 0, schedulerPort = 0, kwokPort = 0] =
    await findFreePorts(6);
  const server = `https://127.0.0.1:${port}`;
  const certificates = await createClusterCertificates(folder);
  const admin = await certificates.client('admin', 'admin', ['system:masters']);
  const { authority } = certificates;
  const serviceAccounts = await writeServiceAccountKeys(folder);
  const adminKubeconfig = await writeKubeconfig(join(folder, 'admin.kubeconfig'), server, authority, admin);
  const auditLog = join(folder, 'audit.log');

  const etcd = keeper.start(join(programs, 'etcd'), etcdFlags(folder, etcdPort, peerPort));
  const serving = await certificates.server('kube-apiserver');
  const kubeletClient = await certificates.client('kubelet-client', apiServerName, ['system:masters']);
  const auditPolicy = join(folder, 'audit-policy.yaml');
  await writeFile(
    auditPolicy,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n',
  );
  const apiServer = keeper.start(join(programs, 'kube-apiserver'), [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
    ...[`--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.privateKey}`],
    ...[`--client-ca-file=${authority.certificate}`, '--authorization-mode=Node,RBAC'],
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serviceAccounts.publicKey}`,
    `--service-account-signing-key-file=${serviceAccounts.privateKey}`,
    ...['--service-cluster-ip-range=10.0.0.0/24', '--allow-privileged=true', '--endpoint-reconciler-type=none'],
    '--disable-admission-plugins=TaintNodesByCondition',
    `--kubelet-client-certificate=${kubeletClient.certificate}`,
    ...[`--kubelet-client-key=${kubeletClient.privateKey}`, `--kubelet-certificate-authority=${authority.certificate}`],
    '--kubelet-preferred-address-types=InternalIP',
    ...[`--audit-log-path=${auditLog}`, `--audit-policy-file=${auditPolicy}`],
    ...apiServerFlags,
  ]);
  const client = createAdminClient(server, authority, admin);
  await until('kube-apiserver answers', [etcd, apiServer], async () => (await client.status('/readyz')) === 200);

  const runsPods = ['kube-scheduler', 'kwok', 'kwok-stages'].every((name) => existsSync(join(programs, name)));
  const node = runsPods
    ? await startNode({ programs, keeper, client, adminKubeconfig, authority, certificates, schedulerPort, kwokPort })
    : null;
  if (node) closing.push(() => node.kubelet.close());

  const controllerManager = join(programs, 'kube-controller-manager');
  const hasControllers = existsSync(controllerManager);
  if (hasControllers) {
    const controllers = keeper.start(controllerManager, [
      ...[`--kubeconfig=${adminKubeconfig}`, '--leader-elect=false', '--use-service-account-credentials'],
      `--service-account-private-key-file=${serviceAccounts.privateKey}`,
      `--root-ca-file=${authority.certificate}`,
      ...[`--cluster-signing-cert-file=${authority.certificate}`, `--cluster-signing-key-file=${authority.privateKey}`],
      '--controllers=*,-node-lifecycle-controller',
      ...['--bind-address=127.0.0.1', `--secure-port=${controllersPort}`],
    ]);
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await until('the controllers work', [apiServer, controllers], async () => (await client.status(account)) === 200);
  }
  await node?.ready();

  let users = 0;
  return {
    server,
    adminKubeconfig,
    hasControllers,
    runsPods: runsPods && hasControllers,
    folder,
    async kubeconfigFor(user, groups = []) {
      users += 1;
      const files = await certificates.client(`user-${users}`, user, groups);
      return writeKubeconfig(join(folder, `user-${users}.kubeconfig`), server, authority, files);
    },
    auditLog: () => parseAuditLog(existsSync(auditLog) ? readFileSync(auditLog, 'utf8') : ''),
    async close() {
      for (const close of [...closing].reverse()) await close();
    },
  };
}

interface NodeParts {
  readonly programs: string;
  readonly keeper: Keeper;
  readonly client: AdminClient;
  readonly adminKubeconfig: string;
  readonly authority: CertificateFiles;
  readonly certificates: ClusterCertificates;
  readonly schedulerPort: number;
  readonly kwokPort: number;
}

/**
 * A scheduler, and a node whose pods kwok brings to life and ends. What people do inside them goes to a kubelet server
 * of ours, whose port the node's status names: kwok's own loses exit statuses and bytes.
 */
async function startNode(parts: NodeParts): Promise<{ kubelet: KubeletServer; ready(): Promise<void> }> {
  const { programs, keeper, client, adminKubeconfig, authority, certificates } = parts;
  const kubelet = await startKubeletServer({ authority, identity: await certificates.server('kubelet'), client });
  const scheduler = keeper.start(join(programs, 'kube-scheduler'), [
    ...[`--kubeconfig=${adminKubeconfig}`, '--leader-elect=false'],
    ...['--bind-address=127.0.0.1', `--secure-port=${parts.schedulerPort}`],
  ]);
  const stages = join(programs, 'kwok-stages');
  const kwok = keeper.start(join(programs, 'kwok'), [
    ...[`--kubeconfig=${adminKubeconfig}`, '--manage-all-nodes=true'],
    ...['--node-ip=127.0.0.1', `--node-port=${kubelet.port}`, `--server-address=127.0.0.1:${parts.kwokPort}`],
    ...readdirSync(stages).map((stage) => `--config=${join(stages, stage)}`),
  ]);
  await client.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
  interface ReadNode {
    readonly status?: { readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } } };
  }
  const ready = async () => {
    const node = await client.get<ReadNode>(`/api/v1/nodes/${nodeName}`);
    return node.status?.daemonEndpoints?.kubeletEndpoint?.Port === kubelet.port;
  };
  return { kubelet, ready: () => until('the node is ready', [scheduler, kwok], ready) };
}

function etcdFlags(folder: string, port: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
    ...['--unsafe-no-fsync=true', '--log-level=error'],
  ];
}

async function writeKubeconfig(
  file: string,
  server: string,
  authority: CertificateFiles,
  user: CertificateFiles,
): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server, 'certificate-authority': authority.certificate } }],
    users: [{ name: 'user', user: { 'client-certificate': user.certificate, 'client-key': user.privateKey } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'user' } }],
    'current-context': 'real',
  };
  // JSON is YAML, and needs no quoting rules.
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

/** The last line may still be being written. */
function parseAuditLog(text: string): AuditEvent[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}

async function until(what: string, processes: readonly KeptProcess[], holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  while (!(await holds())) {
    const gone = processes.find((one) => one.exitCode() !== null);
    if (gone) throw new Error(`${gone.name} ended with exit code ${gone.exitCode()}:\n${gone.lastWords()}`);
    if (Date.now() > deadline) {
      throw new Error(`waited ${startSeconds} s until ${what}:\n${processes.at(-1)?.lastWords()}`);
    }
    await delay(100);
  }
}
