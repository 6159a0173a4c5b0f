import { listJournalFiles } from '../../proxy/journal/journal-files.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { fieldLines } from '../command/printable.ts';
import { entriesBackward, type Unread } from './entries-backward.ts';
import { type EntryFilter, readFilter } from './entry-filter.ts';
import { tellUnread } from './entry-output.ts';
import { existingJournal, unreadable } from './existing-journal.ts';
import { entryAsJson, type JournalEntry } from './journal-entry.ts';
import { type Story, storyInFields } from './story-in-fields.ts';

const NAME = 'journal show';
const POSITIONALS = ['AUDIT-ID'] as const;
const FLAGS = {
  json: { type: 'boolean', says: 'print its entries as JSON, one a line' },
  data: DATA_FLAG,
} as const satisfies Flags;

/** Clocks are set, and approvals are written a moment before what they allow. */
const BEFORE = 600_000;

export const journalShowCommand: Command = {
  name: NAME,
  summary: 'print all that the journal has of one request',
  about: `Prints who asked for what, as whom, which rules had a say and why, who approved it, which Secrets were read for it, and
how it ended. The Audit-ID stands at the end of a line of "gatehouse journal query", and in the cluster's own audit log.`,
  positionals: POSITIONALS,
  flags: FLAGS,
  exits: { 0: 'printed', 1: 'not in the journal, or that cannot be read' },

  async run(words, context) {
    const { values, positionals } = readFlags(NAME, words, FLAGS, POSITIONALS);
    const [auditId = ''] = positionals;
    const folder = await existingJournal(dataFolder(values.data, context));
    const unread: Unread = { lines: 0, files: [] };
    const filter = readFilter(NAME, { 'audit-id': [auditId.replaceAll('*', '')] }, context.now());
    const story = await storyOf(folder, filter, unread).catch(async (error: unknown) => {
      throw await unreadable(folder, error);
    });
    if (story === null) {
      tellUnread(unread, context.complain);
      throw new CommandError(
        exitCodes.failed,
        `the journal in ${folder} has no request ${auditId}: "gatehouse journal query" lists them, and retention removes the oldest`,
      );
    }
    for (const line of values.json ? asJson(story) : inWords(story, context.columns)) context.print(line);
    tellUnread(unread, context.complain);
    return exitCodes.done;
  },
};

function asJson({ request, approvals, reads }: Story): string[] {
  return [...approvals, ...reads, request].map(entryAsJson);
}

/** A record is checked no further than its hash. */
function inWords(story: Story, columns: number | null): string[] {
  try {
    return fieldLines(storyInFields(story), columns);
  } catch (cause) {
    const message = 'its record has not what it should have: "gatehouse journal show --json" prints it as it stands';
    throw new CommandError(exitCodes.failed, message, { cause });
  }
}

/** Read newest first: what belongs to a request is around it, and its approval before it. */
async function storyOf(folder: string, filter: EntryFilter, unread: Unread): Promise<Story | null> {
  const files = await listJournalFiles(folder);
  const found: JournalEntry[] = [];
  for await (const entry of entriesBackward(files, filter, unread)) {
    found.push(entry);
    // An Audit-ID is made by its `decided` record: nothing of it is older.
    if (entry.record.type === 'decided') break;
  }
  const request = found.find(({ record }) => record.type === 'decided' || record.type === 'finished');
  if (request === undefined) return null;
  const reads = found.filter(({ record }) => record.type === 'own-read').reverse();
  const approval = request.record.type === 'decided' ? request.record.approval : null;
  if (approval === null) return { request, reads, approvals: [] };
  const since = Date.parse(request.record.time) - approval.waitedMs - BEFORE;
  const approvals: JournalEntry[] = [];
  const states: EntryFilter = {
    range: { since, until: null },
    wanted: new Map([['type', ['approval']]]),
    needles: [Buffer.from(JSON.stringify(approval.id))],
  };
  for await (const entry of entriesBackward(files, states, unread)) {
    if (entry.record.type === 'approval' && entry.record.approvalId === approval.id) approvals.push(entry);
  }
  return { request, reads, approvals: approvals.reverse() };
}
