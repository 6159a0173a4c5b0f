import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flag, usageError } from '../command/flags.ts';
import type { Unread } from './entries-backward.ts';
import { entryInWords } from './entry-in-words.ts';
import { entryAsJson, type JournalEntry } from './journal-entry.ts';

const FORMATS = ['text', 'ndjson', 'json', 'records'] as const;
export type OutputFormat = (typeof FORMATS)[number];

export const OUTPUT_FLAG = {
  type: 'string',
  short: 'o',
  value: 'FORMAT',
  choices: FORMATS,
  says: `text; ndjson: one JSON object a line for each entry, a request with its end in "finished"; json: the same as one
array; records: the lines of the journal as they stand (default: text)`,
} as const satisfies Flag;
export const JSON_FLAG = {
  type: 'boolean',
  isHidden: true,
  says: 'the same as --output records: the records as they stand in the journal, one JSON object a line',
} as const satisfies Flag;

/** @throws {CommandError} wrong usage. */
export function outputFormat(
  command: string,
  { output, json }: { readonly output?: OutputFormat; readonly json?: boolean },
): OutputFormat {
  if (output === undefined) return json ? 'records' : 'text';
  if (json && output !== 'records') throw usageError(command, `--json and --output ${output} exclude each other`);
  return output;
}

/** Prints entries as they come. */
export class EntryPrinter {
  readonly #format: OutputFormat;
  readonly #inText: (entry: JournalEntry) => string;
  readonly #print: (line: string) => void;
  readonly #unread: Unread;
  #count = 0;

  constructor(options: {
    readonly format: OutputFormat;
    readonly inText: (entry: JournalEntry) => string;
    readonly print: (line: string) => void;
    readonly unread: Unread;
  }) {
    this.#format = options.format;
    this.#inText = options.inText;
    this.#print = options.print;
    this.#unread = options.unread;
  }

  get count(): number {
    return this.#count;
  }

  entry(entry: JournalEntry): void {
    let lines: string[];
    try {
      // A record is checked no further than its hash: one that has not what its type should is not readable either.
      this.#inText(entry);
      lines = this.#lines(entry);
    } catch {
      this.#unread.lines += 1;
      return;
    }
    for (const line of lines) this.#print(line);
    this.#count += 1;
  }

  end(): void {
    if (this.#format === 'json') this.#print(this.#count === 0 ? '[]' : ']');
  }

  #lines(entry: JournalEntry): string[] {
    switch (this.#format) {
      case 'text':
        return [this.#inText(entry)];
      case 'ndjson':
        return [entryAsJson(entry)];
      case 'json':
        return [`${this.#count === 0 ? '[' : ','}${entryAsJson(entry)}`];
      case 'records':
        return [entry.record, ...(entry.end === null ? [] : [entry.end])].map((record) => JSON.stringify(record));
    }
  }
}

/** The Audit-ID is what `journal show` and the cluster's own audit log are asked by. */
export function withAuditId(entry: JournalEntry): string {
  const line = entryInWords(entry);
  return entry.record.type === 'decided' ? `${line}  ${entry.record.auditId}` : line;
}

/** Says what could not be read, when the rest was printed. @throws {CommandError} where whole files could not. */
export function tellUnread({ lines, files }: Unread, complain: (line: string) => void): void {
  if (lines > 0) {
    complain(
      `gatehouse: ${lines} ${lines === 1 ? 'line is' : 'lines are'} not as the gateway wrote them and left out: "gatehouse journal verify" says which`,
    );
  }
  if (files.length === 0) return;
  const names = files.map(({ name, code }) => `${name} (${code})`).join(', ');
  throw new CommandError(exitCodes.failed, `not read, so what is in it is not above: ${names}; may you read it?`);
}
