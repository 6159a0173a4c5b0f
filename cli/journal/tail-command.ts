import { setTimeout as sleep } from 'node:timers/promises';
import { listJournalFiles } from '../../proxy/journal/journal-files.ts';
import { queryRecords, recordsAfter } from '../../proxy/journal/query.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { entriesBackward, type Unread } from './entries-backward.ts';
import { type EntryFilter, FILTER_FLAGS, isFiltering, readFilter } from './entry-filter.ts';
import { entryInWords, joined } from './entry-in-words.ts';
import { EntryPrinter, JSON_FLAG, OUTPUT_FLAG, outputFormat, tellUnread } from './entry-output.ts';
import { existingJournal, unreadable } from './existing-journal.ts';
import { FollowedEntries } from './followed-entries.ts';
import type { JournalEntry } from './journal-entry.ts';

const POLL_MILLISECONDS = 300;
/** Among so many of the newest records requests are looked for that are still under way. */
const RECENT = 5_000;

const NAME = 'journal tail';
const FLAGS = {
  lines: { type: 'string', short: 'n', value: 'N', kind: 'number', default: '20', says: 'how many' },
  follow: { type: 'boolean', short: 'f', says: 'go on printing what is added, until Ctrl-C' },
  ...FILTER_FLAGS,
  output: OUTPUT_FLAG,
  json: JSON_FLAG,
  data: DATA_FLAG,
} as const satisfies Flags;

export const journalTailCommand: Command = {
  name: NAME,
  summary: 'print the last records of the journal',
  about: `Prints the last requests and events that match all flags, oldest first, one line each: time, user, as whom, what,
on which cluster, decision, rule, status. A flag that is given several times asks for any of its values, and *
in a value stands for any text. Needs no running gateway.`,
  flags: FLAGS,
  exits: { 0: 'printed', 1: 'cannot be read, or not all of it' },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const filter = readFilter(NAME, values, context.now());
    const format = outputFormat(NAME, values);
    const folder = await existingJournal(dataFolder(values.data, context));
    const unread: Unread = { lines: 0, files: [] };
    const printer = new EntryPrinter({ format, inText: entryInWords, print: context.print, unread });
    try {
      const { entries, recent, seq } = await newest(folder, filter, values.lines, unread);
      for (const entry of entries) printer.entry(entry);
      if (values.follow) {
        const followed = new FollowedEntries(filter, recent);
        for await (const records of added(folder, seq, context.stop)) {
          for (const entry of followed.take(records)) printer.entry(entry);
        }
      }
    } catch (error) {
      throw await unreadable(folder, error);
    }
    printer.end();
    tellUnread(unread, context.complain);
    return exitCodes.done;
  },
};

/** The newest entries that are looked for, oldest first; and the newest record of all. */
async function newest(
  folder: string,
  filter: EntryFilter,
  wanted: number,
  unread: Unread,
): Promise<{
  readonly entries: readonly JournalEntry[];
  readonly recent: readonly JournalEntry[];
  readonly seq: number;
}> {
  const files = await listJournalFiles(folder);
  // A request has two records: twice as many hold enough lines.
  const limit = isFiltering(filter) ? RECENT : 2 * wanted;
  const records = (
    await queryRecords(
      files.map((file) => ({ ...file, firstSeq: 0 })),
      {},
      { limit },
    )
  ).reverse();
  const seq = records.at(-1)?.seq ?? 0;
  const recent = joined(records);
  if (!isFiltering(filter)) return { entries: recent.slice(-wanted), recent, seq };
  const entries: JournalEntry[] = [];
  for await (const entry of entriesBackward(files, filter, unread)) {
    entries.push(entry);
    if (entries.length === wanted) break;
  }
  return { entries: entries.reverse(), recent, seq };
}

/** The records that are added, until the person stops it. */
async function* added(folder: string, from: number, stop: AbortSignal) {
  let seq = from;
  while (!stop.aborted) {
    await sleep(POLL_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
    const records = await recordsAfter(await listJournalFiles(folder), seq);
    yield records;
    seq = records.at(-1)?.seq ?? seq;
  }
}
