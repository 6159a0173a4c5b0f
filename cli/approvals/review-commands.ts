import type { ApprovalRequest } from '../../model/approval.ts';
import { visible } from '../../model/visible-text.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { askGateway, tellGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags, usageError } from '../command/flags.ts';
import { CODE_OR_ID, findRequest, waitingInWords } from './find-request.ts';
import { identityInWords, requestInWords } from './request-in-words.ts';

const WHICH = [CODE_OR_ID];

const APPROVE_FLAGS = {
  reason: {
    type: 'string',
    value: 'TEXT',
    also: ['comment'],
    says: 'why; needed where the policy asks for a reason and none was given',
  },
  data: DATA_FLAG,
} as const satisfies Flags;

export const approveCommand: Command = {
  name: 'approve',
  summary: 'approve one request that waits',
  about: `Approves one request by its code (as "gatehouse requests" shows it) or its id. The approval is good for exactly
this request, once, and for a limited time.`,
  positionals: WHICH,
  completes: 'waiting-requests',
  flags: APPROVE_FLAGS,
  exits: { 0: 'approved', 1: 'not approved (it says why)', 4: 'no gateway answers' },

  async run(words, context) {
    const { values, positionals } = readFlags('approve', words, APPROVE_FLAGS, [`[${CODE_OR_ID}]`]);
    const approval = await vote('approve', { ...values, wanted: positionals[0] }, context);
    const until = approval.grant === null ? '' : `, good once until ${approval.grant.expiresAt}`;
    context.print(`approved ${inWords(approval)}${until}`);
    return exitCodes.done;
  },
};

const DENY_FLAGS = {
  reason: { type: 'string', value: 'TEXT', also: ['comment'], says: 'why not' },
  data: DATA_FLAG,
} as const satisfies Flags;

export const denyCommand: Command = {
  name: 'deny',
  summary: 'deny one request that waits',
  about: `Denies one request by its code (as "gatehouse requests" shows it) or its id. Whoever asked is told the reason.`,
  positionals: WHICH,
  completes: 'waiting-requests',
  flags: DENY_FLAGS,
  exits: { 0: 'denied', 4: 'no gateway answers' },

  async run(words, context) {
    const { values, positionals } = readFlags('deny', words, DENY_FLAGS, [`[${CODE_OR_ID}]`]);
    const approval = await vote('deny', { ...values, wanted: positionals[0] }, context);
    context.print(`denied ${inWords(approval)}`);
    return exitCodes.done;
  },
};

/** Nothing is decided for want of a code, also where one request alone waits: it may be another one by now. */
async function vote(
  verdict: 'approve' | 'deny',
  { wanted, reason, data }: { readonly wanted: string | undefined; readonly reason?: string; readonly data?: string },
  context: CommandContext,
): Promise<ApprovalRequest> {
  const folder = dataFolder(data, context);
  const asked = askGateway(folder, { v: 1, ask: 'requests' });
  if (wanted === undefined) {
    const waiting = await asked.then(waitingInWords, () => null);
    throw usageError(verdict, `it takes one ${CODE_OR_ID}, and got none${waiting === null ? '' : `; ${waiting}`}`);
  }
  const { id } = findRequest(await asked, wanted);
  return await tellGateway(folder, { v: 1, ask: 'review', id, verdict, comment: reason ?? null }, context);
}

function inWords({ code, intent }: ApprovalRequest): string {
  const as = intent.effective === null ? '' : ` as ${identityInWords(intent.effective)}`;
  return visible(
    `${code}: ${requestInWords(intent.request)}${as} on ${intent.cluster}, asked by ${intent.principal.user}`,
  );
}
