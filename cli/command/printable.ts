import { visible } from '../../model/visible-text.ts';

/** Rows under a heading, each column as wide as its widest cell; the last one is not padded. */
export function table(rows: ReadonlyArray<readonly string[]>): string[] {
  const cells = rows.map((row) => row.map(visible));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What something is called, and what it is. */
export type Field = readonly [name: string, value: string];

/**
 * Names and values in two columns. A value that does not fit is broken between words, beneath itself; what has no
 * spaces stays whole, so that it can be copied.
 */
export function fieldLines(fields: readonly Field[], columns: number | null, indent = ''): string[] {
  const width = Math.max(...fields.map(([name]) => name.length));
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - indent.length - width - 2);
  return fields.flatMap(([name, value]) =>
    broken(visible(value), room).map((line, index) =>
      `${indent}${(index === 0 ? name : '').padEnd(width)}  ${line}`.trimEnd(),
    ),
  );
}

function broken(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** One line, indented, and broken anywhere where a terminal is narrower; what goes on is indented further. */
export function wrapped(line: string, columns: number | null, indent: string): string[] {
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - indent.length);
  if (line.length <= room) return [`${indent}${line}`];
  const [own = ''] = /^ */.exec(line) ?? [];
  const onward = ' '.repeat(Math.min(own.length + 2, Math.floor(room / 2)));
  const pieces = [line.slice(0, room)];
  for (let at = room; at < line.length; at += room - onward.length) {
    pieces.push(`${onward}${line.slice(at, at + room - onward.length)}`);
  }
  return pieces.map((piece) => `${indent}${piece}`);
}

/** `4s`, `2m`, `3h`, `5d`: the largest unit alone, as kubectl shows ages. */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
