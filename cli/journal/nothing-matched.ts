import { visible } from '../../model/visible-text.ts';
import type { JournalFile } from '../../proxy/journal/journal-files.ts';
import { entriesBackward } from './entries-backward.ts';
import { type EntryFilter, isWanted, TEXTS } from './entry-filter.ts';

/** So many of the newest entries are looked at for what there is. */
const LOOKED_AT = 20_000;
const NAMED_AT_MOST = 12;

/** Which value no entry has, and which there are; told where nothing matched, since that is often a misspelt name. */
export async function nothingMatched(files: readonly JournalFile[], filter: EntryFilter): Promise<string[]> {
  const found = new Map<keyof typeof TEXTS, Set<string>>();
  const isThere = new Set<keyof typeof TEXTS>();
  let count = 0;
  const all: EntryFilter = { range: { since: null, until: null }, wanted: new Map(), needles: [] };
  for await (const entry of entriesBackward(files, all, { lines: 0, files: [] })) {
    for (const [name, values] of filter.wanted) {
      if (isWanted(entry, { ...all, wanted: new Map([[name, values]]) })) isThere.add(name);
      const known = found.get(name) ?? new Set();
      found.set(name, known);
      if (known.size <= NAMED_AT_MOST) for (const text of TEXTS[name](entry)) known.add(shown(name, text));
    }
    count += 1;
    if (count === LOOKED_AT) break;
  }
  if (count === 0) return ['gatehouse: the journal has no records yet'];
  const among = count < LOOKED_AT ? `all ${count} entries` : `the newest ${LOOKED_AT} entries`;
  const absent = [...filter.wanted].filter(([name]) => !isThere.has(name));
  if (absent.length === 0) return [`gatehouse: nothing matches all of that`];
  return absent.map(([name, values]) => {
    const known = [...(found.get(name) ?? [])];
    const more = known.length > NAMED_AT_MOST ? ', …' : '';
    const others = known.length === 0 ? 'none has one' : `there are ${known.slice(0, NAMED_AT_MOST).join(', ')}${more}`;
    return `gatehouse: nothing matches: of ${among} none has the ${name} ${values.map((value) => `"${value}"`).join(' or ')}; ${others}`;
  });
}

/** A resource as a flag takes it. */
function shown(name: keyof typeof TEXTS, text: string): string {
  return visible(name === 'resource' ? text.replace(/\/$/, '').replace(/\.(?=\/|$)/, '') : text);
}
