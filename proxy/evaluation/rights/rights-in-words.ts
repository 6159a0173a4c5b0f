/** A right that an account holds somewhere. */
export interface RightSomewhere {
  readonly says: string;
  /** Empty for the whole cluster. */
  readonly namespace: string;
}

/** Rights that are named; a person needs to see why it is asked, not all of them. */
const MOST = 3;

/**
 * In one line for people, the same for the same rights: `reads secrets everywhere, makes pods in ci and 2 more`. Empty
 * for none.
 * @param own the namespace of the account, which goes without saying.
 */
export function rightsInWords(rights: readonly RightSomewhere[], own: string): string {
  const places = new Map<string, Set<string>>();
  for (const { says, namespace } of rights) {
    const known = places.get(says);
    if (known === undefined) places.set(says, new Set([namespace]));
    else known.add(namespace);
  }
  const said = [...places].map(([says, namespaces]) => `${says}${placesInWords(namespaces, own)}`);
  return said.length > MOST ? [...said.slice(0, MOST), 'and more'].join(', ') : said.join(', ');
}

function placesInWords(namespaces: ReadonlySet<string>, own: string): string {
  if (namespaces.has('')) return ' everywhere';
  if (namespaces.has(own)) return namespaces.size === 1 ? '' : ` here and in ${namespaces.size - 1} more`;
  const [first = '', ...more] = [...namespaces].sort();
  return ` in ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}
