import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Inputs that once were too much for a reader, kept as `<target>.<hash>.bin`. */
export function readFindings(
  folder: string,
  target: string,
): ReadonlyArray<{ readonly file: string; readonly input: Buffer }> {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.startsWith(`${target}.`) && file.endsWith('.bin'));
  return files.map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}
