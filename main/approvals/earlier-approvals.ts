import type { ApprovalRequest, ApprovalState } from '../../model/approval.ts';
import type { ApprovalRequirement } from '../../model/decision.ts';
import type { ApprovalRecord, DecidedRecord, JournalRecord } from '../../model/journal-record.ts';

const DECIDED: ReadonlySet<string> = new Set<ApprovalState>(['APPROVED', 'DENIED']);

/** What was asked of the person is not in the journal. */
const NOT_KEPT: ApprovalRequirement = {
  level: 'ownerConfirm',
  requestTtl: 0,
  grantTtl: 0,
  hold: 0,
  reasonRequired: false,
};

type At<Entry> = Entry & { readonly time: string };

/**
 * Approvals that a person decided, put together from the journal: `approval` says by whom and when, `decided` what it was
 * about. What the journal does not keep (the body, the reason asked for) is missing from them.
 * @param records the newest first.
 * @param known ids that the gateway itself still has.
 */
export function earlierApprovals(records: readonly JournalRecord[], known: ReadonlySet<string>): ApprovalRequest[] {
  const requests = new Map<string, At<DecidedRecord>>();
  for (const record of records) {
    if (record.type === 'decided' && record.approval !== null) requests.set(record.approval.id, record);
  }
  const seen = new Set(known);
  return records.flatMap((record) => {
    if (record.type !== 'approval' || !DECIDED.has(record.state) || seen.has(record.approvalId)) return [];
    const request = requests.get(record.approvalId);
    if (request === undefined) return [];
    seen.add(record.approvalId);
    return [together(record, request)];
  });
}

function together(
  review: At<ApprovalRecord>,
  { principal, cluster, effective, request, decision }: At<DecidedRecord>,
): ApprovalRequest {
  const approved = review.state === 'APPROVED';
  return {
    id: review.approvalId,
    code: review.code,
    state: approved ? 'APPROVED' : 'DENIED',
    intent: {
      digest: review.intentDigest,
      principal,
      cluster,
      effective,
      request,
      bodyPreview: null,
      bodyBytes: 0,
      rules: [decision.rule],
      message: decision.message,
      policyDigest: decision.policyDigest,
      requirement: NOT_KEPT,
      reason: null,
    },
    createdAt: review.time,
    expiresAt: review.time,
    held: false,
    review: { by: review.by ?? '', verdict: approved ? 'approve' : 'deny', comment: review.comment, at: review.time },
    grant: null,
  };
}
