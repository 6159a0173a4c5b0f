/** Where a target leads inside the gateway. */
export type Route =
  /** An API request: the cluster's slug, and the target without the prefix, byte for byte. */
  | { readonly kind: 'cluster'; readonly slug: string; readonly target: string }
  /** One key of one Secret (`pipeline/answers/reveal.ts`). */
  | { readonly kind: 'reveal' }
  | { readonly kind: 'nowhere' };

/** The slug is matched on the raw bytes: an encoded or repeated slash is another path, and leads nowhere. */
const CLUSTER_PREFIX = /^\/c\/([a-z0-9-]{1,63})(?=[/?]|$)/;

/** Reads the gateway's own part of a target. Pure. */
export function routeOf(target: string): Route {
  if (target === '/_gatehouse/v1/reveal') return { kind: 'reveal' };
  const match = CLUSTER_PREFIX.exec(target);
  if (match?.[1] === undefined) return { kind: 'nowhere' };
  const rest = target.slice(match[0].length);
  return { kind: 'cluster', slug: match[1], target: rest.startsWith('/') ? rest : `/${rest}` };
}
