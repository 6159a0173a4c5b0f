import type { Command } from './command/command.ts';
import { EXIT_MEANINGS } from './command/exit-codes.ts';
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

const EXITS = `Exit codes: ${Object.entries(EXIT_MEANINGS)
  .map(([code, meaning]) => `${code} ${meaning}`)
  .join(', ')}.`;

function beside(name: string, says: string, longest: number, width: number): string[] {
  const indent = ' '.repeat(longest + 4);
  const [first = '', ...rest] = filled(says, width - indent.length);
  return [`  ${name.padEnd(longest)}  ${first}`, ...rest.map((line) => `${indent}${line}`)];
}
