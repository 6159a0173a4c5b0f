import type { ApprovalRequest } from '../../model/approval.ts';
import type { Command } from '../command/command.ts';
import { askGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { type Field, fieldLines, shortDuration } from '../command/printable.ts';
import { identityInWords, requestInWords, sessionInWords } from './request-in-words.ts';

const NAME = 'requests';
const FLAGS = {
  data: DATA_FLAG,
  ...outputFlags('json: the requests with everything that is known of them'),
} as const satisfies Flags;

export const requestsCommand: Command = {
  name: NAME,
  summary: 'list what waits for approval',
  about: `Lists the requests that wait for approval at the gateway of this data folder, newest first. Only the person who
started the gateway can ask.`,
  flags: FLAGS,
  exits: { 0: 'listed (also when nothing waits)', 4: 'no gateway answers' },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const requests = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'requests' });
    const waiting = requests.filter(({ state }) => state === 'PENDING');
    if (wantsJson(values)) context.print(JSON.stringify(waiting, null, 2));
    else if (waiting.length === 0) context.print('nothing waits');
    else for (const line of requestLines(waiting, context.now(), context.columns)) context.print(line);
    return exitCodes.done;
  },
};

/**
 * What waits, for people: each with everything that an approval rests on, one thing a line.
 * @param columns of the terminal; null: no line is broken.
 */
export function requestLines(requests: readonly ApprovalRequest[], now: number, columns: number | null): string[] {
  return requests.flatMap((request, index) => {
    const { code, createdAt, expiresAt, held, intent } = request;
    const { principal, effective, rules, message, reason, cluster } = intent;
    const waits = [
      `for ${shortDuration(now - Date.parse(createdAt))}, until ${shortDuration(Date.parse(expiresAt) - now)} from now`,
      held ? 'its client is on the line' : 'no client is on the line',
    ];
    const fields: Field[] = [
      ['cluster', cluster],
      ['asked by', `${principal.user}, ${sessionInWords(principal.session)}`],
      ...(effective === null ? [] : [['acts as', identityInWords(effective)] as const]),
      ['rule', rules.join(', ')],
      ['because', message],
      ...(reason === null ? [] : [['reason given', reason] as const]),
      ['client', intent.request.userAgent],
      ['waits', waits.join('; ')],
    ];
    const told = fields.filter(([, value]) => value !== '');
    const [first = '', ...more] = fieldLines([[code, requestInWords(intent.request)]], columns);
    return [...(index === 0 ? [] : ['']), first, ...more, ...fieldLines(told, columns, '  ')];
  });
}
