import type { Comparison, Outcome } from './compare.ts';

/** One client's column: its results by step, or why there are none. */
export interface Column {
  readonly client: string;
  readonly version: string;
  readonly skipped: string | null;
  readonly results: ReadonlyMap<string, Comparison>;
}

const SIGNS: Readonly<Record<Outcome, string>> = {
  equal: '=',
  masked: 'm',
  expected: 'p',
  'fails-alike': '.',
  different: 'X',
};

export const LEGEND = `=  the same, directly and through the gateway
m  the same but for masks, where Secret values stand
p  different because policy or masks ask for it; the reason is below
.  fails alike on both sides: the client or this cluster cannot do it
X  different`;

/** The table as text, with the reasons below it; also good as Markdown's code block. */
export function tableOf(title: string, steps: readonly string[], columns: readonly Column[]): string {
  const shown = columns.filter(({ skipped }) => skipped === null);
  const first = Math.max(title.length, ...steps.map((step) => step.length));
  const widths = shown.map(({ client }) => client.length);
  const row = (head: string, cells: readonly string[]): string =>
    `${head.padEnd(first)}  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  const lines = [
    row(
      title,
      shown.map(({ client }) => client),
    ),
    ...steps.map((step) =>
      row(
        step,
        shown.map(({ results }) => signOf(results.get(step))),
      ),
    ),
    row('version', []),
    ...shown.map(({ client, version }) => `  ${client}: ${version}`),
    ...columns.flatMap(({ client, skipped }) => (skipped === null ? [] : [`  ${client}: skipped. ${skipped}`])),
  ];
  const notes = notesOf(shown);
  return [...lines, ...(notes.length === 0 ? [] : ['', 'why:', ...notes])].join('\n');
}

/** A client that has no such step has nothing there. */
function signOf(comparison: Comparison | undefined): string {
  return comparison === undefined ? ' ' : SIGNS[comparison.outcome];
}

/** Each reason once, with the steps and clients that it is about. */
function notesOf(columns: readonly Column[]): string[] {
  const notes = new Map<string, { sign: string; clients: Set<string> }>();
  for (const { client, results } of columns) {
    for (const [step, { outcome, note }] of results) {
      if (note === '') continue;
      const key = `${SIGNS[outcome]} ${step}: ${note}`;
      const known = notes.get(key) ?? { sign: SIGNS[outcome], clients: new Set() };
      known.clients.add(client);
      notes.set(key, known);
    }
  }
  return [...notes]
    .sort(([, left], [, right]) => right.sign.localeCompare(left.sign))
    .map(([note, { clients }]) => `  ${note}${clients.size === columns.length ? '' : ` (${[...clients].join(', ')})`}`);
}

/** How many steps came out as they should not. */
export function unexpected(columns: readonly Column[]): number {
  return columns.flatMap(({ results }) => [...results.values()]).filter(({ outcome }) => outcome === 'different')
    .length;
}
