import { listJournalFiles } from '../../proxy/journal/journal-files.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { entriesBackward, type Unread } from './entries-backward.ts';
import { FILTER_FLAGS, readFilter } from './entry-filter.ts';
import { EntryPrinter, JSON_FLAG, OUTPUT_FLAG, outputFormat, tellUnread, withAuditId } from './entry-output.ts';
import { existingJournal, unreadable } from './existing-journal.ts';
import { nothingMatched } from './nothing-matched.ts';

const NAME = 'journal query';
const FLAGS = {
  ...FILTER_FLAGS,
  limit: { type: 'string', value: 'N', kind: 'number', says: 'end after so many (default: all)' },
  output: OUTPUT_FLAG,
  json: JSON_FLAG,
  data: DATA_FLAG,
} as const satisfies Flags;

export const journalQueryCommand: Command = {
  name: NAME,
  summary: 'find requests and events in the whole journal',
  about: `Prints what matches all flags, newest first, as it is found. A flag that is given several times asks for any of its
values, and * in a value stands for any text. Needs no running gateway, and reads beside one.`,
  flags: FLAGS,
  notes: `For example:

  gatehouse journal query --person ada --outcome deny --since 7d
  gatehouse journal query --resource secrets --verb get --since 2026-03-01 --until 2026-03-31
  gatehouse journal query --status 5xx --output ndjson | jq -r .cluster`,
  exits: { 0: 'printed, also where nothing matches', 1: 'cannot be read, or not all of it' },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const filter = readFilter(NAME, values, context.now());
    const { limit = Number.POSITIVE_INFINITY } = values;
    const format = outputFormat(NAME, values);
    const folder = await existingJournal(dataFolder(values.data, context));
    const files = await listJournalFiles(folder).catch(async (error: unknown) => {
      throw await unreadable(folder, error);
    });
    const unread: Unread = { lines: 0, files: [] };
    const printer = new EntryPrinter({ format, inText: withAuditId, print: context.print, unread });
    for await (const entry of entriesBackward(files, filter, unread)) {
      if (context.stop.aborted) break;
      printer.entry(entry);
      if (printer.count >= limit) break;
    }
    printer.end();
    tellUnread(unread, context.complain);
    if (printer.count === 0) for (const line of await nothingMatched(files, filter)) context.complain(line);
    return exitCodes.done;
  },
};
