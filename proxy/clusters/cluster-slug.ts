import { createHash } from 'node:crypto';

const LONGEST = 63;
const HASH_LENGTH = 8;

/**
 * The name of a cluster in the gateway's paths (`/c/<slug>`), `[a-z0-9-]{1,63}`, the same for the same context name at
 * every launch: kubectl keeps its discovery cache under it. A name that had to be changed carries a hash of the
 * original, so that two contexts never share a slug.
 */
export function clusterSlug(contextName: string): string {
  const plain = contextName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const looksHashed = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`).test(plain);
  if (plain !== '' && plain === contextName && plain.length <= LONGEST && !looksHashed) return plain;
  const hash = createHash('sha256').update(contextName).digest('hex').slice(0, HASH_LENGTH);
  const room = LONGEST - HASH_LENGTH - 1;
  const stem = plain.slice(0, room).replace(/-+$/, '') || 'cluster';
  return `${stem}-${hash}`;
}
