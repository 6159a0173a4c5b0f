import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { type Argument, type CallHandlers, type CallName, calls, type Reply } from '../../preload/contract.ts';
import type { Caller } from '../caller.ts';
import { toProblem } from '../hosts/problem.ts';
import { HostError } from '../hosts/protocol.ts';
import { documentOf } from '../protection/document-of.ts';

/** Answers the bridge's calls, each to the documents that the contract names for it; others get `sender-refused`. */
export function handleCalls(handlers: CallHandlers<string, Caller>, ipc: Pick<IpcMain, 'handle'>): void {
  ipc.handle('gatehouse:call', async (event, name: unknown, argument: unknown): Promise<Reply<unknown>> => {
    try {
      return { ok: true, value: await answer(handlers, event, name, argument) };
    } catch (error) {
      return { ok: false, problem: toProblem(error) };
    }
  });
}

async function answer(
  handlers: CallHandlers<string, Caller>,
  event: IpcMainInvokeEvent,
  name: unknown,
  argument: unknown,
): Promise<unknown> {
  const document = documentOf(event.senderFrame);
  if (typeof name !== 'string' || !Object.hasOwn(calls, name)) {
    throw new HostError('call-unknown', 'There is no such call');
  }
  const call = name as CallName;
  if (document === null || !calls[call].documents.includes(document)) {
    throw new HostError('sender-refused', 'This document may not make this call');
  }
  const parsed = calls[call].argument.safeParse(argument);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HostError('argument-malformed', `${call}: ${issue?.path.join('.') || 'argument'}: ${issue?.message}`);
  }
  const handler = handlers[call] as (argument: unknown, caller: Caller) => unknown;
  return handler(parsed.data as Argument<typeof call>, {
    document,
    frame: `${event.processId}/${event.frameId}`,
    sender: event.sender,
  });
}
