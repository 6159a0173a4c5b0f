import { createHash } from 'node:crypto';
import type { Decision } from '../../model/decision.ts';
import type { GainedIdentity, Road } from '../../model/gained-identity.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Upstream, UpstreamResponse } from '../forward/upstream.ts';
import { combineDecisions } from '../policy/combine-decisions.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { canonicalJson } from '../request/canonical-json.ts';
import type { JsonValue } from '../request/json-value.ts';
import { gainedByExec } from './act-as/exec.ts';
import type { Gained } from './act-as/service-account.ts';
import { StrengthOfAccounts } from './act-as/strength.ts';
import { canonical, deleteOptions, type Outgoing, readable, writtenAnew } from './body.ts';
import { createQuestion, mayCreate } from './creates.ts';
import { dryRunRequest, liveObjectRequest, readOf } from './derived-request.ts';
import { at, textAt } from './fields.ts';
import { gainedByChange, gainedByUnknown } from './gained.ts';
import { type Base, baseOf, type PinLevel, pinBody } from './pin.ts';
import { Probe, type Probed } from './probe.ts';
import { suspectedRoads } from './suspects.ts';

/** A request that the URL alone did not deny. */
export interface Asked {
  readonly cluster: Cluster;
  readonly request: ApiRequest;
  readonly question: PolicyQuestion;
  /** What the URL alone decided. */
  readonly decision: Decision;
  /** The body as it is to be sent, masks in it put back; null where none counts. */
  readonly body: Buffer | null;
  /** What it says; null where there is none, and for protobuf. */
  readonly parsed: JsonValue;
  readonly signal: AbortSignal;
}

/** What became of it. */
export interface Evaluated {
  readonly decision: Decision;
  /** What is to be sent: the request, pinned to what it was evaluated on. */
  readonly outgoing: Outgoing;
  /** The object, and its version, to which the write is bound; null where it is to none. */
  readonly pinnedTo: string | null;
  /** Hex SHA-256 of what was found; null when nothing had to be looked at. */
  readonly digest: string | null;
  /** The API server refused the rehearsal: what the write itself would have got. */
  readonly answered: UpstreamResponse | null;
}

/** What the API server said about the object of a request. */
interface Seen {
  readonly live: Probed | null;
  readonly rehearsed: Probed | null;
}

/** Rounds in which somebody else changed the object between two questions. */
const ROUNDS = 3;

/**
 * Judges requests by what they would do at the API server, where a rule in force needs to know: a dry run gives the
 * object as it would be, a read gives the one that is there, and the write that follows is pinned to it. Where no rule
 * asks, and no person has to, nothing is looked at.
 */
export class Evaluator {
  readonly #policy: PolicySource;
  readonly #upstream: Upstream;
  readonly #strength = new StrengthOfAccounts();

  constructor(policy: PolicySource, upstream: Upstream) {
    this.#policy = policy;
    this.#upstream = upstream;
  }

  /** @throws {Refusal} `evaluated-object-changed`, and as `sendUpstream`. */
  async evaluate(asked: Asked): Promise<Evaluated> {
    const plan = this.#plan(asked);
    if (plan === null) {
      const outgoing = canonical(asked.request, asked.body, asked.parsed);
      return { decision: this.#decideByWhatIsKnown(asked), outgoing, pinnedTo: null, digest: null, answered: null };
    }
    const probe = new Probe(this.#upstream, asked.cluster, asked.signal);
    for (let round = 0; round < ROUNDS; round += 1) {
      const evaluated = await this.#round(asked, plan, probe);
      if (evaluated !== 'changed-meanwhile') return evaluated;
    }
    throw objectChanged(asked.request, 'it keeps changing while Gatehouse looks at it');
  }

  /** What has to be looked at; null for nothing. */
  #plan(asked: Asked): Plan | null {
    const { request, question } = asked;
    const asCreate = mayCreate(request) ? createQuestion(question) : null;
    const unresolved = asked.decision.unresolved || (asCreate !== null && this.#policy.decide(asCreate).unresolved);
    const roads = unresolved ? suspectedRoads(question, request, readable(asked.body, asked.parsed)) : [];
    const decision = this.#decideByWhatIsKnown(asked);
    const create = asCreate === null ? null : this.#policy.decide({ ...asCreate, evaluated: true });
    const creates = create !== null && create.outcome !== 'allow' && !sameRules(create, decision);
    const named = request.info.name !== '' && request.info.isResourceRequest;
    const approves = named && decision.outcome === 'requireApproval' && isChange(request) && request.method !== 'POST';
    return roads.length > 0 || creates || approves ? { roads, creates, approves } : null;
  }

  /** The decision for a request of which looking would find, or did find, nothing more. */
  #decideByWhatIsKnown({ question, decision }: Asked): Decision {
    return decision.unresolved ? this.#policy.decide({ ...question, evaluated: true }) : decision;
  }

  async #round(asked: Asked, plan: Plan, probe: Probe): Promise<Evaluated | 'changed-meanwhile'> {
    const { request, question } = asked;
    const seen = await this.#look(asked, plan, probe);
    const refused = refusalOf(request, seen);
    if (refused !== null) {
      return {
        decision: this.#decideByWhatIsKnown(asked),
        outgoing: { request, body: asked.body },
        pinnedTo: null,
        digest: null,
        answered: refused.response(),
      };
    }
    const before = seen.live?.status === 200 ? seen.live.object : null;
    const after = seen.rehearsed === null || isUnevaluable(seen.rehearsed) ? null : seen.rehearsed.object;
    const base = baseOf(before);
    if (after !== null && base !== null && baseOf(after)?.resourceVersion !== base.resourceVersion) {
      return 'changed-meanwhile';
    }
    const found = await this.#gained(asked, plan.roads, { before, after, seen }, probe);
    const gained = [...(question.gained ?? []), ...(await this.#strength.judge(found, probe, request))];
    const creates = mayCreate(request) && seen.live !== null && seen.live.status !== 200;
    const decision = this.#decide(question, gained, creates);
    const level = plan.roads.length > 0 ? 'state' : 'identity';
    const pinned = base === null ? null : pin(asked, base, level);
    return {
      decision,
      outgoing: pinned ?? canonical(request, asked.body, asked.parsed),
      pinnedTo: pinned === null || base === null ? null : `${base.uid} ${base.resourceVersion}`,
      digest: digestOf(base, creates, gained, request.method === 'PATCH' ? after : null),
      answered: null,
    };
  }

  async #look({ request, body, parsed }: Asked, { roads, creates, approves }: Plan, probe: Probe): Promise<Seen> {
    const writes = isChange(request);
    const rehearses = writes && request.method !== 'DELETE' && roads.some((road) => road !== 'exec');
    const reads = request.info.name !== '' && (roads.includes('exec') || request.method !== 'POST');
    const outgoing = canonical(request, body, parsed);
    const [live, rehearsed] = await Promise.all([
      reads && (roads.length > 0 || creates || approves) ? probe.ask(liveObjectRequest(request)) : null,
      rehearses ? probe.ask(dryRunRequest(outgoing.request), outgoing.body) : null,
    ]);
    return { live, rehearsed };
  }

  async #gained(
    { request }: Asked,
    roads: readonly Road[],
    { before, after, seen }: { before: unknown; after: unknown; seen: Seen },
    probe: Probe,
  ): Promise<Gained[]> {
    if (roads.length === 0) return [];
    const { namespace, resource, subresource, name } = request.info;
    const isThere = roads.includes('exec') && seen.live?.status !== 404;
    const intoPod = isThere ? gainedByExec(namespace, name, before, subresource !== 'portforward') : [];
    const others = roads.filter((road) => road !== 'exec');
    if (others.length === 0) return intoPod;
    if (after === null) return [...intoPod, ...gainedByUnknown(others)];
    const role = resource.endsWith('bindings') ? await boundRole(request, after, probe) : null;
    return [...intoPod, ...gainedByChange(others, { namespace, resource, before, after, role })];
  }

  #decide(question: PolicyQuestion, gained: readonly GainedIdentity[], creates: boolean): Decision {
    const whole = { ...question, gained, evaluated: true };
    const decision = this.#policy.decide(whole);
    return creates ? combineDecisions(decision, this.#policy.decide(createQuestion(whole))) : decision;
  }
}

/** What is looked at: roads to another identity, whether the object is there, which object a person approves. */
interface Plan {
  readonly roads: readonly Road[];
  readonly creates: boolean;
  readonly approves: boolean;
}

/** The refusal for an object that is not any more what was evaluated. */
export function objectChanged({ info }: ApiRequest, why: string): Refusal {
  const name = info.name === '' ? '' : ` "${info.name}"`;
  return new Refusal(
    'evaluated-object-changed',
    `${info.resource}${name} is forbidden: ${why}; nothing was written, run the same command again`,
    { resource: info.resource, group: info.apiGroup, name: info.name },
  );
}

function isChange({ method, upgrade }: ApiRequest): boolean {
  return upgrade === null && method !== 'GET' && method !== 'HEAD';
}

function sameRules(one: Decision, other: Decision): boolean {
  return one.outcome === other.outcome && one.matchedRules.join('\n') === other.matchedRules.join('\n');
}

/** An answer that the write itself would get, so that nobody is asked to approve it. */
function refusalOf({ method }: ApiRequest, { live, rehearsed }: Seen): Probed | null {
  if (rehearsed !== null && rehearsed.status >= 400 && !isUnevaluable(rehearsed)) return rehearsed;
  return method === 'DELETE' && live?.status === 404 ? live : null;
}

/** A webhook that does not say it keeps out of dry runs makes the API server refuse them (400, BadRequest). */
function isUnevaluable({ status, object }: Probed): boolean {
  return status === 400 && /\bdry.?run\b/i.test(textAt(object, 'message'));
}

/** The role that a binding hands out, as the same identity may read it. */
async function boundRole(request: ApiRequest, binding: unknown, probe: Probe): Promise<unknown> {
  const name = textAt(binding, 'roleRef', 'name');
  if (name === '') return null;
  const { apiGroup, apiVersion, namespace } = request.info;
  const within =
    textAt(binding, 'roleRef', 'kind') === 'Role'
      ? `namespaces/${encodeURIComponent(namespace)}/roles`
      : 'clusterroles';
  const role = await probe.ask(
    readOf(request, `/apis/${apiGroup}/${apiVersion}/${within}/${encodeURIComponent(name)}`),
  );
  return role.status === 200 ? role.object : null;
}

function pin(asked: Asked, base: Base, level: PinLevel): Outgoing | null {
  const { request, body, parsed } = asked;
  if (!isChange(request) || request.method === 'POST') return null;
  const value = request.method === 'DELETE' ? deleteOptions(body, parsed) : parsed;
  if (value === undefined || (value === null && request.method !== 'DELETE')) return null;
  const pinned = pinBody(request, value, base, level);
  return pinned === null ? null : writtenAnew(request, pinned);
}

/** What a person approves beside the request itself; and what must still be so when it runs. */
function digestOf(base: Base | null, creates: boolean, gained: readonly GainedIdentity[], after: unknown): string {
  const result = Object.entries(typeof after === 'object' && after !== null ? after : {}).filter(
    ([field]) => field !== 'metadata' && field !== 'status',
  );
  const text = canonicalJson({
    uid: base?.uid ?? null,
    creates,
    gained: gained.map(({ road, user, groups, says }) => ({ road, user, groups: [...groups], says })),
    result: JSON.stringify(result),
    labels: JSON.stringify(at(after, 'metadata', 'labels') ?? null),
  });
  return createHash('sha256').update(text).digest('hex');
}
