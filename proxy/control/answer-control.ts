import type { Author } from '../../model/caller.ts';
import { ApprovalError } from '../approvals/approval-error.ts';
import type { Gateway } from '../gateway-door.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { PolicyChangeError } from '../policy/policy-source.ts';
import { authorOf, CallerError, type CallerOptions, type Conversation, challenge } from './caller.ts';
import { type ControlRequest, type ControlResponse, type ControlWord, controlRequest } from './control-protocol.ts';

/** What of a gateway the socket reaches. */
export type ControlledGateway = Pick<
  Gateway,
  'approvals' | 'review' | 'streams' | 'endStream' | 'policy' | 'waitingPolicy' | 'acceptPolicy'
>;

export interface AnswerOptions extends CallerOptions {
  readonly gateway: ControlledGateway;
  readonly log: GatewayLog;
}

/** Answers one line of one connection; a defect is an answer too. */
export async function answerControl(
  line: string,
  conversation: Conversation,
  options: AnswerOptions,
): Promise<ControlResponse> {
  let request: ControlRequest;
  try {
    request = controlRequest.parse(JSON.parse(line));
  } catch {
    return {
      ok: false,
      code: 'bad-request',
      message: 'this gateway does not understand the request; is it of another version?',
    };
  }
  const { gateway, log } = options;
  try {
    switch (request.ask) {
      case 'requests':
        return { ok: true, result: gateway.approvals() };
      case 'streams':
        return { ok: true, result: gateway.streams() };
      case 'waitingPolicy':
        return { ok: true, result: { state: gateway.policy(), change: gateway.waitingPolicy() } };
      case 'challenge':
        return { ok: true, result: challenge(conversation) };
      default: {
        const author = await authorOf(request, { line, conversation }, options);
        return { ok: true, result: await take(request, author, gateway), author };
      }
    }
  } catch (error) {
    if (error instanceof ApprovalError || error instanceof PolicyChangeError || error instanceof CallerError)
      return { ok: false, code: error.code, message: error.message };
    log.error({ event: 'control-failed', error }, 'a request over the control socket failed');
    return { ok: false, code: 'internal-error', message: 'the gateway failed; its log has the details' };
  }
}

async function take(word: ControlWord, author: Author, gateway: ControlledGateway) {
  switch (word.ask) {
    case 'review':
      return await gateway.review({ id: word.id, verdict: word.verdict, comment: word.comment, ...author });
    case 'acceptPolicy':
      return await gateway.acceptPolicy({ digest: word.digest, ...author });
    case 'endStream':
      return gateway.endStream(word.auditId, { comment: word.comment, ...author });
  }
}
