import type { ApprovalRequest } from '../../../model/approval.ts';
import type { DecidedRecord, GatewayRecord } from '../../../model/journal-record.ts';
import { requestLine } from '../../../model/request-words.ts';
import type { ApprovalTrail, JournalRow } from './journal-rows.ts';
import { cutWord } from './stream-words.ts';

export interface RowOutcome {
  readonly tone: 'allowed' | 'waiting' | 'denied' | 'unknown' | 'neutral' | 'warning';
  readonly word: string;
}

/**
 * What became of it, in a word. A request without its end is running while it is young; after that nobody can say
 * whether it reached the cluster, and the screen says so.
 * @param now epoch milliseconds.
 */
export function rowOutcome(row: JournalRow, now: number): RowOutcome {
  if (row.kind === 'approval') return approvalOutcome(row.trail);
  if (row.kind === 'event') return eventOutcome(row);
  const { decided, finished } = row;
  const { outcome } = decided.decision;
  if (outcome === 'deny') return { tone: 'denied', word: 'Denied' };
  if (outcome === 'refused') return { tone: 'denied', word: 'Refused' };
  if (finished === null) {
    if (now - Date.parse(row.time) < 60_000 || isLongRunning(decided)) return { tone: 'neutral', word: 'Running' };
    return { tone: 'unknown', word: 'Outcome unknown' };
  }
  const cut = cutWord(finished);
  if (cut !== null) return { tone: 'warning', word: cut };
  if (finished.code !== null) return NOT_RUN[finished.code] ?? { tone: 'denied', word: 'Not run' };
  if (finished.status === 0) return { tone: 'unknown', word: 'Client left' };
  if (finished.status >= 400) return { tone: 'warning', word: 'Failed' };
  return { tone: 'allowed', word: outcome === 'requireApproval' ? 'Approved' : 'Allowed' };
}

/** Codes of answers that the gateway gave itself, where they say more than that nothing ran. */
const NOT_RUN: Readonly<Record<string, RowOutcome>> = {
  'approval-denied': { tone: 'denied', word: 'Denied' },
  'approval-expired': { tone: 'unknown', word: 'Expired' },
  'approval-pending': { tone: 'unknown', word: 'Not decided' },
};

function isLongRunning({ request }: DecidedRecord): boolean {
  return request.verb === 'watch' || request.upgrade !== null || request.subresource === 'log';
}

function eventOutcome({ record }: Extract<JournalRow, { kind: 'event' }>): RowOutcome {
  if (record.type === 'refused') return { tone: 'denied', word: 'Turned away' };
  const trouble = TROUBLE.includes(record.event);
  return { tone: trouble ? 'warning' : 'neutral', word: 'Gateway' };
}

/** What a person should look into. */
const TROUBLE: ReadonlyArray<GatewayRecord['event']> = [
  'policy-broken',
  'journal-damaged',
  'journal-missing',
  'journal-not-compared',
];

/** Words for the states of an approval and of its grant, as the journal writes them. */
const STATES: Readonly<Record<string, RowOutcome>> = {
  PENDING: { tone: 'waiting', word: 'Waiting' },
  APPROVED: { tone: 'allowed', word: 'Approved' },
  DENIED: { tone: 'denied', word: 'Denied' },
  EXPIRED: { tone: 'unknown', word: 'Expired' },
  CANCELLED: { tone: 'unknown', word: 'Cancelled' },
  SUPERSEDED: { tone: 'unknown', word: 'Policy changed' },
  GRANT_CONSUMED: { tone: 'allowed', word: 'Used' },
  GRANT_EXPIRED: { tone: 'unknown', word: 'Expired unused' },
  GRANT_REVOKED: { tone: 'denied', word: 'Revoked' },
};

/** The state that an approval is in now, of all that were written. */
function approvalOutcome(trail: ApprovalTrail): RowOutcome {
  return stateWords(trail.at(-1)?.state ?? '');
}

export function stateWords(state: string): RowOutcome {
  return STATES[state] ?? { tone: 'neutral', word: state.toLowerCase().replaceAll('_', ' ') };
}

/**
 * The row's subject in one line.
 * @param approvals those that are known: the journal's own record of an approval does not repeat the request.
 */
export function rowLine(row: JournalRow, approvals: readonly ApprovalRequest[] = []): string {
  if (row.kind === 'request') return requestLine(row.decided.request);
  if (row.kind === 'approval') {
    const known = approvals.find(({ id }) => id === row.key);
    return known ? requestLine(known.intent.request) : `request ${row.trail[0]?.code ?? ''}`;
  }
  const { record } = row;
  if (record.type === 'gateway') return gatewayLine(record);
  const counts = Object.entries(record.counts);
  return counts.map(([reason, count]) => `${reason} × ${count}`).join(', ');
}

const EVENTS: Readonly<Record<GatewayRecord['event'], string>> = {
  started: 'gateway started',
  stopped: 'gateway stopped',
  'policy-loaded': 'policy loaded',
  'policy-broken': 'policy file broken, last good policy kept',
  'policy-waits': 'a change of the policy waits for a person',
  'policy-accepted': 'policy accepted',
  'policy-folder-noticed': 'policy folder',
  'journal-repaired': 'journal repaired after a crash',
  'journal-damaged': 'journal is not as it was written',
  'journal-missing': 'records of the journal are missing',
  'journal-not-compared': 'journal could not be compared with a second place',
  'journal-resumed': 'journal can be written again',
  'journal-trimmed': 'oldest journal files removed',
  'recordings-trimmed': 'oldest recordings removed',
};

/** Digests shortened to what tells them apart; the details panel has the whole record. */
function gatewayLine({ event, detail }: GatewayRecord): string {
  const short = detail.replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1').replace(/^policy loaded /, 'policy ');
  return short === '' ? EVENTS[event] : `${EVENTS[event]}: ${short}`;
}
