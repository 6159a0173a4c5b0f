import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CertificateFiles, createClusterCertificates, writeServiceAccountKeys } from './certificates.ts';
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

/** A real Kubernetes API server with etcd and controllers, on free ports of loopback, for one suite. */
export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  /** Kubeconfig file of a member of system:masters; its one context is `real`. */
  readonly adminKubeconfig: string;
  /** False where only kube-apiserver and etcd were to be had: no service accounts, no roll-outs. */
  readonly hasControllers: boolean;
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

const startSeconds = 90;

/**
 * @param apiServerFlags added to the API server's, for example `--feature-gates=…`
 * @throws Error with the last words of the component that did not come up
 */
export async function startControlPlane(apiServerFlags: readonly string[] = []): Promise<ControlPlane> {
  if (!controlPlanePrograms) throw new Error('no control plane: run the cluster tests with npm run test:cluster');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-control-plane-'));
  const keeper = startKeeper(folder);
  try {
    return await start(controlPlanePrograms, folder, keeper, apiServerFlags);
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

async function start(
  programs: string,
  folder: string,
  keeper: Keeper,
  apiServerFlags: readonly string[],
): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, port = 0, controllersPort = 0] = await findFreePorts(4);
  const server = `https://127.0.0.1:${port}`;
  const certificates = await createClusterCertificates(folder);
  const admin = await certificates.client('admin', 'admin', ['system:masters']);
  const { authority } = certificates;
  const serviceAccounts = await writeServiceAccountKeys(folder);
  const adminKubeconfig = await writeKubeconfig(join(folder, 'admin.kubeconfig'), server, authority, admin);
  const auditLog = join(folder, 'audit.log');

  const etcd = keeper.start(join(programs, 'etcd'), etcdFlags(folder, etcdPort, peerPort));
  const serving = await certificates.server('kube-apiserver');
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
    ...[`--audit-log-path=${auditLog}`, `--audit-policy-file=${auditPolicy}`],
    ...apiServerFlags,
  ]);
  const ask = (path: string) => get(server + path, authority, admin);
  await until('kube-apiserver answers', [etcd, apiServer], async () => (await ask('/readyz')) === 200);

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
    await until('the controllers work', [apiServer, controllers], async () => (await ask(account)) === 200);
  }

  let users = 0;
  return {
    server,
    adminKubeconfig,
    hasControllers,
    folder,
    async kubeconfigFor(user, groups = []) {
      users += 1;
      const files = await certificates.client(`user-${users}`, user, groups);
      return writeKubeconfig(join(folder, `user-${users}.kubeconfig`), server, authority, files);
    },
    auditLog: () => parseAuditLog(existsSync(auditLog) ? readFileSync(auditLog, 'utf8') : ''),
    close: () => keeper.close(),
  };
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

/** The status code of a GET, 0 when there is no answer. */
async function get(url: string, authority: CertificateFiles, user: CertificateFiles): Promise<number> {
  const [ca, cert, key] = await Promise.all(
    [authority.certificate, user.certificate, user.privateKey].map((file) => readFile(file)),
  );
  return new Promise((done) => {
    const outgoing = request(url, { ca, cert, key, agent: false, timeout: 5_000 }, (incoming) => {
      incoming.resume();
      done(incoming.statusCode ?? 0);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => done(0));
    outgoing.end();
  });
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
