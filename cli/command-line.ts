import { visibleLines } from '../model/visible-text.ts';
import { requestsCommand } from './approvals/requests-command.ts';
import { approveCommand, denyCommand } from './approvals/review-commands.ts';
import type { Command, CommandContext } from './command/command.ts';
import { CommandError, type ExitCode, exitCodes } from './command/exit-codes.ts';
import { failureOf } from './command/failure.ts';
import { commandHelp } from './command/help.ts';
import { gatehouseVersion } from './command/version.ts';
import { completeCommand } from './completion/complete-command.ts';
import { completionCommand } from './completion/completion-command.ts';
import { configCheckCommand } from './config/check-command.ts';
import { configInitCommand } from './config/init-command.ts';
import { configSchemaCommand } from './config/schema-command.ts';
import { withSettings } from './config/with-settings.ts';
import { type Asked, asked } from './find-command.ts';
import { gatewayCommand } from './gateway/gateway-command.ts';
import { notifyTestCommand } from './gateway/notify/notify-test-command.ts';
import { journalQueryCommand } from './journal/query-command.ts';
import { journalShowCommand } from './journal/show-command.ts';
import { journalTailCommand } from './journal/tail-command.ts';
import { journalVerifyCommand } from './journal/verify-command.ts';
import { manCommand } from './manual/man-command.ts';
import { overview } from './overview.ts';
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
  configCheckCommand,
  configInitCommand,
  configSchemaCommand,
  completionCommand,
  completeCommand(() => COMMANDS),
  manCommand(() => COMMANDS),
].map(withSettings);

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
  try {
    return await answer(asked(words, COMMANDS), context);
  } catch (error) {
    const failure = failureOf(error);
    if (failure instanceof CommandError) {
      context.complain(`gatehouse: ${failure.message}`);
      return failure.exitCode;
    }
    context.complain(`gatehouse: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return exitCodes.failed;
  }
}

async function answer(what: Asked, context: CommandContext): Promise<ExitCode> {
  switch (what.for) {
    case 'version':
      context.print(`gatehouse ${gatehouseVersion()}`);
      return exitCodes.done;
    case 'overview':
      context.print(overview(COMMANDS, context.columns));
      return exitCodes.done;
    case 'help':
      context.print(helpOfAll(what.of, context.columns));
      return exitCodes.done;
    case 'run':
      return await what.command.run(what.words, context);
    case 'nothing':
      if (what.complaint !== null) throw new CommandError(exitCodes.usage, what.complaint);
      context.complain(
        what.of === 'overview' ? overview(COMMANDS, context.columns) : helpOfAll(what.of, context.columns),
      );
      return exitCodes.usage;
  }
}

function helpOfAll(commands: readonly Command[], columns: number | null): string {
  return commands.map((command) => commandHelp(command, columns)).join('\n\n');
}
