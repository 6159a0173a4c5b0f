import { once } from 'node:events';
import { isIPv4, isIPv6 } from 'node:net';
import { join, resolve } from 'node:path';
import { type DestinationStream, pino } from 'pino';
import { ensurePrivateFolder } from '../proxy/access/private-file.ts';
import { openLocalAuthority } from '../proxy/approvals/local-authority.ts';
import { readKubeconfigs } from '../proxy/clusters/kubeconfig-files.ts';
import { OwnTerminal } from '../proxy/clusters/own-terminal.ts';
import { ControlSocketError, controlSocketPath, openControlSocket } from '../proxy/control/control-socket.ts';
import { createGateway } from '../proxy/gateway.ts';
import type { Gateway, GatewayLog } from '../proxy/gateway-door.ts';
import { logSerializers } from '../proxy/gateway-log.ts';
import { type HeadWitness, witnessFile } from '../proxy/journal/head-witness.ts';
import { acceptedPolicyIn } from '../proxy/policy/source/accepted-policy.ts';
import { policyIn } from '../proxy/policy/source/policy-folder.ts';
import { lookAtFolder } from '../proxy/policy/upgrade/folder-at-start.ts';
import type { Command, CommandContext } from './command.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { dataFolder, positiveNumber, readFlags, required, usageError } from './flags.ts';
import { gatewayKeys } from './gateway-keys.ts';
import { namedWitness, usualWitness, WITNESS_FILE, witnessTrouble } from './journal-witness.ts';

const NAME = 'gateway';

export const gatewayCommand: Command = {
  name: NAME,
  summary: 'run a gateway without the app',
  help: `Usage: gatehouse gateway --kubeconfig FILE [--context NAME] --write-kubeconfig FILE
                         [--policy FOLDER] [--trust-policy-folder] [--data FOLDER] [--listen 127.0.0.1:0]

Runs a gateway in front of one cluster, for servers, scripts and tests. When it is ready it prints one line on stdout,

  gatehouse gateway ready at https://127.0.0.1:PORT/c/CLUSTER

and has written the kubeconfig that clients use. Its log goes to stderr. SIGTERM and SIGINT stop it: what waits for
approval is answered, the journal is closed, the client kubeconfig is removed.

  --kubeconfig FILE        how to reach the cluster; may be given several times, merged as kubectl does
  --context NAME           the context to serve (default: the current context)
  --write-kubeconfig FILE  where to write the kubeconfig for clients
  --policy FOLDER          the policy; at the first start of a data folder an empty or missing one gets the default
                           policy (default: policy in the data folder). A change that loosens waits for
                           "gatehouse policy accept"
  --trust-policy-folder    take each change of it at once: for a folder that Git or a configuration manager writes, and
                           that nobody else can
  --data FOLDER            holds the journal and the keys; made when missing, and only its owner can enter it
                           (default: $GATEHOUSE_DATA, else ~/.gatehouse)
  --listen HOST:PORT       a loopback address; port 0 takes a free one (default: 127.0.0.1:0)
  --journal-days N         how long the journal is kept (default: 90)
  --journal-megabytes N    how much of it is kept (default: 1024)
  --journal-witness FILE   ${WITNESS_FILE}, so that one
                           that was removed or set back is noticed (default: in $XDG_STATE_HOME/gatehouse, else
                           ~/.local/state/gatehouse)

What waits for approval is listed by "gatehouse requests" and decided by "gatehouse approve" and "gatehouse deny".

Exit codes: 0 stopped as asked, 1 could not start or failed, 2 wrong usage.`,

  async run(words, context) {
    const settings = await readSettings(words, context);
    for (const folder of [settings.dataFolder, settings.policyFolder]) await makeFolder(folder);
    const log = gatewayLog({ write: (line) => context.complain(line.trimEnd()) });
    await lookAtFolder(settings.policyFolder, log);
    const gateway = await start(settings, log, context);
    const closers: Array<() => Promise<void>> = [() => gateway.close()];
    try {
      const { slug } = await gateway.connectCluster({
        kubeconfigFiles: settings.kubeconfigFiles,
        context: settings.context,
        labels: {},
      });
      const [cluster] = gateway.clusters();
      await gateway.openAccess({
        kind: 'headless',
        id: 'headless',
        cluster: slug,
        namespace: cluster?.namespace ?? null,
        writeTo: settings.writeKubeconfig,
      });
      const closeSocket = await openControlSocket({
        dataFolder: settings.dataFolder,
        gateway,
        reviewer: `local:${context.osUser}`,
        log,
      });
      closers.unshift(closeSocket);
      context.print(`gatehouse gateway ready at ${gateway.address.url}/c/${slug}`);
      if (!context.stop.aborted) await once(context.stop, 'abort');
      log.info({}, 'stopping');
    } catch (error) {
      throw startError(error);
    } finally {
      for (const close of closers) await close();
    }
    return exitCodes.done;
  },
};

interface Settings {
  readonly kubeconfigFiles: readonly string[];
  readonly context: string;
  readonly writeKubeconfig: string;
  readonly dataFolder: string;
  readonly policyFolder: string;
  readonly trustsPolicyFolder: boolean;
  readonly listen: { readonly host: string; readonly port: number };
  readonly retention: { readonly days: number; readonly bytes: number };
  /** Null: the usual place. */
  readonly journalWitness: string | null;
}

/** Reads and checks everything that can be checked before anything is made. */
async function readSettings(words: readonly string[], context: CommandContext): Promise<Settings> {
  const { values } = readFlags(NAME, words, {
    kubeconfig: { type: 'string', multiple: true },
    context: { type: 'string' },
    'write-kubeconfig': { type: 'string' },
    policy: { type: 'string' },
    'trust-policy-folder': { type: 'boolean' },
    data: { type: 'string' },
    listen: { type: 'string', default: '127.0.0.1:0' },
    'journal-days': { type: 'string', default: '90' },
    'journal-megabytes': { type: 'string', default: '1024' },
    'journal-witness': { type: 'string' },
  });
  required(NAME, 'kubeconfig', values.kubeconfig?.[0], 'the file with which kubectl reaches the cluster');
  const kubeconfigFiles = (values.kubeconfig ?? []).map((file) => resolve(file));
  const written = required(NAME, 'write-kubeconfig', values['write-kubeconfig'], 'the file to write for clients');
  const writeKubeconfig = resolve(written);
  if (kubeconfigFiles.includes(writeKubeconfig)) {
    throw usageError(NAME, `--write-kubeconfig would overwrite your own ${writeKubeconfig}: name another file`);
  }
  const data = dataFolder(values.data, context);
  try {
    controlSocketPath(data);
  } catch (error) {
    throw usageError(NAME, `--data: ${error instanceof Error ? error.message : error}`);
  }
  const witness = values['journal-witness'];
  return {
    kubeconfigFiles,
    context: await chooseContext(kubeconfigFiles, values.context),
    writeKubeconfig,
    dataFolder: data,
    policyFolder: values.policy === undefined ? join(data, 'policy') : resolve(values.policy),
    trustsPolicyFolder: values['trust-policy-folder'] === true,
    listen: parseListen(values.listen),
    journalWitness: witness === undefined ? null : namedWitness(NAME, witness, data),
    retention: {
      days: positiveNumber(NAME, 'journal-days', values['journal-days']),
      bytes: positiveNumber(NAME, 'journal-megabytes', values['journal-megabytes']) * 1024 * 1024,
    },
  };
}

async function chooseContext(files: readonly string[], wanted: string | undefined): Promise<string> {
  const { contexts, currentContext, problems, flaws } = await readKubeconfigs(files);
  if (problems[0] !== undefined) throw usageError(NAME, `--kubeconfig: ${problems[0].message}`);
  const chosen = wanted ?? currentContext;
  const known = [...contexts.keys()].join(', ') || 'none';
  if (chosen === null || chosen === '') {
    throw usageError(NAME, `--context is missing, and the kubeconfig has no current context; it has: ${known}`);
  }
  if (contexts.has(chosen)) return chosen;
  const flaw = flaws.find(({ kind, name }) => kind === 'context' && name === chosen);
  if (flaw !== undefined) throw usageError(NAME, `--context: ${flaw.message}`);
  throw usageError(NAME, `--context: the kubeconfig has no context "${chosen}"; it has: ${known}`);
}

/** `127.0.0.1:0`, `[::1]:8443`, `localhost:0`: the gateway's certificate is good for loopback alone. */
export function parseListen(text: string): Settings['listen'] {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  const loopback = host === 'localhost' || (isIPv4(host) && host === '127.0.0.1') || (isIPv6(host) && host === '::1');
  if (match !== null && loopback && port <= 65_535) return { host, port };
  throw usageError(
    NAME,
    `--listen takes a loopback address and a port, such as 127.0.0.1:0 or [::1]:8443, not "${text}"`,
  );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await ensurePrivateFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(exitCodes.failed, `the folder ${folder} cannot be used: ${reason}`, { cause });
  }
}

/** pino on stderr. */
function gatewayLog(destination: DestinationStream): GatewayLog {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: logSerializers }, destination);
}

async function start(settings: Settings, log: GatewayLog, context: CommandContext): Promise<Gateway> {
  const keys = await gatewayKeys(settings.dataFolder);
  const witness = await openWitness(settings, log, context);
  try {
    return await createGateway({
      ...keys.gateway,
      listen: settings.listen,
      policy: policyIn(settings.policyFolder, {
        store: acceptedPolicyIn(settings.dataFolder, keys.policyKey),
        trustsFolder: settings.trustsPolicyFolder,
      }),
      authority: openLocalAuthority,
      dataFolder: settings.dataFolder,
      kubeconfigFolder: join(settings.dataFolder, 'kubeconfig'),
      largeBodyWorker: new URL('./large-body-worker.js', import.meta.url),
      principal: { user: `local:${context.osUser}`, groups: ['gatehouse:local'] },
      ...(witness === null ? {} : { journalWitness: witness }),
      journalRetention: settings.retention,
      environment: context.environment,
      terminal: context.ask === null ? null : new OwnTerminal(),
      log,
    });
  } catch (error) {
    throw startError(error);
  }
}

/** A place that somebody named must be there; the usual one may be missing, as in a container whose root is read-only. */
async function openWitness(
  { dataFolder, journalWitness }: Settings,
  log: GatewayLog,
  context: CommandContext,
): Promise<HeadWitness | null> {
  const place = journalWitness ?? (await usualWitness(dataFolder, context));
  const why = await witnessTrouble(place);
  if (why === null) return witnessFile(place);
  if (journalWitness !== null) throw new CommandError(exitCodes.failed, `--journal-witness: ${place}: ${why}`);
  const says = 'how far the journal reaches is kept nowhere else: name a file for it with --journal-witness';
  log.warn({ place, why }, says);
  return null;
}

/** What the gateway's parts throw with a code has a message for people; anything else is a defect, and keeps its stack. */
function startError(error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error) || !('code' in error)) return error;
  const flag = error instanceof ControlSocketError ? '--data: ' : '';
  return new CommandError(exitCodes.failed, `${flag}${error.message}`, { cause: error });
}
