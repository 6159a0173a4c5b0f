// Above 300 lines because holds, votes and ends are transitions of one state, and are safe only when read together.

import type { ApprovalRequest, ApprovalState, Intent } from '../../model/approval.ts';
import type { ApprovalRequirement } from '../../model/decision.ts';
import { uuidV7 } from '../uuid-v7.ts';
import type { ApprovalAuthority, AuthorityOpening, HoldOutcome } from './approval-authority.ts';
import { ApprovalEntry, type Deadline } from './approval-entry.ts';
import { ApprovalError } from './approval-error.ts';
import { plainText } from './approval-text.ts';
import { newDisplayCode } from './display-code.ts';
import { RecentDenials } from './recent-denials.ts';
import { overflowing, roomFor } from './shares.ts';

export interface LocalAuthorityOptions extends AuthorityOpening {
  /** Unix time in milliseconds. */
  readonly now?: () => number;
  /** Milliseconds of a clock that nobody can set. */
  readonly monotonic?: () => number;
}

const CLOSED_AT_MOST = 500;
const VERDICTS = { approve: 'APPROVED', deny: 'DENIED' } as const;

/**
 * The person at this machine decides (`ownerConfirm`). Everything is kept in memory: what waited or was granted when
 * the gateway stops is gone, and asked again.
 */
export function openLocalAuthority(options: LocalAuthorityOptions): ApprovalAuthority {
  return new LocalAuthority(options);
}

class LocalAuthority implements ApprovalAuthority {
  readonly #options: LocalAuthorityOptions;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  readonly #entries = new Map<string, ApprovalEntry>();
  readonly #denials = new RecentDenials();
  readonly #listeners = new Set<(approval: ApprovalRequest) => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #policyDigest: string | null = null;
  #closed = false;

  constructor(options: LocalAuthorityOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  async hold(
    intent: Intent,
    { holdMs, signal }: { readonly holdMs: number; readonly signal: AbortSignal },
  ): Promise<HoldOutcome> {
    const started = this.#monotonic();
    const ended = (
      outcome: Exclude<HoldOutcome['outcome'], 'granted'>,
      approval: ApprovalRequest,
      message?: string,
    ) => {
      const waitedMs = Math.round(this.#monotonic() - started);
      return { outcome, approval, waitedMs, ...(message === undefined ? {} : { message }) };
    };
    if (!this.canAsk(intent.requirement)) {
      return ended(
        'unavailable',
        this.#detached(intent, 'CANCELLED'),
        'the policy asks for the approval of another person, which needs the team service; this gateway has none and can only ask its owner',
      );
    }

    for (;;) {
      this.#expireDue();
      if (this.#closed) return ended('stopping', this.#detached(intent, 'CANCELLED'));
      if (signal.aborted)
        return ended(
          'client-gone',
          this.#find(intent, (entry) => entry.isOpen)?.approval ?? this.#detached(intent, 'CANCELLED'),
        );
      if (this.#policyDigest !== null && this.#policyDigest !== intent.policyDigest) {
        return ended('superseded', this.#detached(intent, 'SUPERSEDED'));
      }
      const granted = this.#entryWithGrant(intent);
      if (granted !== null) {
        const used = await this.#consume(granted);
        if (!used)
          return ended('unavailable', granted.approval, 'the use of the approval cannot be written to the journal');
        return { outcome: 'granted', approval: granted.approval, waitedMs: Math.round(this.#monotonic() - started) };
      }
      const denial = this.#denials.find(intent, this.#monotonic());
      if (denial !== null) return ended('denied', denial);

      const entry = this.#pendingFor(intent) ?? this.#create(intent);
      if (typeof entry === 'string') return ended('unavailable', this.#detached(intent, 'CANCELLED'), entry);
      const left = holdMs - (this.#monotonic() - started);
      if (left <= 0) return ended('pending', entry.approval);
      await entry.untilChange(left, signal);

      switch (entry.approval.state) {
        case 'PENDING':
          if (signal.aborted) return ended('client-gone', entry.approval);
          break;
        case 'APPROVED':
          // Around again: the first of several held clients takes the grant, the others ask for their own.
          break;
        case 'DENIED':
          return ended('denied', entry.approval);
        case 'EXPIRED':
          return ended('expired', entry.approval);
        case 'SUPERSEDED':
          return ended('superseded', entry.approval);
        case 'CANCELLED':
          return ended(this.#closed ? 'stopping' : 'cancelled', entry.approval);
      }
    }
  }

  canAsk({ level }: ApprovalRequirement): boolean {
    return level === 'ownerConfirm';
  }

  list(): readonly ApprovalRequest[] {
    this.#expireDue();
    return [...this.#entries.values()]
      .sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || (a.approval.id < b.approval.id ? 1 : -1))
      .map(({ approval }) => approval);
  }

  async review(vote: Parameters<ApprovalAuthority['review']>[0]): Promise<ApprovalRequest> {
    this.#expireDue();
    if (this.#closed) throw new ApprovalError('gateway-stopping', 'the gateway is stopping');
    const entry = this.#entries.get(vote.id);
    if (entry === undefined) throw new ApprovalError('unknown-approval', `there is no approval request ${vote.id}`);
    const { requirement, reason } = entry.approval.intent;
    const comment = plainText(vote.comment);
    const caller = vote.caller === undefined ? {} : { caller: vote.caller };
    const review = { by: vote.by, ...caller, verdict: vote.verdict, comment, at: this.#time() };
    entry.assertPending();

    if (vote.verdict === 'deny') {
      entry.change({ state: 'DENIED', review });
      this.#denials.remember(entry.approval, this.#monotonic());
      await this.#tryRecord(entry, 'DENIED');
      return entry.approval;
    }

    if (requirement.reasonRequired && reason === null && comment === null) {
      throw new ApprovalError(
        'reason-required',
        'the policy asks for a reason: approve again with a comment that gives it',
      );
    }
    if (entry.approving) throw new ApprovalError('not-pending', `${entry.approval.code} is being approved already`);
    entry.approving = true;
    try {
      await this.#record(entry, 'APPROVED', review);
    } catch (cause) {
      throw new ApprovalError('journal-unavailable', 'not approved: the approval cannot be written to the journal', {
        cause,
      });
    } finally {
      entry.approving = false;
    }
    // Meanwhile it may have been denied, or have ended.
    this.#expireDue();
    entry.assertPending();
    entry.deadline = this.#deadline(requirement.grantTtl);
    const expiresAt = new Date(entry.deadline.wall).toISOString();
    entry.change({ state: 'APPROVED', review, grant: { state: 'ACTIVE', expiresAt } });
    return entry.approval;
  }

  supersede(policyDigest: string): void {
    this.#policyDigest = policyDigest;
    for (const entry of this.#entries.values()) {
      if (entry.approval.intent.policyDigest !== policyDigest) this.#end(entry, 'SUPERSEDED', 'REVOKED');
    }
  }

  onChange(listener: (approval: ApprovalRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all([...this.#entries.values()].map((entry) => this.#end(entry, 'CANCELLED', 'REVOKED')));
  }

  /** Marked as used before anything else can look, and on the disk before the caller may go on. */
  async #consume(entry: ApprovalEntry): Promise<boolean> {
    const { grant } = entry.approval;
    if (grant === null) return false;
    entry.change({ grant: { ...grant, state: 'CONSUMED' } });
    return await this.#tryRecord(entry, 'GRANT_CONSUMED');
  }

  #entryWithGrant(intent: Intent): ApprovalEntry | null {
    return this.#find(intent, (entry) => entry.hasGrant);
  }

  #pendingFor(intent: Intent): ApprovalEntry | null {
    return this.#find(intent, (entry) => entry.isPending);
  }

  #find(intent: Intent, isWanted: (entry: ApprovalEntry) => boolean): ApprovalEntry | null {
    for (const entry of this.#entries.values()) {
      const { digest, principal } = entry.approval.intent;
      if (digest === intent.digest && principal.user === intent.principal.user && isWanted(entry)) return entry;
    }
    return null;
  }

  /** Or why there is no room for it. The intent is copied: what is approved is what was asked, whatever becomes of it. */
  #create(intent: Intent): ApprovalEntry | string {
    const room = roomFor(
      intent.principal,
      [...this.#entries.values()].filter((entry) => entry.isPending),
    );
    if (room.for === 'nobody') return room.why;
    if ('instead' in room) void this.#end(room.instead, 'CANCELLED', 'REVOKED', room.why);
    const closed = [...this.#entries.values()].filter((entry) => !entry.isOpen);
    for (const { approval } of overflowing(closed, CLOSED_AT_MOST - 1)) this.#entries.delete(approval.id);
    const deadline = this.#deadline(intent.requirement.requestTtl);
    const approval: ApprovalRequest = {
      ...this.#detached(intent, 'PENDING'),
      expiresAt: new Date(deadline.wall).toISOString(),
    };
    const entry = new ApprovalEntry(approval, deadline, (changed) => this.#tell(changed));
    this.#entries.set(approval.id, entry);
    void this.#tryRecord(entry, 'PENDING');
    this.#tell(approval);
    return entry;
  }

  /** An approval request as an answer needs one, kept nowhere. */
  #detached(intent: Intent, state: ApprovalState): ApprovalRequest {
    const open = [...this.#entries.values()].filter((entry) => entry.isOpen).map(({ approval }) => approval.code);
    const createdAt = this.#time();
    return {
      id: uuidV7(this.#now()),
      code: newDisplayCode((code) => open.includes(code)),
      state,
      intent: { ...structuredClone(intent), reason: plainText(intent.reason) },
      createdAt,
      expiresAt: createdAt,
      held: false,
      review: null,
      grant: null,
    };
  }

  /** Ends what is pending with `state`, and what is granted and unused with `grantState`. */
  async #end(
    entry: ApprovalEntry,
    state: ApprovalState,
    grantState: 'EXPIRED' | 'REVOKED',
    endReason?: string,
  ): Promise<void> {
    const { grant } = entry.approval;
    if (entry.approval.state === 'PENDING') {
      entry.change(endReason === undefined ? { state } : { state, endReason });
      await this.#tryRecord(entry, state);
    } else if (grant?.state === 'ACTIVE') {
      entry.change({ grant: { ...grant, state: grantState } });
      await this.#tryRecord(entry, `GRANT_${grantState}`);
    }
  }

  #expireDue(): void {
    const wall = this.#now();
    const monotonic = this.#monotonic();
    for (const entry of this.#entries.values()) {
      const { deadline } = entry;
      if (wall >= deadline.wall || monotonic >= deadline.monotonic) void this.#end(entry, 'EXPIRED', 'EXPIRED');
    }
  }

  #deadline(milliseconds: number): Deadline {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#expireDue();
    }, Math.ceil(milliseconds) + 1);
    this.#timers.add(timer.unref());
    return { wall: this.#now() + milliseconds, monotonic: this.#monotonic() + milliseconds };
  }

  async #record(entry: ApprovalEntry, state: string, review = entry.approval.review): Promise<void> {
    const { id, code, intent, endReason } = entry.approval;
    await this.#options.onRecord({
      type: 'approval',
      approvalId: id,
      code,
      state,
      by: review?.by ?? null,
      // What follows a review carries its author on, who did nothing more.
      ...(review?.caller === undefined || state !== VERDICTS[review.verdict] ? {} : { caller: review.caller }),
      comment: review?.comment ?? endReason ?? null,
      intentDigest: intent.digest,
    });
  }

  /** For what happens whether or not it can be written. */
  async #tryRecord(entry: ApprovalEntry, state: string): Promise<boolean> {
    try {
      await this.#record(entry, state);
      return true;
    } catch (error) {
      this.#options.log.error(
        { event: 'approval-unrecorded', error, approval: entry.approval.id, state },
        'an approval could not be journaled',
      );
      return false;
    }
  }

  #tell(approval: ApprovalRequest): void {
    for (const listener of this.#listeners) {
      try {
        listener(approval);
      } catch (error) {
        this.#options.log.error({ event: 'listener-failed', error }, 'a listener of the approvals failed');
      }
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
