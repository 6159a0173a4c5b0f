/**
 * The API server had no answer: too many requests, or trouble of its own. Unlike a 403 it says nothing about who may know,
 * so it is remembered for nobody, and whoever needed it has to take the worst for true.
 */
export class Unanswered extends Error {
  constructor(status: number) {
    super(`The cluster answered ${status}`);
  }
}

/**
 * A status that says something.
 * @throws {Unanswered} for one that does not.
 */
export function answeredStatus(status: number): number {
  if (status === 408 || status === 429 || status >= 500) throw new Unanswered(status);
  return status;
}
