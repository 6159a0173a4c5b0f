import type { DecidedRecord } from '../../proxy/journal/journal-record.ts';

/** Said only where it is not the ordinary one. */
const OUTCOMES: Record<DecidedRecord['decision']['outcome'], string | null> = {
  allow: null,
  deny: 'denied',
  requireApproval: 'asked for approval',
  refused: 'refused',
};

/** How an API request stands on a recording's timeline, e.g. `get secrets/db in payments: denied`. */
export function requestMarker(record: DecidedRecord): {
  readonly auditId: string;
  readonly outcome: string;
  readonly label: string;
} {
  const { request, decision, effective, auditId } = record;
  const resource = [request.resource || request.target.split('?')[0], request.subresource].filter(Boolean).join('/');
  const what = request.name ? `${resource}/${request.name}` : resource;
  const where = request.namespace ? ` in ${request.namespace}` : '';
  const as = effective ? ` as ${effective.user}` : '';
  const ending = OUTCOMES[decision.outcome];
  return {
    auditId,
    outcome: decision.outcome,
    label: `${request.verb} ${what}${where}${as}${ending === null ? '' : `: ${ending}`}`,
  };
}
