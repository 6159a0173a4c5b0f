import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Gatehouse's version: of the nearest `package.json` above this file, be it source or bundle. */
export function gatehouseVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (name === 'gatehouse') return String(version);
    } catch {
      // None here; look further up.
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}
