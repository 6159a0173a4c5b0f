import type { Decision } from '../../../model/decision.ts';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import { ready } from '../../large-bodies/large-bodies.ts';
import { jsonOnlyAccept } from '../../masking/plan/accept.ts';
import { planMask } from '../../masking/plan/plan-mask.ts';
import type { MaskPlan, MaskReport } from '../../masking/plan/response-mask.ts';
import { keyOfCluster } from '../../masking/tokens/mask-token.ts';
import { Refusal } from '../../refusal.ts';
import { answerSelfReview } from '../../self-knowledge/answer-self-review.ts';
import { judgeFor } from '../../self-knowledge/judge.ts';
import { selfReviewOf } from '../../self-knowledge/self-review.ts';
import { policyCluster } from '../ask-policy.ts';
import type { Judged } from '../evaluate.ts';
import type { Outcome, Passage } from '../passage.ts';
import type { SentRequest, WantedAnswer } from '../send.ts';
import type { Answer } from './answer.ts';
import { brokenAnswer } from './broken-answer.ts';
import { giveMasked } from './masked-answer.ts';
import { isLog, longAnswer } from './watch-or-log.ts';

/** Everything that is no stream: one document, a watch, a log, an error. */
export class DocumentAnswer implements Answer {
  readonly wanted: WantedAnswer;
  readonly #passage: Passage;
  readonly #judged: Judged;
  readonly #plan: MaskPlan;
  readonly #selfReview: ReturnType<typeof selfReviewOf>;

  /** @throws {Refusal} `response-not-maskable` where policy asks for a mask that cannot be made. */
  constructor(passage: Passage, judged: Judged) {
    const { request, decision } = judged;
    const plan = planMask(request, decision.masks);
    const selfReview = selfReviewOf(request);
    const isAboutOneself = selfReview !== null;
    this.#passage = passage;
    this.#judged = judged;
    this.#plan = plan;
    this.#selfReview = selfReview;
    const whole = plan.kind === 'pass' ? null : plan.whole;
    this.wanted = {
      target: whole?.target ?? null,
      accept: isAboutOneself ? 'application/json' : (whole?.accept ?? jsonOnlyAccept(request)),
      compression: plan.kind === 'pass' && !isAboutOneself && !isLog(request),
    };
  }

  begin(): void {}

  end(): void {}

  async give({ answered, outgoing }: SentRequest, warnings: readonly string[] | null): Promise<Outcome> {
    const { parts, exchange, cluster } = this.#passage;
    const response = notUpgraded(answered);
    const { request } = this.#judged;
    const long = longAnswer(this.#passage, this.#judged, (refusal) => {
      // It may not be read yet, or no longer: an error that nobody listens to would end the process.
      response.body.on('error', () => undefined);
      response.body.destroy(refusal);
    });
    const masked: { report?: MaskReport } = {};
    const valuesMasked = (redacted = 0): number => (masked.report?.maskedValues ?? 0) + redacted;
    try {
      if (saysWords(response)) await ready(parts.seen.of(cluster), 'errors');
      const own = await this.#withOwnWords(response);
      const given = await giveMasked(long?.exchange ?? exchange, own.response, {
        request,
        plan: this.#plan,
        maskKey: keyOfCluster(parts.maskKey, cluster.slug),
        revealsIn: parts.revealsIn,
        masking: parts.largeBodies,
        seen: parts.seen.of(cluster),
        onMasked: parts.maskOrigins.noteAnswer(request.info),
        onReport: (report) => {
          masked.report = report;
        },
        sent: outgoing.body,
        warnings: warnings === null ? null : [...warnings, ...own.warnings],
      });
      const over = long?.close();
      return {
        status: given.status,
        code: over?.code ?? given.code,
        maskedValues: valuesMasked(over?.redactedValues),
        ended: over?.ended ?? null,
      };
    } catch (error) {
      const over = long?.close();
      const why = brokenAnswer(this.#passage, response, error);
      const maskedValues = valuesMasked(over?.redactedValues);
      // Ended where nothing could be said any more: its client has the status that it got, and a cut connection.
      if (over != null && over.ended !== null && exchange.answered) {
        return { status: response.status, code: over.code, maskedValues, ended: over.ended };
      }
      this.#passage.maskedValues = maskedValues;
      throw why;
    }
  }

  /** `kubectl auth can-i` is told what policy says too; every other answer is the cluster's. */
  async #withOwnWords(response: UpstreamResponse) {
    const { parts, exchange, cluster } = this.#passage;
    const { request, body } = this.#judged;
    const kind = this.#selfReview;
    if (kind === null) return { response, warnings: [] };
    const { policy, approvals } = parts;
    const judge = judgeFor(policy, {
      principal: exchange.principal,
      cluster: policyCluster(cluster),
      impersonation: request.impersonation,
    });
    const canAsk = ({ approval }: Decision): boolean => approval !== null && approvals.canAsk(approval);
    return answerSelfReview(response, { kind, request, body, judge, canAsk });
  }
}

/** Errors and warnings are searched for everything seen. */
function saysWords({ status, headers }: UpstreamResponse): boolean {
  return status >= 400 || headers.some(([name]) => name.toLowerCase() === 'warning');
}

/**
 * The response; an upgrade that nobody asked for is no answer.
 * @throws {Refusal} `upstream-response-invalid`.
 */
export function notUpgraded(answered: SentRequest['answered']): UpstreamResponse {
  if (!('socket' in answered)) return answered;
  answered.socket.destroy();
  throw new Refusal('upstream-response-invalid', 'The cluster switched protocols though nobody asked it to');
}
