import type { ApprovalRequest } from '../../model/approval.ts';
import { ApprovalError } from './approval-error.ts';

/** A moment on both clocks: over when either says so, since one can be set back and the other stops while a laptop sleeps. */
export interface Deadline {
  readonly wall: number;
  readonly monotonic: number;
}

/** One approval request with the clients that are held for it. */
export class ApprovalEntry {
  /** An approval is on its way to the journal. */
  approving = false;
  /** When what is pending, or then the grant, ends. */
  deadline: Deadline;
  #approval: ApprovalRequest;
  readonly #holders = new Set<() => void>();
  readonly #tell: (approval: ApprovalRequest) => void;

  constructor(approval: ApprovalRequest, deadline: Deadline, tell: (approval: ApprovalRequest) => void) {
    this.#approval = approval;
    this.deadline = deadline;
    this.#tell = tell;
  }

  /** A snapshot; replaced with each change. */
  get approval(): ApprovalRequest {
    return this.#approval;
  }

  /** A person can still do something with it, or a client can still use it. */
  get isOpen(): boolean {
    return this.isPending || this.hasGrant;
  }

  get isPending(): boolean {
    return this.#approval.state === 'PENDING';
  }

  get hasGrant(): boolean {
    return this.#approval.grant?.state === 'ACTIVE';
  }

  /** @throws {ApprovalError} `not-pending` */
  assertPending(): void {
    if (this.isPending) return;
    const { code, state, endReason } = this.#approval;
    const why = endReason === undefined ? '' : `; it ${endReason}`;
    throw new ApprovalError('not-pending', `${code} does not wait any more: it is ${state}${why}`);
  }

  /** Changes it, wakes every held client, and tells. */
  change(change: Partial<Omit<ApprovalRequest, 'held'>>): void {
    this.#approval = { ...this.#approval, ...change };
    for (const wake of [...this.#holders]) wake();
    this.#approval = { ...this.#approval, held: this.#holders.size > 0 };
    this.#tell(this.#approval);
  }

  /** Settles at the next change, after `milliseconds`, or when the client goes away. */
  async untilChange(milliseconds: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#holders.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
      this.#holders.add(done);
      this.#showHeld();
    });
    this.#showHeld();
  }

  /** Tells whether a client is held only where that changed, and wakes nobody. */
  #showHeld(): void {
    const held = this.#holders.size > 0;
    if (this.#approval.held === held) return;
    this.#approval = { ...this.#approval, held };
    this.#tell(this.#approval);
  }
}
