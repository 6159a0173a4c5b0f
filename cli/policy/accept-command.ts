import type { WaitingChange } from '../../model/policy-change.ts';
import { againstInWords, changeLines, opensInWords } from '../../model/policy-change-words.ts';
import { visible } from '../../model/visible-text.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { askGateway, tellGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { saysYes } from '../command/says-yes.ts';

const PENDING_FLAGS = {
  data: DATA_FLAG,
  ...outputFlags('json: the state of the policy and what waits, rule by rule'),
} as const satisfies Flags;

export const policyPendingCommand: Command = {
  name: 'policy pending',
  summary: 'show what of the policy folder waits to be accepted',
  about: `Shows what of the policy folder is not in force because it opens something, rule by rule: what it opens (!), what
it closes, in what the rule differs.`,
  flags: PENDING_FLAGS,
  exits: { 0: 'nothing waits', 4: 'no gateway answers', 5: 'something waits' },

  async run(words, context) {
    const { values } = readFlags('policy pending', words, PENDING_FLAGS);
    const folder = dataFolder(values.data, context);
    if (!wantsJson(values)) return (await show(folder, context)) === null ? exitCodes.done : exitCodes.undecided;
    const waiting = await askGateway(folder, { v: 1, ask: 'waitingPolicy' });
    context.print(JSON.stringify(waiting, null, 2));
    return waiting.change === null ? exitCodes.done : exitCodes.undecided;
  },
};

const ACCEPT_FLAGS = {
  yes: { type: 'boolean', says: 'accept without a question; it is shown all the same' },
  data: DATA_FLAG,
} as const satisfies Flags;

export const policyAcceptCommand: Command = {
  name: 'policy accept',
  summary: 'put a change of the policy folder that waits into force',
  about: `Shows what of the policy folder waits, rule by rule, and puts it into force after a yes: exactly what was shown,
or nothing. What waits for an approval under the old policy ends.`,
  flags: ACCEPT_FLAGS,
  notes: `A folder that Git or a configuration manager writes, and nobody else can, need not wait: start the gateway with
--trust-policy-folder.`,
  exits: {
    0: 'accepted, or nothing waits',
    1: 'failed (it says why, nothing was accepted)',
    4: 'no gateway answers',
    5: 'nothing was accepted: no yes, or nobody to ask',
  },

  async run(words, context) {
    const { values } = readFlags('policy accept', words, ACCEPT_FLAGS);
    const folder = dataFolder(values.data, context);
    const change = await show(folder, context);
    if (change === null) return exitCodes.done;
    if (values.yes !== true && !(await saysYes('Accept this change of the policy?', context))) {
      context.complain('nothing was accepted; --yes accepts it');
      return exitCodes.undecided;
    }
    const { digest } = await tellGateway(folder, { v: 1, ask: 'acceptPolicy', digest: change.digest }, context);
    context.print(`accepted: policy ${digest} is in force`);
    return exitCodes.done;
  },
};

/** Prints what waits, and says it back. */
async function show(folder: string, { print, complain }: CommandContext): Promise<WaitingChange | null> {
  const { state, change } = await askGateway(folder, { v: 1, ask: 'waitingPolicy' });
  for (const notice of state.notices) complain(visible(notice));
  for (const { file, line, message } of state.problems) {
    complain(visible(`${file}${line === 0 ? '' : `, line ${line}`}: ${message}`));
  }
  for (const { file, line, rule, message } of state.warnings) {
    complain(visible(`warning: ${file}, line ${line} (${rule}): ${message}`));
  }
  if (change === null) {
    print('nothing waits');
    return null;
  }
  const opens = change.rules.filter((rule) => rule.opens.length > 0).length;
  print(visible(`policy folder ${state.folder}`));
  print(visible(`${change.why} (since ${change.since})`));
  print('');
  for (const line of changeLines(change)) print(visible(line));
  if (change.rules.length > 0) print('');
  print(`${opensInWords(opens)}, told against ${againstInWords(change)}; in force: ${state.digest || 'nothing'}`);
  return change;
}
