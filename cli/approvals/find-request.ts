import type { ApprovalRequest } from '../../model/approval.ts';
import { visible } from '../../model/visible-text.ts';
import { readDisplayCode } from '../../proxy/approvals/display-code.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { requestInWords } from './request-in-words.ts';

/** More are told by their number. */
const TOLD_AT_MOST = 10;

/** How every command names one request. */
export const CODE_OR_ID = 'CODE|ID';

/**
 * The request that was meant, by its code as people type it, or by its id. A code is taken again once its request is
 * over, so one that waits comes first.
 * @param known as the gateway lists them: open ones first, then the newest.
 * @throws {CommandError} which says what waits.
 */
export function findRequest(known: readonly ApprovalRequest[], codeOrId: string): ApprovalRequest {
  const typed = codeOrId.trim();
  const code = readDisplayCode(typed);
  const found = known.find(({ id }) => id === typed.toLowerCase()) ?? known.find((one) => one.code === code);
  if (found !== undefined) return found;
  throw new CommandError(
    exitCodes.failed,
    `no request has the code or id "${visible(codeOrId)}"; ${waitingInWords(known)}`,
  );
}

/** `what waits: 7F3K delete deployments.apps shop/web on prod`, one a line where there are several. */
export function waitingInWords(known: readonly ApprovalRequest[]): string {
  const waiting = known.filter(({ state }) => state === 'PENDING');
  if (waiting.length === 0) return 'nothing waits';
  const lines = waiting.slice(0, TOLD_AT_MOST).map((request) => `  ${oneLineOf(request)}`);
  const more = waiting.length > TOLD_AT_MOST ? [`  and ${waiting.length - TOLD_AT_MOST} more`] : [];
  return ['what waits:', ...lines, ...more].join('\n');
}

/** `7F3K  delete deployments.apps shop/web on prod, asked by local:ada` */
function oneLineOf({ code, intent }: ApprovalRequest): string {
  return visible(`${code}  ${requestInWords(intent.request)} on ${intent.cluster}, asked by ${intent.principal.user}`);
}
