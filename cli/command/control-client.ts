import { once } from 'node:events';
import { connect } from 'node:net';
import { authorInWords } from '../../model/caller.ts';
import { visible } from '../../model/visible-text.ts';
import { closesOnly } from '../../proxy/control/caller.ts';
import { proofOf, writeProof } from '../../proxy/control/caller-proof.ts';
import type {
  ControlQuestion,
  ControlRequest,
  ControlResponse,
  ControlResults,
  ControlWord,
} from '../../proxy/control/control-protocol.ts';
import { ControlSocketError, controlSocketPath } from '../../proxy/control/control-socket.ts';
import { wholeLines } from '../../proxy/whole-lines.ts';
import type { CommandContext } from './command.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { ownClaims } from './own-claims.ts';

/**
 * Asks the gateway of a data folder one question.
 * @throws {CommandError} when no gateway answers, or it says no.
 */
export async function askGateway<Ask extends ControlQuestion['ask']>(
  dataFolder: string,
  question: Extract<ControlQuestion, { ask: Ask }>,
  /** Ends the wait for an answer. */
  signal?: AbortSignal,
): Promise<ControlResults[Ask]> {
  return await connected(dataFolder, async (ask) => resultOf(await ask<Ask>(JSON.stringify(question))), signal);
}

/**
 * Gives the gateway of a data folder a word that counts, and proves whose it is.
 * @throws {CommandError} when no gateway answers, when it says no, and when nothing can be proved to it.
 */
export async function tellGateway<Ask extends ControlWord['ask']>(
  dataFolder: string,
  word: Extract<ControlWord, { ask: Ask }>,
  { environment, complain }: Pick<CommandContext, 'environment' | 'complain'>,
): Promise<ControlResults[Ask]> {
  const claims = await ownClaims(environment);
  return await connected(dataFolder, async (ask) => {
    const challenge = await ask<'challenge'>(JSON.stringify({ v: 1, ask: 'challenge' } satisfies ControlRequest));
    if (!challenge.ok && challenge.code === 'bad-request') throw otherVersion(dataFolder);
    const { nonce } = resultOf(challenge);
    let line = JSON.stringify({ ...word, claims });
    let removeProof = async () => {};
    try {
      removeProof = await writeProof(dataFolder, proofOf(nonce, line));
    } catch (cause) {
      if (!closesOnly(word)) throw noProof(dataFolder, cause);
      line = JSON.stringify({ ...word, claims, unproven: `its proof cannot be written: ${codeOf(cause)}` });
    }
    try {
      const response = await ask<Ask>(line);
      const result = resultOf(response);
      if (response.ok) complainOfAnother(response, complain);
      return result;
    } finally {
      await removeProof();
    }
  });
}

type AskLine = <Ask extends ControlRequest['ask']>(line: string) => Promise<ControlResponse<Ask>>;

/** A conversation on one connection. */
async function connected<Result>(
  dataFolder: string,
  talk: (ask: AskLine) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const socket = connect({ path: socketPath(dataFolder), ...(signal === undefined ? {} : { signal }) });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw noGateway(dataFolder, cause);
  }
  const answers = wholeLines(socket);
  try {
    return await talk(async (line) => {
      socket.write(`${line}\n`);
      const { value, done } = await answers.next().catch(() => ({ value: undefined, done: true }));
      if (done || value === undefined) throw closed();
      return JSON.parse(value.toString('utf8'));
    });
  } finally {
    socket.destroy();
  }
}

function resultOf<Ask extends ControlRequest['ask']>(response: ControlResponse<Ask>): ControlResults[Ask] {
  if (response.ok) return response.result;
  throw new CommandError(exitCodes.failed, `${visible(response.message)} (${response.code})`);
}

/** Another program of the gateway's user could put a proof of its own in the place of this one. */
function complainOfAnother(
  { author }: Extract<ControlResponse, { ok: true }>,
  complain: CommandContext['complain'],
): void {
  const uid = process.geteuid?.();
  if (author?.caller === undefined || author.caller.uid === null || author.caller.uid === uid) return;
  complain(`it is recorded as the word of ${authorInWords(author)}, uid ${author.caller.uid}, and this is uid ${uid}`);
}

function socketPath(dataFolder: string): string {
  try {
    return controlSocketPath(dataFolder);
  } catch (error) {
    if (error instanceof ControlSocketError) throw new CommandError(exitCodes.usage, `--data: ${error.message}`);
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function closed(): CommandError {
  return new CommandError(exitCodes.noGateway, 'the gateway closed the connection before it answered; is it stopping?');
}

function noGateway(dataFolder: string, cause: unknown): CommandError {
  const code = codeOf(cause);
  const why =
    code === 'EACCES'
      ? `you may not open the control socket in ${dataFolder}: only the person who started the gateway may, and root`
      : `no gateway answers in ${dataFolder} (${code}): start one with "gatehouse gateway", or give its data folder with --data`;
  return new CommandError(exitCodes.noGateway, why, { cause });
}

function noProof(dataFolder: string, cause: unknown): CommandError {
  const why = `nothing was decided: it cannot be proved to the gateway who runs this command, because no file can be made in ${dataFolder} (${codeOf(cause)})`;
  return new CommandError(exitCodes.failed, `${why}; make room there, or make it writable here`, { cause });
}

function otherVersion(dataFolder: string): CommandError {
  return new CommandError(
    exitCodes.failed,
    `nothing was decided: the gateway in ${dataFolder} is of an earlier version, which cannot record who decides; start it anew with this one, or use the command of its version`,
  );
}
