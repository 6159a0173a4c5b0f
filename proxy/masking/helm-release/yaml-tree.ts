/** A text of a document, and where it stands. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string;
  /** The source between the quotes where it says the value letter by letter; else all of it. */
  readonly start: number;
  readonly end: number;
  readonly literal: boolean;
  /** Of a literal block (`|`): where its first line begins, and how far its lines are indented. */
  readonly block: { readonly from: number; readonly indent: number } | null;
}

export interface YamlMap {
  readonly kind: 'map';
  /** As they are written: a repeated key is there twice, and `<<` is a key like others. */
  readonly entries: Array<{ readonly key: string; readonly value: YamlNode }>;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: YamlNode[];
}

/** A document as a tree; what an alias stands for is the very node that it names. Null is what is not there. */
export type YamlNode = YamlScalar | YamlMap | YamlList | null;

/**
 * Everything that a reader may find under a key. Readers of YAML do not agree on which of two equal keys counts, nor on
 * whether a key or what is merged into its map does, so all of it is.
 * @param key in lower case: Go's readers of JSON differ in whether case counts.
 */
export function valuesUnder(map: YamlMap, key: string): YamlNode[] {
  return entriesOf(map)
    .filter((entry) => entry.key.toLowerCase() === key)
    .map(({ value }) => value);
}

/** A document whose aliases and merges stand for more than anybody writes; nothing can be said of it. */
export class TooMuch extends Error {}

/**
 * The entries of a map with those of what is merged into it (`<<`).
 * @throws {TooMuch} where merges of merges make too many of them.
 */
export function entriesOf(map: YamlMap): YamlMap['entries'] {
  if (!map.entries.some(({ key }) => key === '<<')) return map.entries;
  const entries: YamlMap['entries'] = [];
  collect(map, entries, { steps: 0 });
  return entries;
}

const MOST_MERGED = 10_000;

function collect(map: YamlMap, entries: YamlMap['entries'], taken: { steps: number }): void {
  for (const entry of map.entries) {
    taken.steps += 1;
    if (taken.steps > MOST_MERGED) throw new TooMuch();
    if (entry.key !== '<<') {
      entries.push(entry);
      continue;
    }
    for (const source of entry.value?.kind === 'list' ? entry.value.items : [entry.value]) {
      taken.steps += 1;
      if (taken.steps > MOST_MERGED) throw new TooMuch();
      if (source?.kind === 'map') collect(source, entries, taken);
    }
  }
}

/** The text under a key, the last where there are several; empty where there is none. */
export function textUnder(map: YamlMap, key: string): string {
  const found = valuesUnder(map, key).findLast((value) => value?.kind === 'scalar');
  return found?.kind === 'scalar' ? found.value : '';
}

/** What an object calls itself. */
export function nameOf(map: YamlMap): string {
  const metadata = valuesUnder(map, 'metadata').findLast((value) => value?.kind === 'map');
  return metadata?.kind === 'map' ? textUnder(metadata, 'name') : '';
}
