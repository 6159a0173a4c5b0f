import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Authorizer } from './access/authorization.ts';
import { ServiceAccountTokens } from './access/service-account-tokens.ts';
import { type AuditEntry, AuditLog } from './api/audit.ts';
import { createApiServer } from './api/server.ts';
import { demoVersion } from './api/version.ts';
import { createDemoAuthority } from './certificates.ts';
import { createControllers } from './controllers/controllers.ts';
import { briskPace, livelyPace } from './controllers/kubelet.ts';
import { type DemoContext, kubeconfigText } from './kubeconfig.ts';
import { contractorToken, engineer } from './seed/people.ts';
import { seedCluster } from './seed/seed.ts';
import { ClusterObjects } from './store/cluster-objects.ts';
import { ContainerFiles } from './streams/running-container.ts';

export type { AuditEntry } from './api/audit.ts';
export { demoSecretValues } from './seed/secret-values.ts';

/** Where the demo cluster listens and keeps its files. */
export interface DemoClusterOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** For the kubeconfig: made with mode 0700. */
  readonly folder: string;
  /** Pods start, run and end in moments; otherwise at a pace that people can follow. */
  readonly isBrisk?: boolean;
  readonly log?: (message: string) => void;
}

/** A running demo cluster. */
export interface DemoCluster {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** A kubeconfig (0600) with all the contexts; `demo` is current. */
  readonly kubeconfigFile: string;
  /** Names of its contexts. */
  readonly contexts: {
    /** An engineer: may do most things, and `impersonate`. */
    readonly engineer: 'demo';
    /** The CI service account of a contractor who has left, with a token that still works, and `impersonate`. */
    readonly contractorCi: 'demo-contractor-ci';
    /** `system:masters`, for tests. */
    readonly admin: 'demo-admin';
  };
  /** The Kubernetes version that it imitates: `v1.36.3`. */
  readonly version: string;
  /** Every confidential value in it: those of the seed and those made at start. For tests that look for leaks. */
  readonly secretValues: readonly string[];
  /** The requests so far. */
  audit(): readonly AuditEntry[];
  /** Stops the controllers and the server, and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Starts an in-memory imitation of a Kubernetes API server with a company's workloads in it. Nothing runs: pods are
 * objects, their logs and shells are made up.
 * @throws when the folder cannot be written or the port is taken.
 */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const host = options.host ?? '127.0.0.1';
  const log = options.log ?? (() => undefined);
  const authority = await createDemoAuthority();
  const [identity, engineerPair, adminPair] = await Promise.all([
    authority.issueServer(
      ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      [...new Set(['127.0.0.1', '::1', host])],
    ),
    authority.issueClient(engineer.username, engineer.groups),
    authority.issueClient('demo-admin', ['system:masters']),
  ]);
  const objects = new ClusterObjects();
  const controllers = createControllers(objects, authority.certificate);
  const token = contractorToken();
  const secretValues = await seedCluster(objects, { authority, controllers, contractorToken: token });
  const audit = new AuditLog();
  let url = '';
  const authorizer = new Authorizer(objects.store);
  const tokens = new ServiceAccountTokens(objects);
  const cluster = { objects, authorizer, tokens, url: () => url, containerFiles: new ContainerFiles() };
  const server = createApiServer({ cluster, audit, authority: authority.certificate, identity, log });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  // Upgraded connections are no longer the server's: they are ended here.
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  controllers.run(options.isBrisk ? briskPace : livelyPace);
  const { port } = server.address() as AddressInfo;
  url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const contexts: DemoContext[] = [
    { name: 'demo', user: 'dana', namespace: 'default', credential: engineerPair },
    { name: 'demo-contractor-ci', user: 'oakline-deployer', namespace: 'ci', credential: { token } },
    { name: 'demo-admin', user: 'demo-admin', namespace: 'default', credential: adminPair },
  ];
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const kubeconfigFile = join(options.folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfigText(url, authority.certificate, contexts), { mode: 0o600 });
  log(`demo cluster at ${url}`);
  return {
    url,
    kubeconfigFile,
    contexts: { engineer: 'demo', contractorCi: 'demo-contractor-ci', admin: 'demo-admin' },
    version: demoVersion,
    secretValues,
    audit: () => audit.entries(),
    close: () =>
      new Promise((resolve) => {
        controllers.stop();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
