import { createHash, randomInt } from 'node:crypto';

/** The letters of generated names: no vowels and no look-alikes (apimachinery `util/rand`). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A random suffix such as the `x7k2p` of a pod's name. */
export function shortName(length: number): string {
  let name = '';
  while (name.length < length) name += alphabet[randomInt(alphabet.length)];
  return name;
}

/** A stable suffix for some content, such as a ReplicaSet's template hash. */
export function contentName(content: string, length: number): string {
  const digest = createHash('sha256').update(content).digest();
  return [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
