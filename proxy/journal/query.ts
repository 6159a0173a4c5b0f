import type { FinishedRecord, JournalRecord } from '../../model/journal-record.ts';
import type { JournalFilter } from './journal.ts';
import { type FileLine, linesBackward } from './journal-files.ts';
import { readLine } from './record-chain.ts';

/** How many `finished` records are kept in mind while their `decided` is looked for; the oldest are let go. */
const FINISHED_IN_MIND = 5_000;

/**
 * Reads records newest first, streaming backwards through the files: memory does not grow with the journal.
 *
 * A `finished` record carries no user, cluster or outcome of its own: it is returned with its `decided` when that one
 * matches, and does not count towards `limit`. So a page holds up to `limit` requests (or other records), each with
 * its end where it has one within the records read.
 *
 * @param files newest last; `firstSeq` lets whole files be passed over.
 */
export async function queryRecords(
  files: ReadonlyArray<{ readonly path: string; readonly firstSeq: number }>,
  filter: JournalFilter,
  options: { readonly limit: number; readonly before?: number },
): Promise<JournalRecord[]> {
  const before = options.before ?? Number.POSITIVE_INFINITY;
  const found: JournalRecord[] = [];
  if (options.limit < 1) return found;
  const finished = new Map<string, JournalRecord>();
  const pairing = asksForDecided(filter);
  let counted = 0;

  scan: for (const file of files.toReversed()) {
    if (file.firstSeq >= before) continue;
    for await (const line of linesIfPresent(file.path)) {
      const read = readLine(line.bytes);
      // A line that cannot be read is for `verifyJournal` to name; it must not hide the others.
      if (!read.ok || read.record.seq >= before) continue;
      const { record } = read;

      if (pairing && record.type === 'finished') {
        finished.set(record.auditId, record);
        if (finished.size > FINISHED_IN_MIND) finished.delete(finished.keys().next().value ?? '');
        continue;
      }
      if (!matches(record, filter)) continue;
      const end = pairing && record.type === 'decided' ? finished.get(record.auditId) : undefined;
      if (end !== undefined && wantsType(filter, 'finished')) found.push(end);
      if (wantsType(filter, record.type)) {
        found.push(record);
        counted += 1;
      } else if (end !== undefined) {
        counted += 1;
      }
      if (counted >= options.limit) break scan;
      // An Audit-ID is made by its `decided` record: nothing of it is older.
      if (filter.auditId !== undefined && record.type === 'decided') break scan;
    }
  }
  return pairing ? found.sort((a, b) => b.seq - a.seq) : found;
}

/** The records after `seq`, oldest first: for following a journal that another process writes. */
export async function recordsAfter(
  files: ReadonlyArray<{ readonly path: string }>,
  seq: number,
): Promise<JournalRecord[]> {
  const found: JournalRecord[] = [];
  for (const file of files.toReversed()) {
    for await (const line of linesIfPresent(file.path)) {
      const read = line.complete ? readLine(line.bytes) : null;
      if (!read?.ok) continue;
      if (read.record.seq <= seq) return found.reverse();
      found.push(read.record);
    }
  }
  return found.reverse();
}

/** Retention may remove a file while it is read: it then ends there. */
async function* linesIfPresent(path: string): AsyncGenerator<FileLine> {
  try {
    yield* linesBackward(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Whether the filter looks at what only `decided` records carry. */
function asksForDecided({ cluster, session, text, outcome }: JournalFilter): boolean {
  return [cluster, session, text, outcome].some((part) => part !== undefined && part !== '');
}

function wantsType(filter: JournalFilter, type: JournalRecord['type']): boolean {
  return filter.types === undefined || filter.types.length === 0 || filter.types.includes(type);
}

/** Whether a record fits a filter by itself. Its type is looked at only where no `decided` must be found for it. */
function matches(record: JournalRecord, filter: JournalFilter): boolean {
  if (!asksForDecided(filter) && !wantsType(filter, record.type)) return false;
  if (filter.auditId !== undefined && !('auditId' in record && record.auditId === filter.auditId)) return false;
  if (filter.cluster && !(record.type === 'decided' && record.cluster === filter.cluster)) return false;
  if (filter.session && !(record.type === 'decided' && record.principal.session.id === filter.session)) return false;
  if (filter.outcome && !(record.type === 'decided' && record.decision.outcome === filter.outcome)) return false;
  return (
    !filter.text || searchable(record).some((part) => part.toLowerCase().includes(filter.text?.toLowerCase() ?? ''))
  );
}

function searchable(record: JournalRecord): string[] {
  switch (record.type) {
    case 'decided': {
      const { request, decision, principal, effective } = record;
      return [
        principal.user,
        effective?.user ?? '',
        request.verb,
        request.policyVerb,
        request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`,
        request.namespace,
        request.name,
        decision.rule,
        decision.code ?? '',
      ];
    }
    case 'approval':
      return [record.code, record.state, record.by ?? '', record.comment ?? ''];
    case 'gateway':
      return [record.event, record.detail];
    case 'own-read':
      return [record.namespace, ...record.reads.map(({ name }) => name)];
    case 'refused':
      return Object.keys(record.counts);
    case 'finished':
      return [(record satisfies FinishedRecord).code ?? ''];
  }
}
