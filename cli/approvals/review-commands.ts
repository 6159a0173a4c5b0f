import type { ApprovalRequest } from '../../model/approval.ts';
import { visible } from '../../model/visible-text.ts';
import { readDisplayCode } from '../../proxy/approvals/display-code.ts';
import type { Command } from '../command/command.ts';
import { askGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { identityInWords, requestInWords } from './request-in-words.ts';

const WHICH = ['CODE|ID'];

const APPROVE_FLAGS = {
  comment: { type: 'string', value: 'TEXT', says: 'why; needed where the policy asks for a reason and none was given' },
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
    const { values, positionals } = readFlags('approve', words, APPROVE_FLAGS, WHICH);
    const folder = dataFolder(values.data, context);
    const approval = await vote(folder, positionals[0] ?? '', 'approve', values.comment);
    const until = approval.grant === null ? '' : `, good once until ${approval.grant.expiresAt}`;
    context.print(`approved ${inWords(approval)}${until}`);
    return exitCodes.done;
  },
};

const DENY_FLAGS = {
  reason: { type: 'string', value: 'TEXT', says: 'why not' },
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
    const { values, positionals } = readFlags('deny', words, DENY_FLAGS, WHICH);
    const approval = await vote(dataFolder(values.data, context), positionals[0] ?? '', 'deny', values.reason);
    context.print(`denied ${inWords(approval)}`);
    return exitCodes.done;
  },
};

async function vote(
  folder: string,
  codeOrId: string,
  verdict: 'approve' | 'deny',
  comment: string | undefined,
): Promise<ApprovalRequest> {
  const known = await askGateway(folder, { v: 1, ask: 'requests' });
  const code = readDisplayCode(codeOrId);
  const meant =
    known.find(({ id, state }) => id === codeOrId && state === 'PENDING') ?? known.find((one) => one.code === code);
  if (meant === undefined) {
    throw new CommandError(
      exitCodes.failed,
      `no request has the code or id "${codeOrId}"; "gatehouse requests" lists what waits`,
    );
  }
  return await askGateway(folder, { v: 1, ask: 'review', id: meant.id, verdict, comment: comment ?? null });
}

function inWords({ code, intent }: ApprovalRequest): string {
  const as = intent.effective === null ? '' : ` as ${identityInWords(intent.effective)}`;
  return visible(
    `${code}: ${requestInWords(intent.request)}${as} on ${intent.cluster}, asked by ${intent.principal.user}`,
  );
}
