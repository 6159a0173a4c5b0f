/** Decoded pairs of a query, in the order sent. */
export type QueryPairs = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * Reads a raw query as Go's `url.Values` come to be (net/url `parseQuery`): a pair that holds `;` or a broken escape is
 * dropped and the rest goes on, `+` is a space, names are case-sensitive.
 */
export function readQuery(rawQuery: string): QueryPairs {
  if (rawQuery === '') return [];
  const pairs: Array<readonly [string, string]> = [];
  for (const part of rawQuery.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const equals = part.indexOf('=');
    const name = unescapeQuery(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? '' : unescapeQuery(part.slice(equals + 1));
    if (name !== null && value !== null) pairs.push([name, value]);
  }
  return pairs;
}

/** The first value of a parameter, or undefined without one. */
export function firstValue(query: QueryPairs, name: string): string | undefined {
  for (const pair of query) if (pair[0] === name) return pair[1];
  return undefined;
}

/** All values of a parameter, in the order sent. */
export function allValues(query: QueryPairs, name: string): string[] {
  return query.filter(([key]) => key === name).map(([, value]) => value);
}

/** apimachinery `Convert_Slice_string_To_bool`: only absent, `0` and `false` are false; Go's EqualFold folds U+017F too. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && !/^false$/iu.test(value);
}

function unescapeQuery(text: string): string | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return null;
  }
}
