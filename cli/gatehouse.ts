import { homedir, userInfo } from 'node:os';
import { askAtTerminal } from './ask-at-terminal.ts';
import { exitCodes } from './command/exit-codes.ts';
import { runCommandLine } from './command-line.ts';
import { hangUp } from './hang-up.ts';
import { homeOf, nameOf } from './os-user.ts';
import { standardError } from './standard-error.ts';
import { stopSignals } from './stop-signals.ts';

/** Milliseconds for what ends by itself, and for whoever reads stderr to take what is left. */
const LAST_MOMENT = 1_000;

const signals = stopSignals(
  () => performance.now(),
  () => process.exit(exitCodes.failed),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, signals.asked);
const hangUps = hangUp(() => signals.asked('SIGHUP'));
process.on('SIGHUP', hangUps.asked);
const errors = standardError(process.env);
// `gatehouse journal tail | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed),
);

/** For systemd's journal with the priority of an error, each line: it files them one by one (sd-daemon(3)). */
function complaint(text: string): string {
  return errors.reader === 'journal' ? text.replace(/^.*$/gm, '<3>$&').concat('\n') : `${text}\n`;
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => void errors.write(complaint(line)),
  errors,
  environment: process.env,
  home: homeOf(homedir),
  osUser: nameOf(userInfo, process.geteuid?.() ?? null),
  now: Date.now,
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  ask: process.stdin.isTTY && process.stdout.isTTY ? (question) => askAtTerminal(question, signals.stop) : null,
  stop: signals.stop,
  onReload: hangUps.onReload,
});
// What a stalled reader has not taken would keep the process here for as long as the reader likes.
if (!(await errors.flushed(LAST_MOMENT))) process.exit();
// All is said and closed: what still runs is a credential plugin that nobody waits for any more.
setTimeout(() => process.exit(), LAST_MOMENT).unref();
