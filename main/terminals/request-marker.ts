import type { DecidedRecord } from '../../model/journal-record.ts';
import { requestLine } from '../../model/request-words.ts';

/** How an API request stands on a recording's timeline, e.g. `get secret payments/db`; its outcome stands beside it. */
export function requestMarker(record: DecidedRecord): {
  readonly auditId: string;
  readonly outcome: string;
  readonly label: string;
} {
  const { request, decision, approval, effective, auditId } = record;
  const as = effective ? ` as ${effective.user}` : '';
  // Where a person decided, that is what became of it; that one was asked says less.
  const outcome = decision.outcome === 'requireApproval' && approval ? approval.state.toLowerCase() : decision.outcome;
  return { auditId, outcome, label: `${requestLine(request)}${as}` };
}
