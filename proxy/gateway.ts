import { join } from 'node:path';
import type { ContextListing } from '../model/context-listing.ts';
import { ClientAccessRegistry } from './access/client-access.ts';
import type { KeyPair } from './access/key-pair.ts';
import type { AccessRequest, ClientAccess } from './access/session-access.ts';
import { openLocalAuthority } from './approvals/local-authority.ts';
import type { Cluster } from './clusters/cluster.ts';
import type { ClusterSource } from './clusters/cluster-source.ts';
import { Evaluator } from './evaluation/evaluate.ts';
import { OriginalUser } from './evaluation/original-user.ts';
import { createUpstream } from './forward/pooled-upstream.ts';
import type { Gateway, GatewayOptions } from './gateway-door.ts';
import type { GatewayLog } from './gateway-log.ts';
import { openJournal } from './journal/open-journal.ts';
import type { Exchange } from './listener/exchange.ts';
import { audible, refuse } from './listener/refuse.ts';
import { type Listener, startListener } from './listener/start-listener.ts';
import { prepareTape } from './masking/scan/wasm/tape-module.ts';
import { isKeyId } from './masking/tokens/mask-token.ts';
import { serveReveal } from './pipeline/answers/reveal.ts';
import { serveClusterRequest } from './pipeline/cluster-request.ts';
import type { PipelineParts } from './pipeline/pipeline-parts.ts';
import { routeOf } from './pipeline/route.ts';
import { openPolicyFolder } from './policy/source/policy-folder.ts';
import { recoverSessions } from './recording/recover-sessions.ts';
import { RECORDING_RETENTION, trimNowAndThen } from './recording/session-retention.ts';
import { SeenByCluster } from './redaction/seen-by-cluster.ts';
import { Refusal } from './refusal.ts';
import { MaskOrigins } from './rehydration/mask-origins.ts';
import { RunningGateway } from './running-gateway.ts';
import { LiveStreams } from './streams/live-streams.ts';

export type { AccessRequest, ClientAccess, ClusterSource, ContextListing, GatewayLog, KeyPair };

/** One key of one Secret, in clear, for the person who asked and was allowed. */
export interface RevealRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly reason: string;
}

/** Milliseconds that exchanges under way get when the gateway stops. */
const GRACE = 2_000;

/**
 * Starts a gateway: journal first, listener last, so that nothing is served before it can be recorded.
 * @throws {FolderLockedError} when another gateway writes to the data folder.
 * @throws {ListenError} when the address cannot be had.
 * @throws {Refusal} `journal-unavailable`.
 * @throws {TypeError} when the id of the mask key is not of letters, digits, `_` and `-`.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { log } = options;
  if (!isKeyId(options.maskKey.kid)) throw new TypeError('The id of the mask key does not fit into a mask token');
  prepareTape();
  const opened: Array<() => Promise<unknown>> = [];
  /** What is opened is closed again, newest first, when a later part fails to start or the gateway stops. */
  const keep = <Part>(part: Part, close: (part: Part) => Promise<unknown>): Part => {
    opened.unshift(() => close(part));
    return part;
  };
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0)) {
      await close().catch((error: unknown) => log.error({ error }, 'A part of the gateway did not close cleanly'));
    }
  };
  try {
    const journal = keep(
      await openJournal({
        folder: join(options.dataFolder, 'journal'),
        signingKey: options.journalKey,
        retention: options.journalRetention,
        log,
      }),
      (part) => part.close(),
    );
    const policy = keep(await openPolicyFolder(options.policyFolder, { log }), (part) => part.close());
    const upstream = keep(createUpstream(), (part) => part.close());
    const clusters = new Map<string, Cluster>();
    let listener: Listener | null = null;
    const access = keep(
      await ClientAccessRegistry.start({
        authority: options.authority,
        principal: options.principal,
        folder: options.kubeconfigFolder,
        url: () => listener?.address.url ?? '',
        clusters: () => [...clusters.values()],
        log,
      }),
      (part) => part.stop(),
    );
    const approvals = openLocalAuthority({
      log,
      onRecord: (record) => journal.append(record, { durable: true }),
    });
    const streams = new LiveStreams();
    const sessionsFolder = join(options.dataFolder, 'sessions');
    await recoverSessions(sessionsFolder, log);
    const trimming = await trimNowAndThen(sessionsFolder, options.recordingRetention ?? RECORDING_RETENTION, {
      isOpen: (auditId) => streams.isOpen(auditId),
      onRemoved: (detail) =>
        journal.append({ type: 'gateway', event: 'recordings-trimmed', detail }, { durable: true }),
      log,
    });
    keep(trimming, async (timer) => clearInterval(timer));
    const parts: PipelineParts = {
      policy,
      approvals,
      journal,
      upstream,
      evaluator: new Evaluator(policy, upstream),
      originalUser: new OriginalUser(upstream),
      maskKey: options.maskKey,
      maskOrigins: new MaskOrigins(),
      seen: new SeenByCluster(),
      streams,
      sessionsFolder,
      log,
    };
    listener = await startListener({
      ...options.listen,
      authority: options.authority,
      access,
      onExchange: (exchange) => serve(parts, clusters, exchange),
      countRefused: (reason) => journal.countRefused(reason),
      log,
    });
    keep(listener, (part) => part.close(GRACE));
    // Before the listener: clients are told why, while their connections still stand.
    keep(streams, async (part) => part.endAll(new Refusal('gateway-stopping', 'Gatehouse is stopping')));
    // Before the listener: what waits is answered while its connections still stand.
    keep(approvals, (part) => part.close());
    const gateway = new RunningGateway(
      { ...parts, access, clusters, listener, environment: options.environment ?? {} },
      closeAll,
    );
    await gateway.started();
    return gateway;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** One exchange to where its target leads. */
async function serve(parts: PipelineParts, clusters: ReadonlyMap<string, Cluster>, exchange: Exchange): Promise<void> {
  if (!exchange.target.startsWith('/')) {
    parts.journal.countRefused('target-not-canonical');
    const why = 'the request target must be a path that begins with / (neither an absolute URL nor *)';
    return refuse(exchange, new Refusal('target-not-canonical', why));
  }
  const route = routeOf(exchange.target);
  if (route.kind === 'reveal') return serveReveal(parts, exchange, clusters);
  const cluster = route.kind === 'cluster' ? clusters.get(route.slug) : undefined;
  if (route.kind === 'cluster' && cluster !== undefined) {
    return serveClusterRequest(parts, exchange, cluster, route.target);
  }
  parts.journal.countRefused('unknown-cluster');
  // kubectl before 1.36 leaves the path of `server` out of `get --raw`.
  const what =
    route.kind === 'cluster'
      ? `cluster "${route.slug}" is not connected`
      : 'nothing is served at this path; with `kubectl get --raw`, put the cluster in front: /c/<cluster>/...';
  await refuse(exchange, audible(new Refusal('unknown-cluster', `Gatehouse: ${what}`), exchange.target));
}
