import type { ApprovalRequest } from '../../model/approval.ts';
import { HostError } from '../hosts/protocol.ts';

/** Less than the page's own wait before its buttons work: a vote that comes sooner was not made by somebody who read. */
const TIME_TO_READ_MS = 300;

/**
 * Which requests the page has been told of while it could be seen. A vote is taken only for one of these, so that a
 * page that is not what it should be cannot decide what nobody has had before their eyes.
 */
export class ShownApprovals {
  readonly #since = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  told(approvals: readonly ApprovalRequest[]): void {
    for (const { id, state } of approvals) {
      if (state !== 'PENDING') this.#since.delete(id);
      else if (!this.#since.has(id)) this.#since.set(id, this.#now());
    }
  }

  /** @throws {HostError} `approval-not-shown`. */
  requireShown(id: string, windowIsVisible: boolean): void {
    const since = this.#since.get(id);
    if (since !== undefined && windowIsVisible && this.#now() - since >= TIME_TO_READ_MS) return;
    throw new HostError('approval-not-shown', 'This request has not been on the screen yet; look at it, then decide');
  }
}
