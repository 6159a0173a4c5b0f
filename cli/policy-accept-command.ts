import type { WaitingChange } from '../model/policy-change.ts';
import { againstInWords, changeLines, opensInWords } from '../model/policy-change-words.ts';
import { visible } from '../model/visible-text.ts';
import type { Command, CommandContext } from './command.ts';
import { askGateway } from './control-client.ts';
import { exitCodes } from './exit-codes.ts';
import { DATA_FLAG_HELP, dataFolder, readFlags } from './flags.ts';

export const policyPendingCommand: Command = {
  name: 'policy pending',
  summary: 'show what of the policy folder waits to be accepted',
  help: `Usage: gatehouse policy pending [--data FOLDER]

Shows what of the policy folder is not in force because it opens something, rule by rule: what it opens (!), what it
closes, in what the rule differs.

  ${DATA_FLAG_HELP}

Exit codes: 0 nothing waits, 1 failed, 2 wrong usage, 4 no gateway answers, 5 something waits.`,

  async run(words, context) {
    const { values } = readFlags('policy pending', words, { data: { type: 'string' } });
    return (await show(dataFolder(values.data, context), context)) === null ? exitCodes.done : exitCodes.undecided;
  },
};

export const policyAcceptCommand: Command = {
  name: 'policy accept',
  summary: 'put a change of the policy folder that waits into force',
  help: `Usage: gatehouse policy accept [--yes] [--data FOLDER]

Shows what of the policy folder waits, rule by rule, and puts it into force after a yes: exactly what was shown, or
nothing. What waits for an approval under the old policy ends.

  --yes            accept without a question; it is shown all the same
  ${DATA_FLAG_HELP}

A folder that Git or a configuration manager writes, and nobody else can, need not wait: start the gateway with
--trust-policy-folder.

Exit codes: 0 accepted, or nothing waits; 1 failed (it says why, nothing was accepted); 2 wrong usage; 4 no gateway
answers; 5 nothing was accepted: no yes, or nobody to ask.`,

  async run(words, context) {
    const options = { data: { type: 'string' }, yes: { type: 'boolean' } } as const;
    const { values } = readFlags('policy accept', words, options);
    const folder = dataFolder(values.data, context);
    const change = await show(folder, context);
    if (change === null) return exitCodes.done;
    if (values.yes !== true && !(await saysYes(context))) {
      context.complain('nothing was accepted; --yes accepts it');
      return exitCodes.undecided;
    }
    const { digest } = await askGateway(folder, { v: 1, ask: 'acceptPolicy', digest: change.digest });
    context.print(`accepted: policy ${digest} is in force`);
    return exitCodes.done;
  },
};

async function saysYes({ ask }: CommandContext): Promise<boolean> {
  if (ask === null) return false;
  return /^y(?:es)?$/i.test((await ask('Accept this change of the policy? [y/N] ')).trim());
}

/** Prints what waits, and says it back. */
async function show(folder: string, { print, complain }: CommandContext): Promise<WaitingChange | null> {
  const { state, change } = await askGateway(folder, { v: 1, ask: 'waitingPolicy' });
  for (const notice of state.notices) complain(visible(notice));
  for (const { file, line, message } of state.problems) {
    complain(visible(`${file}${line === 0 ? '' : `, line ${line}`}: ${message}`));
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
