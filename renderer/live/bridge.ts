import { createContext, useCallback, useContext } from 'react';
import type { Answer, Argument, Bridge, CallName, Problem } from '../../preload/contract.ts';

/**
 * All that a document has of the world outside it, and the only way there: no screen knows what is behind. Electron's
 * is `electron-bridge.ts`; a page in a browser can bring another, over HTTP. The root of each document hands it in.
 */
export type LiveBridge = Pick<Bridge, 'invoke' | 'on'>;

export const BridgeContext = createContext<LiveBridge | null>(null);

export function useBridge(): LiveBridge {
  const bridge = useContext(BridgeContext);
  if (bridge === null) throw new Error('useBridge outside BridgeContext');
  return bridge;
}

/** A call that was answered with a problem: carries its stable code and the lines for "Copy details". */
export class BridgeProblem extends Error {
  override readonly name = 'BridgeProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** @throws {BridgeProblem} when the call is answered with a problem. */
export async function invoke<Name extends CallName>(
  bridge: Pick<LiveBridge, 'invoke'>,
  name: Name,
  argument: Argument<Name>,
): Promise<Answer<Name>> {
  const reply = await bridge.invoke(name, argument);
  if (reply.ok) return reply.value;
  throw new BridgeProblem(reply.problem);
}

export type Invoke = <Name extends CallName>(name: Name, argument: Argument<Name>) => Promise<Answer<Name>>;

/** {@link invoke} over this document's bridge; the same function at every render. */
export function useInvoke(): Invoke {
  const bridge = useBridge();
  return useCallback<Invoke>((name, argument) => invoke(bridge, name, argument), [bridge]);
}

/** The problem inside anything that was thrown; what is not a {@link BridgeProblem} is a fault of the screen itself. */
export function toProblem(error: unknown): Problem {
  if (error instanceof BridgeProblem) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error ? (error.stack ?? message) : message;
  return { code: 'screen-failed', message: `This screen failed: ${message}`, details, reference: null };
}
