import type { Decision } from '../../model/decision.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Upstream, UpstreamResponse } from '../forward/upstream.ts';
import { combineDecisions } from '../policy/combine-decisions.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { createQuestion, mayCreate } from './creates.ts';
import { type Examination, Examiner } from './examine.ts';
import type { RequestWithBody } from './look/body.ts';
import { isChange, Looker, type Seen, type Subject } from './look/look.ts';
import type { Looks } from './look/sight.ts';

/** A request that the URL alone did not deny. */
export interface Asked extends Subject {
  readonly question: PolicyQuestion;
  /** What the URL alone decided. */
  readonly decision: Decision;
  /** Who reads the body, and the objects; left out: it is done at once, here. */
  readonly examination?: Examination;
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
    const examination = asked.examination ?? new Examiner(asked);
    const planned = await this.#plan(asked, examination);
    const unpinned = { pinnedTo: null, digest: null, answered: null };
    const outgoing = await examination.canonical();
    if (planned === null) return { decision: this.#decideByWhatIsKnown(asked), outgoing, ...unpinned };
    const looks = {
      rehearsal: planned.some(({ rehearsal }) => rehearsal),
      exact: planned.some(({ exact }) => exact),
      isRead: planned.length > 0,
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const seen = await this.#looker.look(asked, looks, outgoing);
      if (seen.kind === 'sight') return this.#judge(asked, { examination, outgoing, looks, seen });
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
  async #plan(asked: Asked, examination: Examination): Promise<readonly Looks[] | null> {
    const { request, question } = asked;
    const asCreate = mayCreate(request) ? createQuestion(question) : null;
    const awaits = new Set([
      ...asked.decision.awaits,
      ...(asCreate === null ? [] : this.#policy.decide(asCreate).awaits),
    ]);
    const looks = await examination.plan(question, [...awaits]);
    const decision = this.#decideByWhatIsKnown(asked);
    const create = asCreate === null ? null : this.#policy.decide({ ...asCreate, evaluated: true });
    const creates = create !== null && create.outcome !== 'allow' && !sameRules(create, decision);
    const named = request.info.name !== '' && request.info.isResourceRequest;
    const approves = named && decision.outcome === 'requireApproval' && isChange(request) && request.method !== 'POST';
    return looks.length > 0 || creates || approves ? looks : null;
  }

  /** The decision for a request of which looking would find, or did find, nothing more. */
  #decideByWhatIsKnown({ question, decision }: Asked): Decision {
    return decision.unresolved ? this.#policy.decide({ ...question, evaluated: true }) : decision;
  }

  async #judge(asked: Asked, { examination, outgoing, looks, seen: { sight, bytes } }: Looked): Promise<Evaluated> {
    const { request } = asked;
    const question = await examination.read({ ...asked.question, evaluated: true }, sight, bytes);
    const { base } = sight;
    const creates = mayCreate(request) && (sight.live === 'absent' || sight.live === 'unreadable');
    const decision = this.#policy.decide(question);
    // What a person agrees to is one state; so is what rules agreed to by what they saw of it.
    const isOneState = looks.exact || (looks.isRead && decision.outcome === 'requireApproval');
    const level = isOneState ? 'state' : 'identity';
    const isPinned = base !== null && isChange(request) && request.method !== 'POST';
    const pinned = isPinned ? await examination.pinned(base, level) : null;
    const result = request.method === 'PATCH';
    return {
      decision: creates ? combineDecisions(decision, this.#policy.decide(createQuestion(question))) : decision,
      outgoing: pinned ?? outgoing,
      pinnedTo: pinned === null || base === null ? null : `${base.uid} ${base.resourceVersion}`,
      digest: await examination.digest({ base, creates, gained: question.gained ?? [], result }),
      answered: null,
    };
  }
}

/** What was seen of a request, and who reads it. */
interface Looked {
  readonly examination: Examination;
  readonly outgoing: RequestWithBody;
  readonly looks: Looks & { readonly isRead: boolean };
  readonly seen: Extract<Seen, { readonly kind: 'sight' }>;
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
