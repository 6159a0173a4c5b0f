import { Refusal } from '../refusal.ts';
import type { HeaderList } from './header-list.ts';

/**
 * Headers that mean one thing only. The API server acts on the first line and other software on the last or on all, so
 * a second line is refused instead of guessed at.
 */
const SINGLE = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'accept',
  'impersonate-user',
  'impersonate-uid',
  'upgrade',
]);

/** @throws {Refusal} `header-repeated`, naming the header. */
export function refuseRepeatedHeaders(headers: HeaderList): void {
  const seen = new Set<string>();
  for (const [name] of headers) {
    const key = name.toLowerCase();
    if (!SINGLE.has(key)) continue;
    if (seen.has(key)) {
      const repair = key.startsWith('impersonate-') ? 'a request can act as one identity only' : 'send it once';
      throw new Refusal('header-repeated', `the header ${name} came more than once: ${repair}`);
    }
    seen.add(key);
  }
}
