import { BytePipe, type ByteSink } from '../shell/byte-pipe.ts';
import { commands } from '../shell/commands.ts';
import { Shell } from '../shell/shell.ts';
import { ForegroundInput, runInteractive, Terminal } from '../shell/terminal.ts';
import type { JsonObject } from '../store/json.ts';
import { acceptCommand } from './accept-command.ts';
import type { CommandConnection, CommandRequest } from './command-connection.ts';
import { machineOf, type RunningContainer, variablesOf } from './running-container.ts';
import type { Upgrade } from './upgrade.ts';

const nowhere: ByteSink = { write: async () => true };

/** How a command ended. */
interface Ending {
  readonly code: number;
  /** For the error stream. */
  readonly status: JsonObject;
}

/** The Status of a session that ended well. */
export const success: JsonObject = { metadata: {}, status: 'Success' };

/** The Status on the error channel that carries an exit code. */
function ending(code: number): Ending {
  if (code === 0) return { code, status: success };
  const status = {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
  return { code, status };
}

/** What the container runtime says of a program that is not there. */
function missingProgram(name: string): Ending {
  const message = `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": executable file not found in $PATH`;
  const details = { causes: [{ message: message.replace('Internal error occurred: ', '') }] };
  const status = { metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 };
  return { code: 127, status };
}

function knows(program: string): boolean {
  const short = program.replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
  return Object.hasOwn(commands, short) || ['sh', 'bash', 'ash'].includes(short);
}

/** Runs a command in a container over an upgrade that was authorised. */
export function serveExec(upgrade: Upgrade, container: RunningContainer, asked: CommandRequest): void {
  acceptCommand(upgrade, asked, (connection) => {
    runSession(connection, asked, container)
      .then(({ status }) => connection.finish(status))
      .catch(() => connection.cut());
  });
}

/** Runs a command to its end, with the connection as its terminal or its streams. */
export async function runSession(
  connection: CommandConnection,
  asked: CommandRequest,
  container: RunningContainer,
): Promise<Ending> {
  const closed = new AbortController();
  const stdout = asked.stdout ? connection.stdout : nowhere;
  const stderr = asked.stderr && !asked.tty ? connection.stderr : stdout;
  const terminal = new Terminal(stdout);
  const input = new BytePipe();
  const target = asked.tty ? terminal.input : input;
  if (!asked.stdin) target.end();
  connection.listen({
    stdin: async (bytes) => (asked.tty ? terminal.type(bytes) : input.write(bytes)),
    stdinEnd: () => target.end(),
    closed: () => {
      closed.abort();
      target.end();
      // A writer that waits for room learns that no one reads any more.
      if (!asked.tty) input.break();
    },
  });
  return runAsked(asked, container, { terminal, input, stdout, stderr, closed: closed.signal });
}

async function runAsked(
  asked: CommandRequest,
  container: RunningContainer,
  io: { terminal: Terminal; input: BytePipe; stdout: ByteSink; stderr: ByteSink; closed: AbortSignal },
): Promise<Ending> {
  const [program = '', ...args] = asked.command;
  if (!knows(program)) return missingProgram(program);
  const variables = variablesOf(container);
  const shell = new Shell(machineOf(container), asked.tty ? { ...variables, TERM: 'xterm' } : variables);
  const interactive = /(^|\/)(ba|a)?sh$/.test(program) && args.every((argument) => /^-[il]+$/.test(argument));
  if (asked.tty && interactive) return ending(await runInteractive(shell, io.terminal, io.closed));
  const { display, input, signal } = io.terminal;
  const streams = asked.tty
    ? {
        stdin: new ForegroundInput(input),
        stdout: display,
        stderr: display,
        signal: AbortSignal.any([signal, io.closed]),
      }
    : { stdin: io.input, stdout: io.stdout, stderr: io.stderr, signal: io.closed };
  try {
    const code = await shell.execute(asked.command, streams);
    // What still comes is for no one; without this a client that sends on would wait for a reader.
    io.input.break();
    return ending(code);
  } catch (error) {
    return missingProgram(error instanceof Error ? error.message : program);
  }
}
