import { visibleLines } from '../model/visible-text.ts';
import { requestsCommand } from './approvals/requests-command.ts';
import { approveCommand, denyCommand } from './approvals/review-commands.ts';
import type { Command, CommandContext } from './command/command.ts';
import { CommandError, type ExitCode, exitCodes } from './command/exit-codes.ts';
import { failureOf } from './command/failure.ts';
import { commandHelp } from './command/help.ts';
import { gatehouseVersion } from './command/version.ts';
import { gatewayCommand } from './gateway/gateway-command.ts';
import { notifyTestCommand } from './gateway/notify/notify-test-command.ts';
import { journalQueryCommand } from './journal/query-command.ts';
import { journalShowCommand } from './journal/show-command.ts';
import { journalTailCommand } from './journal/tail-command.ts';
import { journalVerifyCommand } from './journal/verify-command.ts';
import { policyAcceptCommand, policyPendingCommand } from './policy/accept-command.ts';
import { policyInitCommand } from './policy/init-command.ts';
import { policyUpgradeCommand } from './policy/upgrade-command.ts';
import { endCommand, streamsCommand } from './streams/streams-commands.ts';

const COMMANDS: readonly Command[] = [
  gatewayCommand,
  requestsCommand,
  approveCommand,
  denyCommand,
  streamsCommand,
  endCommand,
  journalVerifyCommand,
  journalTailCommand,
  journalQueryCommand,
  journalShowCommand,
  policyInitCommand,
  policyPendingCommand,
  policyAcceptCommand,
  policyUpgradeCommand,
  notifyTestCommand,
];

/** What `gatehouse --help` prints. */
export function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `Usage: gatehouse COMMAND [FLAGS]

Gatehouse puts kubectl behind policy, approvals, masks and a journal.

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  --help      this text; with a command, what that command takes
  --version   the version

Exit codes: ${exitCodes.done} done, ${exitCodes.failed} failed, ${exitCodes.usage} wrong usage, ${exitCodes.notVerified} the journal did not verify, ${exitCodes.noGateway} no gateway answers,
${exitCodes.undecided} nothing was written for want of a yes, ${exitCodes.notAllChecked} nothing wrong in the journal, and not all of it could be checked,
${exitCodes.notReady} the gateway was not ready in the time of --wait.`;
}

/**
 * Runs one command line (without the program's name). Whatever it prints, JSON too, has everything written out that a
 * terminal would not show: here, so that no command can forget it.
 */
export async function runCommandLine(words: readonly string[], outside: CommandContext): Promise<ExitCode> {
  const context: CommandContext = {
    ...outside,
    print: (line) => outside.print(visibleLines(line)),
    complain: (line) => outside.complain(visibleLines(line)),
    ask: outside.ask === null ? null : (question) => outside.ask?.(visibleLines(question)) ?? Promise.resolve(''),
  };
  const { complain } = context;
  try {
    const [first] = words;
    if (first === '--version' || first === '-V') {
      context.print(`gatehouse ${gatehouseVersion()}`);
      return exitCodes.done;
    }
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      if (first !== undefined) context.print(overview());
      else complain(overview());
      return first === undefined ? exitCodes.usage : exitCodes.done;
    }
    const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
    if (group.length > 0 && (words[1] === undefined || words[1] === '--help' || words[1] === '-h')) {
      const help = group.map(commandHelp).join('\n\n');
      if (words[1] === undefined) complain(help);
      else context.print(help);
      return words[1] === undefined ? exitCodes.usage : exitCodes.done;
    }
    const found = findCommand(words);
    if (found === null) {
      throw new CommandError(exitCodes.usage, `there is no command "${words.slice(0, 2).join(' ')}"\n${overview()}`);
    }
    const { command, rest } = found;
    if (rest.includes('--help') || rest.includes('-h')) {
      context.print(commandHelp(command));
      return exitCodes.done;
    }
    return await command.run(rest, context);
  } catch (error) {
    const failure = failureOf(error);
    if (failure instanceof CommandError) {
      complain(`gatehouse: ${failure.message}`);
      return failure.exitCode;
    }
    complain(`gatehouse: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return exitCodes.failed;
  }
}

function findCommand(words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | null {
  for (const command of COMMANDS) {
    const name = command.name.split(' ');
    if (name.every((word, index) => words[index] === word)) return { command, rest: words.slice(name.length) };
  }
  return null;
}
