import { pino } from 'pino';
import type { ContextListing } from '../../model/context-listing.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import { visibleValue } from '../../model/visible-text.ts';
import { openLocalAuthority } from '../../proxy/approvals/local-authority.ts';
import type { Gateway, GatewayOptions, KeyPair } from '../../proxy/gateway-door.ts';
import { logSerializers, visibleLog } from '../../proxy/gateway-log.ts';
import { witnessFile } from '../../proxy/journal/head-witness.ts';
import { PolicyChangeError } from '../../proxy/policy/policy-source.ts';
import { acceptedPolicyIn } from '../../proxy/policy/source/accepted-policy.ts';
import { policyIn } from '../../proxy/policy/source/policy-folder.ts';
import { lookAtFolder } from '../../proxy/policy/upgrade/folder-at-start.ts';
import { planUpgrade, type TakeOver, takeOver } from '../../proxy/policy/upgrade/policy-upgrade.ts';
import type { HostEmit, HostHandlers } from '../hosts/host-server.ts';
import { HostError } from '../hosts/protocol.ts';
import { withoutUndefined } from '../hosts/without-undefined.ts';
import type { TerminalPair } from '../terminal-pair.ts';
import { gatherRecords } from './gather-records.ts';
import type { GatewayProtocol, GatewayStart } from './protocol.ts';
import { SignInTerminal } from './sign-in-terminal.ts';

/** What the host takes from `proxy/`. */
export interface GatewayParts {
  /** Beside the host's own program. */
  readonly largeBodyWorker: URL;
  createGateway(options: GatewayOptions): Promise<Gateway>;
  createCertificateAuthority(): Promise<KeyPair>;
  listContexts(files: readonly string[]): Promise<readonly ContextListing[]>;
  /** For a credential plugin that may ask a person; null where there are none. */
  readonly openTerminalPair: (() => Promise<TerminalPair>) | null;
}

const JOURNAL_RETENTION = { days: 90, bytes: 1024 ** 3 };

/**
 * Answers main's calls with the one gateway of this process. What a client wrote (names, user agents, reasons, bodies)
 * leaves it with everything written out that a screen would not show.
 */
export function gatewayHandlers(parts: GatewayParts, emit: HostEmit<GatewayProtocol>): HostHandlers<GatewayProtocol> {
  let gateway: Gateway | null = null;
  const running = (): Gateway => {
    if (gateway) return gateway;
    throw new HostError('gateway-not-started', 'The gateway has not started yet');
  };
  let policyFolder: string | null = null;
  const followed = (): string => {
    if (policyFolder !== null) return policyFolder;
    throw new HostError('gateway-not-started', 'The gateway has not started yet');
  };
  const records = gatherRecords((batch) => emit('records', visibleValue(batch)));
  const open = parts.openTerminalPair;
  const signIns = open === null ? null : new SignInTerminal({ open, tell: (question) => emit('signIn', question) });
  let told = '';
  const tellStreams = () => {
    const streams = heldStreams(running());
    const ids = streams.map(({ auditId }) => auditId).join();
    if (ids !== told) emit('streams', streams);
    told = ids;
  };

  return {
    start: async (start) => {
      policyFolder = start.policyFolder;
      const authority = start.authority ?? (await parts.createCertificateAuthority());
      const own = { certificateAuthority: authority, journalSinks: [records.add], terminal: signIns };
      gateway = await listenOn(parts, start, own);
      gateway.on('approval', (approval) => emit('approval', visibleValue(approval)));
      gateway.on('policy', (state) => emit('policy', state));
      gateway.on('streams', tellStreams);
      gateway.on('journalProblem', (problem) => emit('journalProblem', problem));
      const { url, port } = gateway.address;
      return { url, port, authority, journalFindings: [...gateway.journalFindings()] };
    },
    listContexts: async (files) => [...(await parts.listContexts(files))],
    connectCluster: (source) => running().connectCluster(source),
    disconnectCluster: (slug) => running().disconnectCluster(slug),
    lookAtCluster: ({ slug, look }) => running().lookAtCluster(slug, look),
    openAccess: async ({ writeTo, ...access }) => {
      const { kubeconfig } = await running().openAccess(writeTo === null ? access : { ...access, writeTo });
      return { kubeconfig };
    },
    closeAccess: (id) => running().closeAccess(id),
    approvals: () => visibleValue([...running().approvals()]),
    review: async (vote) => visibleValue(await running().review(vote)),
    journal: async ({ filter, limit, before }) =>
      visibleValue(await running().journal(withoutUndefined(filter), before === null ? { limit } : { limit, before })),
    policy: () => running().policy(),
    waitingPolicy: () => running().waitingPolicy(),
    acceptPolicy: (accepted) => running().acceptPolicy(accepted),
    policyUpgrade: () => planUpgrade(followed()),
    takeOverPolicy: ({ by, ...chosen }) => takeOverAccepted(running(), followed(), chosen, by),
    streams: () => heldStreams(running()),
    endStream: ({ auditId, ...reason }) => running().endStream(auditId, reason),
    answerSignIn: ({ id, text }) => signIns?.answer(id, text),
    cancelSignIn: ({ id }) => signIns?.decline(id),
    stop: async () => {
      await gateway?.close();
      records.flush();
    },
  };
}

/**
 * Built-in parts that a person said yes to are accepted by that yes; but only into a folder of which nothing else waits,
 * or the yes would be for that too.
 */
async function takeOverAccepted(gateway: Gateway, folder: string, chosen: TakeOver, by: string) {
  const before = gateway.policy();
  const upgraded = await takeOver(folder, chosen);
  if (before.status === 'loaded' && before.waiting === null && before.digest === chosen.digest) {
    // One that only tightens is in force by itself.
    await gateway.acceptPolicy({ digest: upgraded.digest, by }).catch((error: unknown) => {
      if (!(error instanceof PolicyChangeError)) throw error;
    });
  }
  return upgraded;
}

/** The port of the last run where it is free, so that an outside terminal's kubeconfig goes on working; any free one otherwise. */
async function listenOn(
  parts: GatewayParts,
  start: GatewayStart,
  own: Pick<GatewayOptions, 'certificateAuthority' | 'journalSinks' | 'terminal'>,
): Promise<Gateway> {
  const { port, logFile, policyFolder, dataFolder, kubeconfigFolder, principal, maskKey, journalKey, policyKey } =
    start;
  const log = pino(
    { name: 'gateway', serializers: logSerializers },
    visibleLog(pino.destination({ dest: logFile, mode: 0o600, append: true, mkdir: true, sync: true })),
  );
  await lookAtFolder(policyFolder, log);
  const options = {
    ...own,
    policy: policyIn(policyFolder, {
      store: acceptedPolicyIn(dataFolder, policyKey),
      trustsFolder: false,
    }),
    authority: openLocalAuthority,
    dataFolder,
    kubeconfigFolder,
    principal,
    sessions: ['inAppTerminal', 'outside', 'app'] as const,
    maskKey,
    revealsIn: 'Gatehouse, under Secrets',
    largeBodyWorker: parts.largeBodyWorker,
    journalKey,
    journalWitness: witnessFile(start.journalWitness),
    journalRetention: JOURNAL_RETENTION,
    environment: process.env,
    log,
  };
  try {
    return await parts.createGateway({ ...options, listen: { host: '127.0.0.1', port } });
  } catch (error) {
    if (port === 0 || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    log.warn({ event: 'port-taken', port }, 'the port of the last run is taken; choosing another');
    return parts.createGateway({ ...options, listen: { host: '127.0.0.1', port: 0 } });
  }
}

/** What a person holds open; a watch or a log is left to the command line. */
function heldStreams(gateway: Gateway): LiveStream[] {
  const held = gateway.streams().filter(({ kind }) => kind === 'exec' || kind === 'attach' || kind === 'portforward');
  return visibleValue(held);
}
