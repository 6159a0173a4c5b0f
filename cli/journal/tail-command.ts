import { setTimeout as sleep } from 'node:timers/promises';
import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../model/journal-record.ts';
import { visible } from '../../model/visible-text.ts';
import { listJournalFiles } from '../../proxy/journal/journal-files.ts';
import { queryRecords, recordsAfter } from '../../proxy/journal/query.ts';
import { identityInWords, requestInWords } from '../approvals/request-in-words.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, positiveNumber, readFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { existingJournal } from './verify-command.ts';

const POLL_MILLISECONDS = 300;

const NAME = 'journal tail';
const FLAGS = {
  lines: { type: 'string', short: 'n', value: 'N', kind: 'number', default: '20', says: 'how many' },
  follow: { type: 'boolean', short: 'f', says: 'go on printing what is added, until Ctrl-C' },
  ...outputFlags('json: the records as they stand in the journal, one a line'),
  data: DATA_FLAG,
} as const satisfies Flags;

export const journalTailCommand: Command = {
  name: NAME,
  summary: 'print the last records of the journal',
  about: `Prints the last requests and events, oldest first, one line each: time, user, as whom, what, on which cluster,
decision, rule, status. Needs no running gateway.`,
  flags: FLAGS,
  exits: { 0: 'printed', 1: 'cannot be read' },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const wanted = positiveNumber(NAME, 'lines', values.lines);
    const folder = await existingJournal(dataFolder(values.data, context));
    const print = (records: readonly JournalRecord[], atMost = Number.POSITIVE_INFINITY) => {
      const lines = wantsJson(values) ? records.map((record) => JSON.stringify(record)) : journalLines(records);
      for (const line of lines.slice(-atMost)) context.print(line);
    };

    const files = (await listJournalFiles(folder)).map((file) => ({ ...file, firstSeq: 0 }));
    // A request has two records: twice as many hold enough lines.
    let records = (await queryRecords(files, {}, { limit: 2 * wanted })).reverse();
    print(records, wanted);
    let seq = records.at(-1)?.seq ?? 0;
    while (values.follow && !context.stop.aborted) {
      await sleep(POLL_MILLISECONDS, undefined, { signal: context.stop }).catch(() => undefined);
      records = await recordsAfter(await listJournalFiles(folder), seq);
      print(records);
      seq = records.at(-1)?.seq ?? seq;
    }
    return exitCodes.done;
  },
};

/** One line for each request, with its end where that is among the records, and for each other record. */
export function journalLines(records: readonly JournalRecord[]): string[] {
  const ends = new Map<string, FinishedRecord>();
  for (const record of records) if (record.type === 'finished') ends.set(record.auditId, record);
  const begun = new Set(records.flatMap((record) => (record.type === 'decided' ? [record.auditId] : [])));
  return records
    .filter((record) => !(record.type === 'finished' && begun.has(record.auditId)))
    .map((record) => visible(`${record.time}  ${inWords(record, ends)}`));
}

function inWords(record: JournalRecord, ends: ReadonlyMap<string, FinishedRecord>): string {
  switch (record.type) {
    case 'decided':
      return `${decidedInWords(record)}  ${endInWords(ends.get(record.auditId))}`;
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
      const by = record.by === null ? '' : ` by ${record.by}`;
      return `approval ${record.code} ${record.state}${by}${record.comment === null ? '' : `: ${record.comment}`}`;
    }
    case 'gateway':
      return `gateway ${record.event}${record.detail === '' ? '' : `: ${record.detail}`}`;
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

function endInWords(end: FinishedRecord | undefined): string {
  if (end === undefined) return 'no end yet';
  const masked = end.maskedValues === 0 ? '' : `, ${end.maskedValues} masked`;
  const code = end.code === null ? '' : ` ${end.code}`;
  return `${end.status === 0 ? 'client gone' : end.status}${code} in ${Math.round(end.durationMs)} ms${masked}`;
}
