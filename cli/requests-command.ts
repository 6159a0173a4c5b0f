import type { ApprovalRequest } from '../model/approval.ts';
import type { Command } from './command.ts';
import { askGateway } from './control-client.ts';
import { exitCodes } from './exit-codes.ts';
import { DATA_FLAG_HELP, dataFolder, readFlags } from './flags.ts';
import { shortDuration, table } from './printable.ts';
import { identityInWords, requestInWords } from './request-in-words.ts';

export const requestsCommand: Command = {
  name: 'requests',
  summary: 'list what waits for approval',
  help: `Usage: gatehouse requests [--data FOLDER] [--json]

Lists the requests that wait for approval at the gateway of this data folder, newest first. Only the person who
started the gateway can ask.

  ${DATA_FLAG_HELP}
  --json           print the requests as JSON, with everything that is known of them

Exit codes: 0 listed (also when nothing waits), 1 failed, 2 wrong usage, 4 no gateway answers.`,

  async run(words, context) {
    const { values } = readFlags('requests', words, { data: { type: 'string' }, json: { type: 'boolean' } });
    const requests = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'requests' });
    const waiting = requests.filter(({ state }) => state === 'PENDING');
    if (values.json) context.print(JSON.stringify(waiting, null, 2));
    else if (waiting.length === 0) context.print('nothing waits');
    else for (const line of requestTable(waiting, context.now())) context.print(line);
    return exitCodes.done;
  },
};

/** What waits, as a table for people. */
export function requestTable(requests: readonly ApprovalRequest[], now: number): string[] {
  return table([
    ['CODE', 'AGE', 'WHO', 'AS WHOM', 'CLUSTER', 'EXPIRES', 'HELD', 'WHAT'],
    ...requests.map(({ code, createdAt, expiresAt, held, intent }) => [
      code,
      shortDuration(now - Date.parse(createdAt)),
      intent.principal.user,
      identityInWords(intent.effective),
      intent.cluster,
      `in ${shortDuration(Date.parse(expiresAt) - now)}`,
      held ? 'yes' : 'no',
      requestInWords(intent.request),
    ]),
  ]);
}
