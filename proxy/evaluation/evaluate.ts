import { createHash } from 'node:crypto';
import type { Decision, Finding } from '../../model/decision.ts';
import type { GainedIdentity } from '../../model/gained-identity.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Upstream, UpstreamResponse } from '../forward/upstream.ts';
import { combineDecisions } from '../policy/combine-decisions.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { canonicalJson } from '../request/canonical-json.ts';
import { identities } from './act-as/identities.ts';
import { createQuestion, mayCreate } from './creates.ts';
import { at } from './fields.ts';
import { canonical, type RequestWithBody, readable } from './look/body.ts';
import { isChange, Looker, type Subject } from './look/look.ts';
import { type Base, pinWrite } from './look/pin.ts';
import type { Sight } from './look/sight.ts';
import type { Reader, Reading } from './reader.ts';

/** A request that the URL alone did not deny. */
export interface Asked extends Subject {
  readonly question: PolicyQuestion;
  /** What the URL alone decided. */
  readonly decision: Decision;
}

/** What became of it. */
export interface Evaluated {
  readonly decision: Decision;
  /** What is to be sent: the request, pinned to what it was evaluated on. */
  readonly outgoing: RequestWithBody;
  /** The object, and its version, to which the write is bound; null where it is to none. */
  readonly pinnedTo: string | null;
  /** Hex SHA-256 of what was found; null when nothing had to be looked at. */
  readonly digest: string | null;
  /** The API server refused the rehearsal: what the write itself would have got. */
  readonly answered: UpstreamResponse | null;
}

/** Who finds what rules wait for. */
const READERS: Readonly<Record<Finding, Reader>> = { identities };
/** Rounds in which somebody else changed the object between two questions. */
const ROUNDS = 3;

/**
 * Judges requests by what they would do at the API server, where a rule in force needs to know: what is there, and what
 * would be, is looked at (`look/`), readers find in it what rules wait for, and the write that follows is pinned to it.
 * Where no rule waits, and no person has to, nothing is looked at.
 */
export class Evaluator {
  readonly #policy: PolicySource;
  readonly #looker: Looker;

  constructor(policy: PolicySource, upstream: Upstream) {
    this.#policy = policy;
    this.#looker = new Looker(upstream);
  }

  /** @throws {Refusal} `evaluated-object-changed`, and as `sendUpstream`. */
  async evaluate(asked: Asked): Promise<Evaluated> {
    const readings = this.#plan(asked);
    const unpinned = { pinnedTo: null, digest: null, answered: null };
    if (readings === null)
      return { decision: this.#decideByWhatIsKnown(asked), outgoing: canonical(asked), ...unpinned };
    const looks = {
      rehearsal: readings.some(({ looks: { rehearsal } }) => rehearsal),
      exact: readings.some(({ looks: { exact } }) => exact),
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const seen = await this.#looker.look(asked, looks);
      if (seen.kind === 'sight') return this.#judge(asked, readings, seen.sight);
      if (seen.kind === 'refused') {
        const { request, body } = asked;
        const decision = this.#decideByWhatIsKnown(asked);
        return { ...unpinned, decision, outgoing: { request, body }, answered: seen.response };
      }
    }
    throw objectChanged(asked.request, 'it keeps changing while Gatehouse looks at it');
  }

  /** Hears of each request that was sent, once it was answered: what it changed is not judged by what was seen before. */
  sent(request: ApiRequest, cluster: Cluster): void {
    this.#looker.sent(request, cluster);
  }

  /**
   * What is to be found; null where nothing has to be looked at. For no reading at all it has to be where it makes a
   * difference whether the object is there, and where a person approves this object and no other of its name.
   */
  #plan(asked: Asked): readonly Reading[] | null {
    const { request, question } = asked;
    const asCreate = mayCreate(request) ? createQuestion(question) : null;
    const awaits = new Set([
      ...asked.decision.awaits,
      ...(asCreate === null ? [] : this.#policy.decide(asCreate).awaits),
    ]);
    const said = awaits.size === 0 ? null : readable(asked);
    const readings = [...awaits].flatMap((finding) => READERS[finding].plan({ question, request, said }) ?? []);
    const decision = this.#decideByWhatIsKnown(asked);
    const create = asCreate === null ? null : this.#policy.decide({ ...asCreate, evaluated: true });
    const creates = create !== null && create.outcome !== 'allow' && !sameRules(create, decision);
    const named = request.info.name !== '' && request.info.isResourceRequest;
    const approves = named && decision.outcome === 'requireApproval' && isChange(request) && request.method !== 'POST';
    return readings.length > 0 || creates || approves ? readings : null;
  }

  /** The decision for a request of which looking would find, or did find, nothing more. */
  #decideByWhatIsKnown({ question, decision }: Asked): Decision {
    return decision.unresolved ? this.#policy.decide({ ...question, evaluated: true }) : decision;
  }

  async #judge(asked: Asked, readings: readonly Reading[], sight: Sight): Promise<Evaluated> {
    const { request } = asked;
    let question: PolicyQuestion = { ...asked.question, evaluated: true };
    for (const reading of readings) question = await reading.read(question, sight);
    const { base, after } = sight;
    const creates = mayCreate(request) && (sight.live === 'absent' || sight.live === 'unreadable');
    const decision = this.#policy.decide(question);
    // What a person agrees to is one state; so is what rules agreed to by what they saw of it.
    const isOneState = readings.some(({ looks }) => looks.exact || decision.outcome === 'requireApproval');
    const level = isOneState ? 'state' : 'identity';
    const isPinned = base !== null && isChange(request) && request.method !== 'POST';
    const pinned = isPinned ? pinWrite(asked, base, level) : null;
    return {
      decision: creates ? combineDecisions(decision, this.#policy.decide(createQuestion(question))) : decision,
      outgoing: pinned ?? canonical(asked),
      pinnedTo: pinned === null || base === null ? null : `${base.uid} ${base.resourceVersion}`,
      digest: digestOf(base, creates, question.gained ?? [], request.method === 'PATCH' ? after : null),
      answered: null,
    };
  }
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

function sameRules(one: Decision, other: Decision): boolean {
  return one.outcome === other.outcome && one.matchedRules.join('\n') === other.matchedRules.join('\n');
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
