import type { Decision } from '../../model/decision.ts';
import type { OwnReadRecord, UnreadSecret } from '../../model/journal-record.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { at } from '../evaluation/fields.ts';
import { Probe, type Probed } from '../forward/probe.ts';
import type { Upstream } from '../forward/upstream.ts';
import { hiddenOfSecret } from '../masking/plan/hidden-of-secret.ts';
import type { MaskRules } from '../masking/plan/mask-rules.ts';
import { valuesOfSecret } from '../masking/values-of-secret.ts';
import type { SeenByCluster } from '../redaction/seen-by-cluster.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest, Impersonation } from '../request/api-request.ts';
import { readRequest } from '../request/read-request.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { KeptValues, sizeOf } from './kept-values.ts';
import { secretsNamed } from './secrets-named.ts';

/** A request that is about to show what programs in a pod print. */
export interface PodStream {
  readonly request: ApiRequest;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  /** What policy says of a read by the same principal. */
  readonly decide: (read: ApiRequest) => Decision;
  /** Told what is about to be read, and as whom (null: the upstream credential itself). Nothing is asked before it settles. */
  readonly onReads: (reads: OwnReadRecord['reads'], as: Impersonation | null) => Promise<void>;
}

/** What is known before the stream begins. */
export interface KnownSecrets {
  /** Whose values are not: they pass unless they were seen otherwise. */
  readonly unread: readonly UnreadSecret[];
  /** The stream is over: its values need not stay in mind. */
  readonly letGo: () => void;
}

export interface PodSecretsOptions {
  /** Milliseconds for everything that is read for one stream. */
  readonly patience?: number;
  /** Milliseconds for which a Secret's values are not read again. */
  readonly kept?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

const PATIENCE = 5_000;
/** Milliseconds that the cluster is told to take for one answer at most. */
const ASKED = 4_000;
const KEPT = 10_000;
/** Of one pod; nobody's names more than a few dozen. */
const MOST_SECRETS = 100;
const AT_ONCE = 8;
/** Of the values of one pod: that many are looked for in every byte of its stream. Keystores and bundles of certificates go first. */
const MOST_BYTES = 256 * 1024;

/** What is to be read of one Secret. */
interface Wanted {
  readonly name: string;
  readonly read: ApiRequest;
  readonly hidden: MaskRules;
  /** Names the values in what is kept: other rules hide others. */
  readonly key: string;
}

interface Found {
  readonly name: string;
  readonly values: readonly Buffer[];
}

/**
 * Knows the values of a pod's Secrets before its stream begins, so that they are taken out of it from its first byte. They
 * feed redaction and nothing else: no client is told of them.
 *
 * Read with the upstream credential itself, because the engineer who may exec need not be one who may read Secrets; where
 * that credential may do no more than impersonate, as whom the request acts.
 */
export class PodSecrets {
  readonly #upstream: Upstream;
  readonly #seen: SeenByCluster;
  readonly #patience: number;
  readonly #kept: KeptValues;

  constructor(upstream: Upstream, seen: SeenByCluster, options: PodSecretsOptions = {}) {
    const { patience = PATIENCE, kept = KEPT, now = () => performance.now() } = options;
    this.#upstream = upstream;
    this.#seen = seen;
    this.#patience = patience;
    this.#kept = new KeptValues(kept, now);
  }

  /**
   * @throws {Refusal} `pod-secrets-unread` where the cluster gives no answer that says something; as `sendUpstream`; and
   * what `onReads` throws. After an abort: the signal's reason.
   */
  async know(stream: PodStream): Promise<KnownSecrets> {
    // A plugin that signs in takes its time, and the stream needs it all the same.
    await stream.cluster.credential();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#patience);
    try {
      const probe = new Probe(this.#upstream, stream.cluster, AbortSignal.any([stream.signal, limit.signal]));
      const { found, unread } = await this.#look(stream, probe);
      const { fitting, tooLarge } = withinBytes(found);
      const letGo = this.#seen.of(stream.cluster).hold(fitting.flatMap(({ values }) => values));
      return { unread: [...unread, ...tooLarge], letGo };
    } catch (error) {
      if (stream.signal.aborted) throw stream.signal.reason;
      if (limit.signal.aborted) throw notKnown(stream, `the cluster did not answer within ${this.#patience / 1000} s`);
      throw error;
    } finally {
      clearTimeout(timer);
      // What is still being asked when one of the questions failed.
      limit.abort();
    }
  }

  async #look(stream: PodStream, probe: Probe): Promise<{ found: readonly Found[]; unread: readonly UnreadSecret[] }> {
    const { request, cluster } = stream;
    const pod = await askPod(stream, probe);
    if ('why' in pod) return { found: [], unread: [{ resource: 'pods', name: request.info.name, why: pod.why }] };
    const names = secretsNamed(pod.object);
    const unread: UnreadSecret[] = names
      .slice(MOST_SECRETS)
      .map((name) => ({ resource: 'secrets', name, why: 'too-many' }));
    const found: Found[] = [];
    let wanted: Wanted[] = [];
    for (const name of names.slice(0, MOST_SECRETS)) {
      const one = wantedOf(stream, name);
      const values = one === null ? [] : this.#kept.find(cluster, one.key);
      if (values !== undefined) found.push({ name, values });
      else if (one !== null) wanted.push(one);
    }
    for (const as of identitiesOf(request)) {
      if (wanted.length === 0) break;
      const reads = wanted.map((one) => ({ ...one, auditId: uuidV7() }));
      await stream.onReads(
        reads.map(({ name, auditId }) => ({ name, auditId })),
        as,
      );
      const answers = await inTurns(reads, async (one) => {
        const probed = await probe.ask({ ...one.read, impersonation: as }, null, { auditId: one.auditId });
        return { ...one, answer: this.#valuesIn(probed, one, stream) };
      });
      for (const { name, key, answer } of answers) {
        if (answer === 'not-found') unread.push({ resource: 'secrets', name, why: answer });
        else if (answer !== 'forbidden') {
          this.#kept.keep(cluster, key, answer);
          found.push({ name, values: answer });
        }
      }
      wanted = answers.filter(({ answer }) => answer === 'forbidden');
    }
    unread.push(...wanted.map(({ name }): UnreadSecret => ({ resource: 'secrets', name, why: 'forbidden' })));
    return { found, unread };
  }

  #valuesIn(probed: Probed, { name, read, hidden }: Wanted, stream: PodStream) {
    const why = refusedRead(probed);
    if (why !== null) return why;
    if (probed.status !== 200) throw notKnown(stream, `the cluster answered ${probed.status} for Secret "${name}"`);
    if (at(probed.object, 'kind') !== 'Secret') throw notKnown(stream, `the answer for Secret "${name}" is none`);
    try {
      return valuesOfSecret(Buffer.from(JSON.stringify(probed.object)), read, hidden);
    } catch (cause) {
      throw notKnown(stream, `Secret "${name}" cannot be read with certainty`, cause);
    }
  }
}

/** Exec, attach and port-forward, and any log. */
export function showsPod({ info, upgrade }: ApiRequest): boolean {
  if (info.apiGroup !== '' || info.resource !== 'pods' || info.name === '') return false;
  return upgrade !== null || info.subresource === 'log';
}

async function askPod(
  stream: PodStream,
  probe: Probe,
): Promise<{ readonly object: unknown } | { readonly why: 'forbidden' | 'not-found' }> {
  const { request } = stream;
  const read = ownRead(request, 'pods', request.info.name);
  let why: 'forbidden' | 'not-found' = 'forbidden';
  for (const as of identitiesOf(request)) {
    const probed = await probe.ask({ ...read, impersonation: as });
    const refused = refusedRead(probed);
    if (refused === null) {
      if (probed.status !== 200) throw notKnown(stream, `the cluster answered ${probed.status} for the pod`);
      if (at(probed.object, 'kind') !== 'Pod') throw notKnown(stream, 'the answer for the pod is none');
      return { object: probed.object };
    }
    why = refused;
    if (why === 'not-found') break;
  }
  return { why };
}

/** The cluster says that it may not be read, or that it is not there. Everything else is trouble. */
function refusedRead({ status }: Probed): 'forbidden' | 'not-found' | null {
  if (status === 403) return 'forbidden';
  return status === 404 ? 'not-found' : null;
}

/** As whom is asked, one after the other: the upstream credential itself, and whom the request acts as. */
function identitiesOf({ impersonation }: ApiRequest): ReadonlyArray<Impersonation | null> {
  return impersonation === null ? [null] : [null, impersonation];
}

/** Null where policy shows the engineer the whole Secret: then it is none in the stream either. */
function wantedOf({ request, decide }: PodStream, name: string): Wanted | null {
  const read = ownRead(request, 'secrets', name);
  const decision = decide({ ...read, impersonation: request.impersonation });
  const hidden = hiddenOfSecret(read, decision);
  const key = `${request.info.namespace}/${name} ${decision.outcome} ${JSON.stringify(decision.masks)}`;
  return hidden === null ? null : { name, read, hidden, key };
}

function ownRead({ info }: ApiRequest, resource: string, name: string): ApiRequest {
  // A gateway behind this one waits no longer for somebody to confirm it.
  const query = `timeout=${ASKED / 1000}s`;
  const target = `/api/v1/namespaces/${encodeURIComponent(info.namespace)}/${resource}/${encodeURIComponent(name)}?${query}`;
  const rawHeaders = ['Host', 'gatehouse', 'Accept', 'application/json', 'User-Agent', 'gatehouse/redaction'];
  return readRequest({ method: 'GET', target, rawHeaders });
}

/** Some at once, so that a pod with many Secrets is no flood. Stops at the first that throws. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await ask(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

/** The smaller Secrets first: passwords and keys are short. */
function withinBytes(found: readonly Found[]): { fitting: readonly Found[]; tooLarge: readonly UnreadSecret[] } {
  const bySize = found
    .map((one) => ({ ...one, bytes: sizeOf(one.values) }))
    .sort((one, other) => one.bytes - other.bytes);
  let left = MOST_BYTES;
  const fits = bySize.map(({ bytes }) => {
    left -= bytes;
    return left >= 0;
  });
  return {
    fitting: bySize.filter((_, index) => fits[index]),
    tooLarge: bySize.flatMap(({ name }, index) =>
      fits[index] ? [] : [{ resource: 'secrets' as const, name, why: 'too-large' as const }],
    ),
  };
}

function notKnown({ request: { info } }: PodStream, why: string, cause?: unknown): Refusal {
  return new Refusal(
    'pod-secrets-unread',
    `pods "${info.name}": the Secrets of this pod could not be read, so Gatehouse cannot keep their values out of what you would see, and sent nothing (${why}); run the same command again, and look at the cluster if it happens again`,
    { resource: 'pods', name: info.name, ...(cause === undefined ? {} : { cause }) },
  );
}
