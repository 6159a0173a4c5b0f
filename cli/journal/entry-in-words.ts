import { type Author, authorInWords } from '../../model/caller.ts';
import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../model/journal-record.ts';
import { visible } from '../../model/visible-text.ts';
import { identityInWords, requestInWords } from '../approvals/request-in-words.ts';
import type { JournalEntry } from './journal-entry.ts';

/** Each request with its end where both are among the records, in the order of the records. */
export function joined(records: readonly JournalRecord[]): JournalEntry[] {
  const ends = new Map(records.flatMap((record) => (record.type === 'finished' ? [[record.auditId, record]] : [])));
  const begun = new Set(records.flatMap((record) => (record.type === 'decided' ? [record.auditId] : [])));
  return records.flatMap((record): JournalEntry[] => {
    if (record.type === 'decided') return [{ record, end: ends.get(record.auditId) ?? null }];
    return record.type === 'finished' && begun.has(record.auditId) ? [] : [{ record, end: null }];
  });
}

/** An entry on one line: time, user, as whom, what, on which cluster, decision, rule, status. */
export function entryInWords(entry: JournalEntry): string {
  return visible(`${entry.record.time}  ${inWords(entry)}`);
}

function inWords({ record, end }: JournalEntry): string {
  switch (record.type) {
    case 'decided':
      return `${decidedInWords(record)}  ${endInWords(end)}`;
    case 'finished':
      return `request ${record.auditId} ended  ${endInWords(record)}`;
    case 'own-read': {
      const names = record.reads.map(({ name }) => name).join(', ');
      const as = record.effective === null ? '' : ` as ${identityInWords(record.effective)}`;
      return `gateway reads Secrets${as}, to redact request ${record.auditId}: ${names} in ${record.namespace} on ${record.cluster}`;
    }
    case 'refused':
      return `refused before there was a request: ${Object.entries(record.counts)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', ')}`;
    case 'approval': {
      const { by: author, caller } = record;
      const by = author === null ? '' : ` by ${authorInWords({ by: author, caller })}`;
      return `approval ${record.code} ${record.state}${by}${record.comment === null ? '' : `: ${record.comment}`}`;
    }
    case 'gateway':
      return `gateway ${record.event}${record.detail === '' ? '' : `: ${record.detail}`}${claimed(record.author)}`;
  }
}

function decidedInWords({
  principal,
  effective,
  request,
  cluster,
  decision,
  approval,
  signs = [],
}: DecidedRecord): string {
  const as = effective === null ? '' : ` as ${identityInWords(effective)}`;
  const code = decision.code === null ? '' : ` ${decision.code}`;
  const approved =
    approval === null ? '' : ` (${approval.code} ${approval.state}${approval.by === null ? '' : ` by ${approval.by}`})`;
  const signed = signs.length === 0 ? '' : `  [${signs.map(({ code, says }) => `${code}: ${says}`).join('; ')}]`;
  return `${principal.user}${as}  ${requestInWords(request)}  on ${cluster}  ${decision.outcome}${code} ${decision.rule}${approved}${signed}`;
}

/** What the detail does not say: it names whose word it is, and nothing of what they say of themselves. */
function claimed(author: Author | undefined): string {
  const words = author === undefined ? '' : authorInWords(author);
  return words === author?.by || words === '' ? '' : ` (${words})`;
}

/** `200 in 12 ms, 2 masked`. */
export function endInWords(end: FinishedRecord | null): string {
  if (end === null) return 'no end yet';
  const masked = end.maskedValues === 0 ? '' : `, ${end.maskedValues} masked`;
  const code = end.code === null ? '' : ` ${end.code}`;
  const by = end.endedBy === undefined ? '' : ` by ${authorInWords(end.endedBy)}`;
  return `${end.status === 0 ? 'client gone' : end.status}${code}${by} in ${Math.round(end.durationMs)} ms${masked}`;
}
