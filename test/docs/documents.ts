import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository's root. */
export const repository = resolve(import.meta.dirname, '../..');

/** A file of the repository as text. */
export function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** The files in a folder and below it, relative to the repository's root; without what is installed or built. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    const made =
      ['node_modules', 'out', 'demo-output', 'test-output'].includes(entry.name) || entry.name.startsWith('.');
    return entry.isDirectory() && !made ? filesBelow(path) : [];
  });
}

/** The part of a Markdown text below one of its headings, up to the next of the same or a higher level. */
export function section(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => {
    const marks = /^(#+) /.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY;
    return marks <= level;
  });
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** The cells of every table row, without headings and rulers. */
export function tableRows(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !/^\| ---/.test(line) && !/^\| ---/.test(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The words in backticks. */
export function codes(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The text of the one fenced block whose info string is this: ```` ```sh ci ````. */
export function fencedBlock(markdown: string, info: string): string {
  const blocks = [...markdown.matchAll(/^```(?<info>[^\n]*)\n(?<text>[\s\S]*?)^```$/gm)].filter(
    ({ groups }) => groups?.['info'] === info,
  );
  const [text, ...more] = blocks.map(({ groups }) => groups?.['text'] ?? '');
  if (text === undefined || more.length > 0) throw new Error(`${blocks.length} blocks are marked "${info}", not one`);
  return text;
}
