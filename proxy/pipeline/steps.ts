import type { Decision } from '../../model/decision.ts';
import { EndedByGateway, isClientGone } from '../ended-by-gateway.ts';
import { letOthersBy } from '../large-bodies/large-bodies.ts';
import { audible, refuse } from '../listener/refuse.ts';
import { Refusal, toRefusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { firstValue, isTrue } from '../request/query.ts';
import { readRequest } from '../request/read-request.ts';
import type { Answer } from './answers/answer.ts';
import { chooseAnswer } from './answers/choose-answer.ts';
import { endedInWords } from './answers/stream.ts';
import { isLog } from './answers/watch-or-log.ts';
import { askPolicy } from './ask-policy.ts';
import { authorise } from './authorisation.ts';
import { evaluate, type Judged } from './evaluate.ts';
import { knowSecrets } from './know-secrets.ts';
import type { Outcome, Passage } from './passage.ts';
import { readWhole } from './read-body.ts';
import { restoreMasks } from './restore-masks.ts';
import { send } from './send.ts';
import { refusedVerdict } from './verdict.ts';

/**
 * One request or upgrade of one client to one cluster, from its first byte to its `finished` record. There is no other
 * way from a client to an API server, and this is the order of its steps.
 */
export async function servePassage(passage: Passage): Promise<void> {
  let answer: Answer | null = null;
  let letGo = (): void => undefined;
  let outcome: Outcome;
  try {
    const request = readHead(passage);
    const decided = askPolicy(passage, request);
    const whole = await readWhole(passage, decided);
    await letOthersBy(whole.body);
    const restored = await restoreMasks(passage, whole);
    await letOthersBy(whole.body);
    const judged = await evaluate(passage, restored);
    answer = chooseAnswer(passage, judged);
    countAsLasting(passage, judged);
    await letOthersBy(judged.body);
    const { outgoing, warnings } = await authorise(passage, judged);
    answer.begin();
    letGo = await knowSecrets(passage, judged);
    const refused = judged.answered;
    const sent = refused === null ? await send(passage, outgoing, answer.wanted) : { answered: refused, outgoing };
    outcome = await answer.give(sent, judged.decision.warnings ? warnings : null);
  } catch (error) {
    outcome = await refusePassage(passage, error);
  }
  answer?.end();
  letGo();
  await passage.finished(outcome);
}

/** Reads the head as the API server will read it. */
function readHead(passage: Passage): ApiRequest {
  const request = readRequest(passage.head);
  passage.isAbout(request);
  return request;
}

/** Watches, followed logs and streams have no natural end, and a person takes a while. */
function countAsLasting({ exchange }: Passage, { request, decision }: Judged): void {
  if (lasts(request, decision)) exchange.lasting();
}

function lasts(request: ApiRequest, { outcome }: Decision): boolean {
  const { info, query, upgrade } = request;
  if (upgrade !== null || info.verb === 'watch' || outcome === 'requireApproval') return true;
  return isLog(request) && isTrue(firstValue(query, 'follow'));
}

/** Turns whatever went wrong into an answer and, where nothing was decided yet, into a record of its own. */
async function refusePassage(passage: Passage, error: unknown): Promise<Outcome> {
  const { parts, exchange, auditId, maskedValues } = passage;
  const gone: Outcome = { status: 0, code: null, maskedValues, ended: 'client-gone' };
  const { digest } = parts.policy.state();
  const { reason } = exchange.signal;
  if (reason instanceof EndedByGateway && !(error instanceof Refusal)) {
    const { refusal } = reason;
    await passage.decided(refusedVerdict(refusal, digest), true).catch(() => undefined);
    return { status: 0, code: refusal.code, maskedValues, ended: endedInWords(refusal) };
  }
  if (exchange.signal.aborted && !(error instanceof Refusal)) {
    const brokenOff = new Refusal('request-malformed', 'The client broke off before its request was whole');
    await passage.decided(refusedVerdict(brokenOff, digest), true).catch(() => undefined);
    return gone;
  }
  let refusal = toRefusal(error);
  if (refusal.code === 'internal-error') parts.log.error({ event: 'internal-error', error, auditId }, refusal.message);
  try {
    await passage.decided(refusedVerdict(refusal, digest), true);
  } catch (journalError) {
    refusal = toRefusal(journalError);
  }
  // Once an answer was under way a cut connection is the gateway's doing, for the reason that the refusal says.
  const left = !exchange.answered && isClientGone(exchange);
  // Told all the same: a client that only closed its own half still reads, and its connection ends with the answer.
  await refuse(exchange, audible(refusal, exchange.target), auditId);
  if (left) return gone;
  return { status: refusal.status, code: refusal.code, maskedValues, ended: null };
}
