import { join } from 'node:path';
import { ClientAccessRegistry } from './access/client-access.ts';
import { writePrivateFile } from './access/private-file.ts';
import type { Cluster } from './clusters/cluster.ts';
import type { WatchedCluster } from './clusters/credential-at-hand.ts';
import { assertKnownFormat, DATA_FORMAT, formatPath } from './data-format.ts';
import { Evaluator } from './evaluation/evaluate.ts';
import { OriginalUser } from './evaluation/original-user.ts';
import { createUpstream } from './forward/pooled-upstream.ts';
import type { Gateway, GatewayLog, GatewayOptions } from './gateway-door.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import { LargeBodies } from './large-bodies/large-bodies.ts';
import type { Exchange } from './listener/exchange.ts';
import { audible, refuse } from './listener/refuse.ts';
import { type Listener, startListener } from './listener/start-listener.ts';
import { prepareTape } from './masking/scan/wasm/tape-module.ts';
import { isKeyId } from './masking/tokens/mask-token.ts';
import { readReveal } from './pipeline/answers/reveal.ts';
import { Passage, type PipelineParts } from './pipeline/passage.ts';
import { servePassage } from './pipeline/steps.ts';
import { PodSecrets } from './pod-secrets/pod-secrets.ts';
import type { PolicyOpening } from './policy/policy-source.ts';
import { PolicySurroundings } from './policy-surroundings.ts';
import { recoverSessions } from './recording/recover-sessions.ts';
import { RECORDING_RETENTION, trimNowAndThen } from './recording/session-retention.ts';
import { SeenByCluster } from './redaction/seen-by-cluster.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { MaskOrigins } from './rehydration/mask-origins.ts';
import { RunningGateway } from './running-gateway.ts';
import { LiveStreams } from './streams/live-streams.ts';

/** Milliseconds that exchanges under way get when the gateway stops. */
const GRACE = 2_000;

/**
 * Starts a gateway: journal first, listener last, so that nothing is served before it can be recorded.
 * @throws {DataFormatError} when a newer version wrote the data folder.
 * @throws {FolderLockedError} when another gateway writes to the data folder.
 * @throws {ListenError} when the address cannot be had.
 * @throws {Refusal} `journal-unavailable`.
 * @throws {TypeError} when the id of the mask key is not of letters, digits, `_` and `-`.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { log } = options;
  if (!isKeyId(options.maskKey.kid)) throw new TypeError('The id of the mask key does not fit into a mask token');
  const isMarked = await assertKnownFormat(options.dataFolder);
  prepareTape();
  const opened: Array<() => Promise<unknown>> = [];
  /** What is opened is closed again, newest first, when a later part fails to start or the gateway stops. */
  const keep = <Part>(part: Part, close: (part: Part) => Promise<unknown>): Part => {
    opened.unshift(() => close(part));
    return part;
  };
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0)) {
      await close().catch((error: unknown) =>
        log.error({ event: 'close-failed', error }, 'A part of the gateway did not close cleanly'),
      );
    }
  };
  try {
    const journal = keep(
      await openJournal({
        folder: join(options.dataFolder, 'journal'),
        signingKey: options.journalKey,
        retention: options.journalRetention,
        witness: options.journalWitness ?? null,
        readers: options.journalReaders ?? null,
        log,
      }),
      (part) => part.close(),
    );
    if (!isMarked) await writePrivateFile(formatPath(options.dataFolder), `${DATA_FORMAT}\n`);
    const policy = keep(await options.policy(openingOf(journal, log)), (part) => part.close());
    for (const sink of options.journalSinks ?? []) journal.onAppend(sink);
    const upstream = keep(createUpstream(), (part) => part.close());
    const clusters = new Map<string, WatchedCluster>();
    let listener: Listener | null = null;
    const access = keep(
      await ClientAccessRegistry.start({
        authority: options.certificateAuthority,
        principal: options.principal,
        folder: options.kubeconfigFolder,
        dataFolder: options.dataFolder,
        url: () => listener?.address.url ?? '',
        clusters: () => [...clusters.values()],
        log,
      }),
      (part) => part.stop(),
    );
    const approvals = options.authority({
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
    const seen = new SeenByCluster();
    const largeBodies = keep(new LargeBodies({ file: options.largeBodyWorker, log }), (part) => part.close());
    const parts: PipelineParts = {
      policy,
      approvals,
      journal,
      upstream,
      evaluator: new Evaluator(policy, upstream),
      originalUser: new OriginalUser(upstream),
      maskKey: options.maskKey,
      revealsIn: options.revealsIn ?? null,
      largeBodies,
      maskOrigins: new MaskOrigins(),
      seen,
      podSecrets: new PodSecrets(upstream, seen),
      streams,
      sessionsFolder,
      log,
    };
    listener = await startListener({
      ...options.listen,
      authority: options.certificateAuthority,
      access,
      onExchange: (exchange) => serveExchange(parts, clusters, exchange),
      countRefused: (reason) => journal.countRefused(reason),
      log,
    });
    keep(listener, (part) => part.close(GRACE));
    // Before the listener: clients are told why, while their connections still stand.
    keep(streams, async (part) => part.endAll(new Refusal('gateway-stopping', 'Gatehouse is stopping')));
    // Before the listener: what waits is answered while its connections still stand.
    keep(approvals, (part) => part.close());
    const { sessions, principal } = options;
    const surroundings = keep(new PolicySurroundings({ policy, sessions, principal, log }), (part) => part.close());
    const gateway = new RunningGateway(
      {
        ...parts,
        surroundings,
        upstream,
        access,
        clusters,
        listener,
        environment: options.environment ?? {},
        terminal: options.terminal ?? null,
      },
      closeAll,
    );
    await gateway.started();
    return gateway;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const RECORDS_AT_A_TIME = 500;

/** What the policy tells the journal of itself, and may ask it. */
function openingOf(journal: Journal, log: GatewayLog): PolicyOpening {
  return {
    log,
    record: async (event, detail, author) => {
      const record = { type: 'gateway', event, detail, ...(author === undefined ? {} : { author }) } as const;
      await journal.append(record, { durable: true });
    },
    async wasAccepted() {
      let before: number | undefined;
      for (;;) {
        const page = { limit: RECORDS_AT_A_TIME, ...(before === undefined ? {} : { before }) };
        const records = await journal.query({ types: ['gateway'] }, page).catch((error: unknown) => {
          log.error(
            { event: 'policy-history-unknown', error },
            'the journal cannot say whether a policy was accepted before',
          );
          return null;
        });
        // What cannot be known counts as a record that is gone.
        if (records === null) return true;
        if (records.some((record) => record.type === 'gateway' && record.event === 'policy-accepted')) return true;
        const oldest = records.at(-1);
        if (oldest === undefined || records.length < RECORDS_AT_A_TIME) return false;
        before = oldest.seq;
      }
    },
  };
}

/** Where a target leads inside the gateway. */
export type Route =
  /** An API request: the cluster's slug, and the target without the prefix, byte for byte. */
  | { readonly kind: 'cluster'; readonly slug: string; readonly target: string }
  /** One key of one Secret (`pipeline/answers/reveal.ts`). */
  | { readonly kind: 'reveal' }
  | { readonly kind: 'nowhere' };

/** The slug is matched on the raw bytes: an encoded or repeated slash is another path, and leads nowhere. */
const CLUSTER_PREFIX = /^\/c\/([a-z0-9-]{1,63})(?=[/?]|$)/;
/** What looks like the gateway's own paths is never a cluster's: no API of Kubernetes begins like this. */
const RESERVED = /^\/(?:c|_gatehouse)(?:[^a-z0-9._-]|$)/i;

/**
 * Reads the gateway's own part of a target. Pure.
 * @param own the cluster that the client's certificate was made for: where a target without a prefix leads. `kubectl proxy`
 * and `kubectl create --raw` drop the path of their server.
 */
export function routeOf(target: string, own: string | null): Route {
  if (target === '/_gatehouse/v1/reveal') return { kind: 'reveal' };
  const match = CLUSTER_PREFIX.exec(target);
  if (match?.[1] !== undefined) {
    const rest = target.slice(match[0].length);
    return { kind: 'cluster', slug: match[1], target: rest.startsWith('/') ? rest : `/${rest}` };
  }
  if (own === null || !target.startsWith('/') || RESERVED.test(target)) return { kind: 'nowhere' };
  return { kind: 'cluster', slug: own, target };
}

type Clusters = ReadonlyMap<string, Cluster>;

/** One exchange to where its target leads. */
export async function serveExchange(parts: PipelineParts, clusters: Clusters, exchange: Exchange): Promise<void> {
  let passage: Passage;
  try {
    passage = await passageOf(parts, clusters, exchange);
  } catch (error) {
    const refusal = toRefusal(error);
    // What a client breaks off is no failure of the gateway's.
    if (refusal.code === 'internal-error' && !exchange.signal.aborted)
      parts.log.error({ event: 'internal-error', error }, refusal.message);
    parts.journal.countRefused(refusal.code);
    return refuse(exchange, audible(refusal, exchange.target));
  }
  await servePassage(passage);
}

/** @throws {Refusal} where the target leads to no cluster, so that there is nothing to decide or record. */
async function passageOf(parts: PipelineParts, clusters: Clusters, exchange: Exchange): Promise<Passage> {
  const { method, target, rawHeaders } = exchange;
  if (!target.startsWith('/')) {
    const why = 'the request target must be a path that begins with / (neither an absolute URL nor *)';
    throw new Refusal('target-not-canonical', why);
  }
  const route = routeOf(target, exchange.cluster);
  if (route.kind === 'nowhere') {
    const what = 'nothing is served at this path; put the cluster in front: /c/<cluster>/...';
    throw new Refusal('unknown-cluster', `Gatehouse: ${what}`);
  }
  if (route.kind === 'reveal') {
    const { cluster, head, reveal } = await readReveal(exchange);
    return new Passage(parts, { exchange, cluster: opened(clusters, cluster, exchange), head, reveal });
  }
  const head = { method, target: route.target, rawHeaders };
  return new Passage(parts, { exchange, cluster: opened(clusters, route.slug, exchange), head, reveal: null });
}

/** The cluster, where the client's certificate opens it: what else is connected is no matter for others. */
function opened(clusters: Clusters, slug: string, { cluster: own }: Exchange): Cluster {
  if (own !== null && own !== slug) {
    throw new Refusal(
      'cluster-not-permitted',
      `Gatehouse: this client certificate is for cluster "${own}" only; for "${slug}" use the kubeconfig's user gatehouse/${slug}`,
    );
  }
  const cluster = clusters.get(slug);
  if (cluster !== undefined) return cluster;
  throw new Refusal('unknown-cluster', `Gatehouse: cluster "${slug}" is not connected`);
}
