import type { Command } from './command/command.ts';
import { exitCodes } from './command/exit-codes.ts';
import { filled, helpWidth } from './command/help.ts';

/** What `gatehouse --help` prints. */
export function overview(commands: readonly Command[], columns: number | null): string {
  const width = helpWidth(columns);
  const shown = commands.filter(({ isHidden }) => !isHidden);
  const longest = Math.max(...shown.map(({ name }) => name.length));
  const list = shown.flatMap(({ name, summary }) => beside(name, summary, longest, width));
  return `Usage: gatehouse COMMAND [FLAGS]

${filled('Gatehouse puts kubectl behind policy, approvals, masks and a journal.', width).join('\n')}

${list.join('\n')}

${[...beside('--help', 'this text; with a command, what that command takes', '--version'.length, width), ...beside('--version', 'the version', '--version'.length, width)].join('\n')}

${filled(EXITS, width).join('\n')}`;
}

const EXITS = `Exit codes: ${exitCodes.done} done, ${exitCodes.failed} failed, ${exitCodes.usage} wrong usage, ${exitCodes.notVerified} the journal did not verify, ${exitCodes.noGateway} no gateway answers,
${exitCodes.undecided} nothing was written for want of a yes, ${exitCodes.notAllChecked} nothing wrong in the journal, and not all of it could be checked,
${exitCodes.notReady} the gateway was not ready in the time of --wait.`;

function beside(name: string, says: string, longest: number, width: number): string[] {
  const indent = ' '.repeat(longest + 4);
  const [first = '', ...rest] = filled(says, width - indent.length);
  return [`  ${name.padEnd(longest)}  ${first}`, ...rest.map((line) => `${indent}${line}`)];
}
