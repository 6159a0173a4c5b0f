import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the recordings in a folder hold, oldest first. */
export interface RecordingsOnDisk {
  /** Everything as it stands in the files. */
  readonly text: string;
  /** What the shells printed, without escape sequences and carriage returns. */
  readonly output: string;
}

export function readRecordings(folder: string): RecordingsOnDisk {
  const text = recordingFiles(folder)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  const output = text
    .split('\n')
    // A line that is being written has no end yet.
    .filter((line) => line.startsWith('[') && line.endsWith(']'))
    .map((line) => JSON.parse(line) as readonly [number, string, string])
    .map(([, code, data]) => (code === 'o' ? data : ''))
    .join('');
  return { text, output: withoutEscapes(output) };
}

/** The `.cast` files in a folder, oldest first. */
export function recordingFiles(folder: string): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return names
    .filter((name) => name.endsWith('.cast'))
    .sort()
    .map((name) => join(folder, name));
}

function withoutEscapes(output: string): string {
  return (
    output
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
      .replace(/\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>])/g, '')
      .replaceAll('\r', '')
  );
}
