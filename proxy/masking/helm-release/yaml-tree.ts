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

/** The entries of a map with those of what is merged into it (`<<`). */
export function entriesOf(map: YamlMap, depth = 0): YamlMap['entries'] {
  if (!map.entries.some(({ key }) => key === '<<')) return map.entries;
  return map.entries.flatMap((entry) => {
    if (entry.key !== '<<' || depth > DEEPEST_MERGE) return [entry];
    const sources = entry.value?.kind === 'list' ? entry.value.items : [entry.value];
    return sources.flatMap((source) => (source?.kind === 'map' ? entriesOf(source, depth + 1) : []));
  });
}

const DEEPEST_MERGE = 20;

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
