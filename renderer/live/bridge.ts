import type { Answer, Argument, Bridge, CallName, Problem } from '../../preload/contract.ts';

declare global {
  interface Window {
    readonly gatehouse: Bridge;
  }
}

/** A call that main answered with a problem: carries its stable code and the lines for "Copy details". */
export class BridgeProblem extends Error {
  override readonly name = 'BridgeProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** @throws {BridgeProblem} when main answers with a problem. */
export async function invoke<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Answer<Name>> {
  const reply = await window.gatehouse.invoke(name, argument);
  if (reply.ok) return reply.value;
  throw new BridgeProblem(reply.problem);
}

/** The problem inside anything that was thrown; what is not a {@link BridgeProblem} is a fault of the screen itself. */
export function toProblem(error: unknown): Problem {
  if (error instanceof BridgeProblem) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error ? (error.stack ?? message) : message;
  return { code: 'screen-failed', message: `This screen failed: ${message}`, details };
}
