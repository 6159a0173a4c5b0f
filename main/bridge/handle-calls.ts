import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { type Argument, type CallHandlers, type CallName, calls, type Reply } from '../../preload/contract.ts';
import { toProblem } from '../hosts/problem.ts';
import { HostError } from '../hosts/protocol.ts';
import { MAIN_ORIGIN, PLAYER_ORIGIN, POLICY_ORIGIN } from '../protection/content-security-policy.ts';
import { topOrigin } from '../protection/top-origin.ts';

export interface Caller {
  readonly sender: IpcMainInvokeEvent['sender'];
}

/** The player's window shows recordings and nothing else. */
const PLAYER_CALLS: ReadonlySet<string> = new Set<CallName>(['recordings.read', 'recordings.export', 'settings.read']);

/** Its window shows a change of the policy, and it alone can accept one: not even the main document may. */
const POLICY_CALLS: ReadonlySet<string> = new Set<CallName>(['policy.waiting', 'policy.accept', 'settings.read']);

/** Answers the bridge's calls. Whoever is not one of our own top documents gets `sender-refused`. */
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
  const origin = topOrigin(event.senderFrame);
  if (typeof name !== 'string' || !Object.hasOwn(calls, name)) {
    throw new HostError('call-unknown', 'There is no such call');
  }
  const isItsCall =
    (origin === MAIN_ORIGIN && name !== 'policy.accept') ||
    (origin === PLAYER_ORIGIN && PLAYER_CALLS.has(name)) ||
    (origin === POLICY_ORIGIN && POLICY_CALLS.has(name));
  if (!isItsCall) {
    throw new HostError('sender-refused', 'This document may not make this call');
  }
  const call = name as CallName;
  const parsed = calls[call].argument.safeParse(argument);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HostError('argument-malformed', `${call}: ${issue?.path.join('.') || 'argument'}: ${issue?.message}`);
  }
  const handler = handlers[call] as (argument: unknown, caller: Caller) => unknown;
  return handler(parsed.data as Argument<typeof call>, { sender: event.sender });
}
