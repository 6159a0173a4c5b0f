import type { Command } from '../command/command.ts';
import { askGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { CODE_OR_ID, findRequest } from './find-request.ts';
import { requestDetails, requestLines } from './request-lines.ts';

const NAME = 'requests';
const ONE = [`[${CODE_OR_ID}]`];
const FLAGS = {
  data: DATA_FLAG,
  ...outputFlags('json: the requests with everything that is known of them'),
} as const satisfies Flags;

export const requestsCommand: Command = {
  name: NAME,
  summary: 'list what waits for approval, or show one request whole',
  about: `Lists the requests that wait for approval at the gateway of this data folder, newest first. With a code or an id
it shows that request whole, with its body, whose secrets are masked; also one that is decided already, for as long as the
gateway knows of it. Only the person who started the gateway, and root, can ask.`,
  positionals: ONE,
  flags: FLAGS,
  exits: { 0: 'shown (also when nothing waits)', 4: 'no gateway answers' },

  async run(words, context) {
    const { values, positionals } = readFlags(NAME, words, FLAGS, ONE);
    const requests = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'requests' });
    const [wanted] = positionals;
    if (wanted !== undefined) {
      const request = findRequest(requests, wanted);
      if (wantsJson(values)) context.print(JSON.stringify(request, null, 2));
      else for (const line of requestDetails(request, context.now(), context.columns)) context.print(line);
      return exitCodes.done;
    }
    const waiting = requests.filter(({ state }) => state === 'PENDING');
    if (wantsJson(values)) context.print(JSON.stringify(waiting, null, 2));
    else if (waiting.length === 0) context.print('nothing waits');
    else for (const line of requestLines(waiting, context.now(), context.columns)) context.print(line);
    return exitCodes.done;
  },
};
