import type { ClusterReach, ReachLook } from '../../model/cluster-reach.ts';
import type { CredentialAtHand, WatchedCluster } from '../clusters/credential-at-hand.ts';
import type { OwnConnection } from '../forward/own-connection.ts';
import { Refusal } from '../refusal.ts';
import { type Fault, faultOfError, faultOfSilence, faultOfVerdict } from './fault.ts';
import { judgeReview, judgeVersion, type Verdict } from './judge-answers.ts';
import { openUnlessAborted, question } from './own-question.ts';

/** Milliseconds after which a cluster that says nothing counts as unreachable: before a client's own patience ends. */
const TIME_LIMIT = 10_000;
/** Milliseconds for one short answer, above which every command is felt to wait. */
const SLOW = 1_000;

export interface LookOptions {
  readonly look: ReachLook;
  readonly now?: () => number;
  /** For the way there and the answers; running a plugin has its own. Milliseconds. */
  readonly timeLimit?: number;
}

/** What was found on the way to the cluster; what it did not come to is left out. */
interface Found {
  certificateExpires?: number | null;
  latency?: number;
  serverVersion?: string | null;
  user?: string | null;
  fault?: Fault | null;
}

/**
 * Looks whether a cluster's API server answers and takes the credential, over the gateway's own road to it. It asks for
 * `/version`, and who the credential is: most clusters tell the first to anybody. What the gateway asks for itself is no
 * client's request: it stands in no journal, and in the cluster's audit log like every request. Whatever is wrong is not
 * thrown but found.
 */
export async function lookAtCluster(cluster: WatchedCluster, options: LookOptions): Promise<ClusterReach> {
  const { look, now = Date.now, timeLimit = TIME_LIMIT } = options;
  const had = await credentialFor(cluster, look);
  const refused = 'refused' in had ? had.refused : had.due ? had.failure : null;
  // Without the way there many plugins fail too, so that is looked at first.
  const hand = 'refused' in had ? await cluster.credentialAtHand().catch(() => null) : had;
  const found: Found = {};
  if (hand !== null)
    await withinLimit(timeLimit, (signal) => goThere(cluster, hand, signal, found)).catch((error) => {
      found.fault = error instanceof TimeLimit ? faultOfSilence(cluster, timeLimit) : faultOfError(error, cluster);
    });
  const fault = found.fault ?? (refused === null ? null : unavailable(refused));
  const { latency = null } = found;
  return {
    state: fault?.state ?? (latency !== null && latency > SLOW ? 'slow' : 'reachable'),
    trouble: fault?.trouble ?? null,
    problem: fault?.problem ?? null,
    checkedAt: new Date(now()).toISOString(),
    latency,
    serverVersion: found.serverVersion ?? null,
    certificateExpires: rfc3339(found.certificateExpires ?? null),
    signIn: {
      plugin: hand?.plugin ?? null,
      expires: rfc3339(hand?.expires ?? null),
      due: hand?.due ?? false,
      user: found.user ?? null,
    },
  };
}

/** Runs the plugin where a person asked for that. */
async function credentialFor(
  cluster: WatchedCluster,
  look: ReachLook,
): Promise<CredentialAtHand | { readonly refused: string }> {
  try {
    if (look === 'signing-in') cluster.credentialRejected();
    if (look !== 'quietly') await cluster.credential();
    return await cluster.credentialAtHand();
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

/** Writes down what it finds as it goes: what is known when something breaks stays known. */
async function goThere(
  cluster: WatchedCluster,
  hand: CredentialAtHand,
  signal: AbortSignal,
  found: Found,
): Promise<void> {
  const connection = await openUnlessAborted(cluster, hand, signal);
  try {
    found.certificateExpires = connection.certificateExpires;
    const before = performance.now();
    const version = await connection.ask(question('GET', '/version'), null, signal);
    found.latency = Math.round(performance.now() - before);
    const { verdict, serverVersion } = judgeVersion(version);
    found.serverVersion = serverVersion;
    const about = { plugin: hand.plugin, expired: expiredAt(hand) };
    // Without a credential a 401 says no more than that the server is there.
    const passed = verdict === 'accepted' || (hand.due && verdict === 'rejected');
    if (!passed) found.fault = faultOfVerdict(verdict, cluster, { ...about, status: version.status });
    if (!passed || hand.due) return;
    const review = await whoAmI(connection, signal);
    found.user = review.user;
    found.fault = faultOfVerdict(review.verdict, cluster, { ...about, status: review.status });
  } finally {
    connection.close();
  }
}

const REVIEWS = [
  // Since Kubernetes 1.28.
  { group: 'authentication.k8s.io', kind: 'SelfSubjectReview', resource: 'selfsubjectreviews' },
  { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews' },
] as const;

async function whoAmI(
  connection: OwnConnection,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; user: string | null; status: number }> {
  let status = 0;
  for (const { group, kind, resource } of REVIEWS) {
    const spec = { resourceAttributes: { verb: 'get', resource: 'namespaces' } };
    const body = JSON.stringify({ apiVersion: `${group}/v1`, kind, ...(kind === 'SelfSubjectReview' ? {} : { spec }) });
    const answer = await connection.ask(question('POST', `/apis/${group}/v1/${resource}`), body, signal);
    const judged = judgeReview(answer);
    status = answer.status;
    if (judged.verdict !== 'not-known') return { ...judged, status };
  }
  return { verdict: 'not-known', user: null, status };
}

class TimeLimit extends Error {}

async function withinLimit(milliseconds: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimeLimit('Nothing came in time')), milliseconds);
  try {
    await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(problem: string): Fault {
  return { state: 'sign-in', trouble: 'credential-unavailable', problem };
}

function expiredAt({ expires }: CredentialAtHand): string | null {
  return expires !== null && expires <= Date.now() ? new Date(expires).toISOString() : null;
}

function rfc3339(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
