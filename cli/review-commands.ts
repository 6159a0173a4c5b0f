import type { ApprovalRequest } from '../model/approval.ts';
import { visible } from '../model/visible-text.ts';
import { readDisplayCode } from '../proxy/approvals/display-code.ts';
import type { Command } from './command.ts';
import { askGateway } from './control-client.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { DATA_FLAG_HELP, dataFolder, readFlags } from './flags.ts';
import { identityInWords, requestInWords } from './request-in-words.ts';

export const approveCommand: Command = {
  name: 'approve',
  summary: 'approve one request that waits',
  help: `Usage: gatehouse approve CODE|ID [--comment TEXT] [--data FOLDER]

Approves one request by its code (as "gatehouse requests" shows it) or its id. The approval is good for exactly this
request, once, and for a limited time.

  --comment TEXT   why; needed where the policy asks for a reason and none was given
  ${DATA_FLAG_HELP}

Exit codes: 0 approved, 1 not approved (it says why), 2 wrong usage, 4 no gateway answers.`,

  async run(words, context) {
    const options = { comment: { type: 'string' }, data: { type: 'string' } } as const;
    const { values, positionals } = readFlags('approve', words, options, ['CODE|ID']);
    const folder = dataFolder(values.data, context);
    const approval = await vote(folder, positionals[0] ?? '', 'approve', values.comment);
    const until = approval.grant === null ? '' : `, good once until ${approval.grant.expiresAt}`;
    context.print(`approved ${inWords(approval)}${until}`);
    return exitCodes.done;
  },
};

export const denyCommand: Command = {
  name: 'deny',
  summary: 'deny one request that waits',
  help: `Usage: gatehouse deny CODE|ID [--reason TEXT] [--data FOLDER]

Denies one request by its code (as "gatehouse requests" shows it) or its id. Whoever asked is told the reason.

  --reason TEXT    why not
  ${DATA_FLAG_HELP}

Exit codes: 0 denied, 1 failed (it says why), 2 wrong usage, 4 no gateway answers.`,

  async run(words, context) {
    const options = { reason: { type: 'string' }, data: { type: 'string' } } as const;
    const { values, positionals } = readFlags('deny', words, options, ['CODE|ID']);
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
