import { homedir, userInfo } from 'node:os';
import { askAtTerminal } from './ask-at-terminal.ts';
import { exitCodes } from './command/exit-codes.ts';
import { runCommandLine } from './command-line.ts';
import { hangUp } from './hang-up.ts';
import { homeOf, nameOf } from './os-user.ts';
import { stopSignals } from './stop-signals.ts';

/** Milliseconds for what ends by itself. */
const LAST_MOMENT = 1_000;

const signals = stopSignals(
  () => performance.now(),
  () => process.exit(exitCodes.failed),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, signals.asked);
const hangUps = hangUp(signals.asked);
process.on('SIGHUP', hangUps.asked);
// A log that nobody reads any more is no reason to stop a gateway.
process.stderr.on('error', () => undefined);
// `gatehouse journal tail | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed),
);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  environment: process.env,
  home: homeOf(homedir),
  osUser: nameOf(userInfo, process.geteuid?.() ?? null),
  now: Date.now,
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  ask: process.stdin.isTTY && process.stdout.isTTY ? (question) => askAtTerminal(question, signals.stop) : null,
  stop: signals.stop,
  onReload: hangUps.onReload,
});
// All is said and closed: what still runs is a credential plugin that nobody waits for any more.
setTimeout(() => process.exit(), LAST_MOMENT).unref();
