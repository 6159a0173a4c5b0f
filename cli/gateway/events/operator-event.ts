import type { ApprovalRequest } from '../../../model/approval.ts';
import type { DecidedRecord, FinishedRecord, RefusedRecord } from '../../../model/journal-record.ts';
import type { LiveStream } from '../../../model/live-stream.ts';
import type { WaitingChange } from '../../../model/policy-change.ts';

/** Who asked for what, as much of it as is kept of a request under way. */
export type AskedRequest = Pick<DecidedRecord, 'auditId' | 'principal' | 'effective' | 'cluster'> & {
  readonly decision: Pick<DecidedRecord['decision'], 'outcome' | 'rule' | 'message'>;
  /** `delete deployment shop/web`. */
  readonly words: string;
};

/**
 * What happens at a gateway that whoever runs it wants to hear of. Lines of the log and notifications are made of this, so
 * that both say the same. A request that went well is none, and neither is anything with a body or a value in it.
 */
export type OperatorEvent =
  | { readonly kind: 'approval-asked'; readonly approval: ApprovalRequest }
  | { readonly kind: 'approval-decided'; readonly approval: ApprovalRequest; readonly afterMs: number }
  /** Nobody decided: it expired, was given up, or another policy came. */
  | { readonly kind: 'approval-ended'; readonly approval: ApprovalRequest; readonly afterMs: number }
  | { readonly kind: 'policy-waits'; readonly change: WaitingChange }
  | { readonly kind: 'stream-began'; readonly stream: LiveStream }
  /** `finished` is null where the journal could not take it. */
  | { readonly kind: 'stream-ended'; readonly stream: LiveStream; readonly finished: FinishedRecord | null }
  /** The gateway answered it, with `finished.code`. */
  | { readonly kind: 'request-answered'; readonly asked: AskedRequest; readonly finished: FinishedRecord }
  | { readonly kind: 'connections-refused'; readonly refused: RefusedRecord }
  | { readonly kind: 'retention-removed'; readonly of: 'journal' | 'recordings'; readonly detail: string };
