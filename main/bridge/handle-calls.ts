import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { type Argument, type CallHandlers, type CallName, calls, type Reply } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import { MAIN_ORIGIN, PLAYER_ORIGIN } from '../protection/content-security-policy.ts';
import { topOrigin } from '../protection/top-origin.ts';
import { needsHand } from './hand-question.ts';
import type { Hands } from './hands.ts';
import type { ToldProblems } from './told-problems.ts';

export interface Caller {
  readonly sender: IpcMainInvokeEvent['sender'];
}

/** The player's window shows recordings and nothing else. */
const PLAYER_CALLS: ReadonlySet<string> = new Set<CallName>([
  'recordings.read',
  'recordings.export',
  'settings.read',
  'app.copyProblem',
]);

export interface Answering {
  readonly handlers: CallHandlers<string, Caller>;
  readonly hands: Pick<Hands, 'behind'>;
  readonly problems: Pick<ToldProblems, 'tell'>;
  /** Notes what is a fault of ours. */
  readonly log: (line: string, error: unknown) => void;
}

/**
 * Answers the bridge's calls. Whoever is not one of our own top documents gets `sender-refused`, and what needs a
 * person's hand is done when there was one, whatever the page or its preload says.
 */
export function handleCalls(answering: Answering, ipc: Pick<IpcMain, 'handle'>): void {
  ipc.handle('gatehouse:call', async (event, name: unknown, argument: unknown): Promise<Reply<unknown>> => {
    try {
      return { ok: true, value: await answer(answering, event, name, argument) };
    } catch (error) {
      const problem = answering.problems.tell(error);
      if (problem.code === 'internal-error') answering.log(`the call ${String(name)} failed`, error);
      return { ok: false, problem };
    }
  });
}

async function answer(
  { handlers, hands }: Answering,
  event: IpcMainInvokeEvent,
  name: unknown,
  argument: unknown,
): Promise<unknown> {
  const origin = topOrigin(event.senderFrame);
  if (typeof name !== 'string' || !Object.hasOwn(calls, name)) {
    throw new HostError('call-unknown', 'There is no such call');
  }
  if (origin !== MAIN_ORIGIN && !(origin === PLAYER_ORIGIN && PLAYER_CALLS.has(name))) {
    throw new HostError('sender-refused', 'This document may not make this call');
  }
  const call = name as CallName;
  const parsed = calls[call].argument.safeParse(argument);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HostError('argument-malformed', `${call}: ${issue?.path.join('.') || 'argument'}: ${issue?.message}`);
  }
  const handler = handlers[call] as (argument: unknown, caller: Caller) => unknown;
  const run = () => handler(parsed.data as Argument<typeof call>, { sender: event.sender });
  return needsHand(call) ? hands.behind(event.sender, call, run) : run();
}
