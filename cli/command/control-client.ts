import { once } from 'node:events';
import { connect } from 'node:net';
import { visible } from '../../model/visible-text.ts';
import type { ControlRequest, ControlResponse, ControlResults } from '../../proxy/control/control-protocol.ts';
import { ControlSocketError, controlSocketPath } from '../../proxy/control/control-socket.ts';
import { wholeLines } from '../../proxy/whole-lines.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/**
 * Asks the gateway of a data folder one question.
 * @throws {CommandError} when no gateway answers, or it says no.
 */
export async function askGateway<Ask extends ControlRequest['ask']>(
  dataFolder: string,
  request: Extract<ControlRequest, { ask: Ask }>,
  /** Ends the wait for an answer. */
  signal?: AbortSignal,
): Promise<ControlResults[Ask]> {
  const socket = connect({ path: socketPath(dataFolder), ...(signal === undefined ? {} : { signal }) });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw noGateway(dataFolder, cause);
  }
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of wholeLines(socket)) {
      const response: ControlResponse<Ask> = JSON.parse(line.toString('utf8'));
      if (response.ok) return response.result;
      throw new CommandError(exitCodes.failed, `${visible(response.message)} (${response.code})`);
    }
  } finally {
    socket.destroy();
  }
  throw new CommandError(exitCodes.noGateway, 'the gateway closed the connection before it answered; is it stopping?');
}

function socketPath(dataFolder: string): string {
  try {
    return controlSocketPath(dataFolder);
  } catch (error) {
    if (error instanceof ControlSocketError) throw new CommandError(exitCodes.usage, `--data: ${error.message}`);
    throw error;
  }
}

function noGateway(dataFolder: string, cause: unknown): CommandError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const why =
    code === 'EACCES'
      ? `you may not open the control socket in ${dataFolder}: only the person who started the gateway may`
      : `no gateway answers in ${dataFolder} (${code}): start one with "gatehouse gateway", or give its data folder with --data`;
  return new CommandError(exitCodes.noGateway, why, { cause });
}
