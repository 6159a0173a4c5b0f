import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JournalRecord } from '../../../model/journal-record.ts';
import { createCertificateAuthority } from '../../../proxy/access/certificate-authority.ts';
import { openLocalAuthority } from '../../../proxy/approvals/local-authority.ts';
import { createGateway } from '../../../proxy/gateway.ts';
import type { Gateway, GatewayOptions } from '../../../proxy/gateway-door.ts';
import type { AcceptanceOptions } from '../../../proxy/policy/source/acceptance.ts';
import { acceptedInMemory } from '../../../proxy/policy/source/accepted-policy.ts';
import { policyIn } from '../../../proxy/policy/source/policy-folder.ts';
import { largeBodyWorker } from '../../../scripts/build/command-line.mjs';
import {
  type CommandOptions,
  type CommandResult,
  helmPath,
  kubectlPath,
  type RunningCommand,
  run,
  start,
} from './command.ts';
import { type HeaderFields, type RawAnswer, rawRequest } from './raw-request.ts';
import type { TestedCluster } from './tested-cluster.ts';

type Way = Omit<CommandOptions, 'kubeconfig'>;

/** A gateway in front of a tested cluster, and both ways to it. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly cluster: TestedCluster;
  readonly slug: string;
  readonly kubeconfig: string;
  readonly folder: string;
  kubectl(args: readonly string[], way?: Way): Promise<CommandResult>;
  helm(args: readonly string[], way?: Way): Promise<CommandResult>;
  startKubectl(args: readonly string[], way?: Way): RunningCommand;
  /** The same command without the gateway. */
  directly(args: readonly string[], way?: Way): Promise<CommandResult>;
  /** One request with the session's certificate, for what kubectl would never send. */
  request(
    method: string,
    target: string,
    headers?: HeaderFields,
    body?: string,
    onHead?: () => void,
  ): Promise<RawAnswer>;
  /** Decides the next approval request that comes, or the one that waits already. */
  decideNext(verdict: 'approve' | 'deny', comment?: string): Promise<void>;
  /** Waits until a request waits for a person. */
  untilHeld(): Promise<void>;
  /** Adds a policy document and waits until it is in force; what it gives back takes it out again. */
  writePolicy(file: string, text: string): Promise<() => Promise<void>>;
  /** Changes one of the built-in policy documents and waits until that is in force; what it gives back undoes it. */
  changePolicy(file: string, change: (text: string) => string): Promise<() => Promise<void>>;
  records(): Promise<JournalRecord[]>;
  /** Called with each record from now on. */
  onRecord(listener: (record: JournalRecord) => void): void;
  /** Everything that the gateway wrote to disk and to its log, for leak tests. */
  everythingWritten(): Promise<string>;
  close(): Promise<void>;
}

/** What a test may want otherwise. */
export interface GatewayWay extends Partial<Pick<GatewayOptions, 'journalRetention' | 'journalWitness'>> {
  /** A folder that stays when the gateway is closed; left out: one of its own. */
  readonly folder?: string;
  /** Left out, what a suite writes into the policy folder is in force, as on a server that trusts it. */
  readonly acceptance?: AcceptanceOptions;
}

/**
 * Starts a gateway with the built-in policy, in a folder of its own.
 * @param kid the id of its mask key: two gateways have two.
 */
export async function startGateway(
  cluster: TestedCluster,
  kid = 'test',
  { folder: given, acceptance = { store: acceptedInMemory(), trustsFolder: true }, ...way }: GatewayWay = {},
): Promise<RunningGateway> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'gatehouse-gateway-')));
  const logged: string[] = [];
  const listeners: Array<(record: JournalRecord) => void> = [];
  const log = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields, errorsInFull)}`);
  };
  const gateway = await createGateway({
    listen: { host: '127.0.0.1', port: 0 },
    certificateAuthority: await createCertificateAuthority(),
    policy: policyIn(join(folder, 'policy'), acceptance),
    authority: openLocalAuthority,
    journalSinks: [(record) => listeners.forEach((listener) => void listener(record))],
    dataFolder: join(folder, 'data'),
    kubeconfigFolder: join(folder, 'kubeconfigs'),
    largeBodyWorker: pathToFileURL(largeBodyWorker),
    principal: { user: 'local:tester', groups: ['gatehouse:local'] },
    maskKey: { kid, key: randomBytes(32) },
    journalKey: null,
    journalRetention: { days: 1, bytes: 256 * 1024 * 1024 },
    ...way,
    log: { info: log, warn: log, error: log },
  });
  const { slug } = await gateway.connectCluster({
    kubeconfigFiles: [cluster.kubeconfig],
    context: cluster.context,
    labels: {},
  });
  const { kubeconfig } = await gateway.openAccess({ kind: 'headless', id: 'suite', cluster: slug, namespace: null });
  const through = (way: Way = {}): CommandOptions => ({ ...way, kubeconfig });
  return {
    gateway,
    cluster,
    slug,
    kubeconfig,
    folder,
    kubectl: (args, way) => run(kubectlPath, args, through(way)),
    helm: (args, way) => run(helmPath, args, through(way)),
    startKubectl: (args, way) => start(kubectlPath, args, through(way)),
    directly: (args, way) =>
      run(kubectlPath, ['--context', cluster.context, ...args], { ...way, kubeconfig: cluster.kubeconfig }),
    request: (method, target, headers = {}, body, onHead) =>
      rawRequest(kubeconfig, method, target, headers, body, onHead),
    untilHeld: async () => void (await nextHeld(gateway)),
    decideNext: (verdict, comment) => decideNext(gateway, verdict, comment ?? null),
    writePolicy: async (file, text) => {
      const path = join(folder, 'policy', file);
      await changedPolicy(gateway, () => writeFile(path, text));
      return () => changedPolicy(gateway, () => rm(path));
    },
    changePolicy: async (file, change) => {
      const path = join(folder, 'policy', file);
      const before = await readFile(path, 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`nothing was changed in ${file}`);
      await changedPolicy(gateway, () => writeFile(path, after));
      return () => changedPolicy(gateway, () => writeFile(path, before));
    },
    onRecord: (listener) => void listeners.push(listener),
    records: () => gateway.journal({}, { limit: 100_000 }),
    everythingWritten: async () => [await contents(folder), ...logged].join('\n'),
    close: async () => {
      await gateway.close();
      if (given === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function decideNext(gateway: Gateway, verdict: 'approve' | 'deny', comment: string | null): Promise<void> {
  await gateway.review({ id: await nextHeld(gateway), verdict, by: 'local:tester', comment });
}

/** The id of the request that waits for a person, as soon as one does. */
function nextHeld(gateway: Gateway): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const waiting = gateway.approvals().find(({ state, held }) => state === 'PENDING' && held);
      if (waiting === undefined) return;
      stop();
      resolve(waiting.id);
    };
    const stop = gateway.on('approval', look);
    look();
  });
}

/** Changes the policy folder and waits for the gateway to have read it. */
async function changedPolicy(gateway: Gateway, change: () => Promise<void>): Promise<void> {
  let stop = (): void => undefined;
  const inForce = new Promise<void>((resolve, reject) => {
    stop = gateway.on('policy', ({ status, problems }) => {
      if (status === 'loaded') resolve();
      else reject(new Error(`the policy is not in force: ${JSON.stringify(problems)}`));
    });
  });
  try {
    await change();
    await inForce;
  } finally {
    stop();
  }
}

/** Every file under a folder, as one text. */
async function contents(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

function errorsInFull(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, stack: value.stack, cause: value.cause } : value;
}
