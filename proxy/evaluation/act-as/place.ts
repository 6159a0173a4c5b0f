import { textAt } from '../fields.ts';

/** Where something stands in an object: names of fields and list entries, each with its length, `/8:template/4:spec`. */
export type Place = string;

/** Entries by their names, so that one in front moves no other; by number where that does not tell them apart. */
export function placed(place: Place, entries: readonly unknown[]): Array<readonly [Place, unknown]> {
  const taken = new Set<string>();
  return entries.map((entry, index) => {
    const name = textAt(entry, 'name');
    const known = name === '' || taken.has(name) ? String(index) : step(name);
    taken.add(name);
    return [`${place}/${known}`, entry];
  });
}

/** A step of a place: no name can be taken for two. */
export function step(name: string): string {
  return `${name.length}:${name}`;
}
