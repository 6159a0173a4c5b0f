import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Comparison } from './section.ts';
import type { ComparisonResult, Figure, TargetResult } from './statistics.ts';

/** The table of a comparison in Markdown, with its targets and notes below. */
export function render({ metrics }: Comparison, result: ComparisonResult): string {
  const columns = Object.entries(metrics).filter(([metric]) => result.rows.some(({ figures }) => metric in figures));
  const lines = [
    `**${result.title}** (median of ${result.rounds} rounds, quartiles in brackets)`,
    '',
    `| | ${columns.map(([metric]) => metric).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...result.rows.map(
      ({ contender, figures }) =>
        `| ${contender} | ${columns.map(([metric, decimals]) => cell(figures[metric], decimals)).join(' | ')} |`,
    ),
  ];
  if (result.targets.length > 0) {
    lines.push('', '| target | measured | bound | |', '| --- | ---: | ---: | --- |', ...result.targets.map(targetRow));
  }
  for (const note of result.notes) lines.push('', note);
  return `${lines.join('\n')}\n`;
}

function cell(figure: Figure | undefined, decimals: number): string {
  if (figure === undefined) return '–';
  const { median, low, high } = figure;
  return `${median.toFixed(decimals)} (${low.toFixed(decimals)}–${high.toFixed(decimals)})`;
}

function targetRow({ metric, contender, peer, atMost, atLeast, figure, met }: TargetResult): string {
  const what = peer === null ? `${contender}, ${metric}` : `${contender} : ${peer}, ${metric}`;
  const unit = peer === null ? '' : '×';
  const bound = atMost === undefined ? `≥ ${atLeast}${unit}` : `≤ ${atMost}${unit}`;
  const measured = figure === null ? '–' : `${Number(figure.median.toPrecision(3))}${unit}`;
  const verdict = met === null ? 'not measured' : met ? 'met' : '**missed**';
  return `| ${what} | ${measured} | ${bound} | ${verdict} |`;
}

/** What the figures were taken on. */
export function machine(): Readonly<Record<string, string | number>> {
  const all = cpus();
  return {
    cpus: all.length,
    cpu: all[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

export function writeResults(path: string, section: string, comparisons: readonly ComparisonResult[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const content = { section, at: new Date().toISOString(), machine: machine(), comparisons };
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}

/** Puts a section's tables between its two marks in a document. */
export function writeIntoDocument(path: string, section: string, tables: string, command = 'npm run bench'): void {
  const [open, close] = [`<!-- bench: ${section} -->`, `<!-- end of bench: ${section} -->`];
  const text = readFileSync(path, 'utf8');
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`${path} has no place for the section ${section}: ${open} … ${close}`);
  const { cpus: count, cpu, system, node } = machine();
  const head = `Taken on ${new Date().toISOString().slice(0, 10)} with \`${command} ${section}\`: ${count} × ${cpu}, ${system}, node ${node}.`;
  writeFileSync(path, `${text.slice(0, start + open.length)}\n\n${head}\n\n${tables}\n${text.slice(end)}`);
}
