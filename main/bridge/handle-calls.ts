import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import {
  type Argument,
  type CallHandlers,
  type CallName,
  calls,
  type DocumentName,
  type Reply,
} from '../../preload/contract.ts';
import type { Caller } from '../caller.ts';
import { HostError } from '../hosts/protocol.ts';
import { documentOf } from '../protection/document-of.ts';
import { needsHand } from './hand-question.ts';
import type { Hands } from './hands.ts';
import type { ToldProblems } from './told-problems.ts';

export interface Answering {
  readonly handlers: CallHandlers<string, Caller>;
  readonly hands: Pick<Hands, 'behind'>;
  readonly problems: Pick<ToldProblems, 'tell'>;
  /** Notes what is a fault of ours. */
  readonly log: (line: string, error: unknown) => void;
}

/** Frames are asked by the person in them, which their own preload looks at; what main sees is the window around them. */
const FRAMES: ReadonlySet<DocumentName> = new Set<DocumentName>(['approvals', 'secret']);

/**
 * Answers the bridge's calls, each to the documents that the contract names for it; others get `sender-refused`. What
 * needs a person's hand is done when there was one in that window, whatever the page or its preload says.
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
  const run = () =>
    handler(parsed.data as Argument<typeof call>, {
      document,
      frame: `${event.processId}/${event.frameId}`,
      sender: event.sender,
    });
  return needsHand(call) && !FRAMES.has(document) ? hands.behind(event.sender, call, run) : run();
}
