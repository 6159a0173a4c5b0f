import type { HeaderField } from './response-head.ts';

/** RFC 9110 section 7.6.1, and what would tell a client of the way behind the gateway. */
const NOT_RELAYED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'alt-svc',
  'location',
  'www-authenticate',
  'authorization',
]);

/** What of an answer's header may go on towards the client; what `Connection` names is for one connection only. */
export function relayedHeaders(fields: readonly HeaderField[]): HeaderField[] {
  const named = namedByConnection(fields);
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    return !NOT_RELAYED.has(lower) && (named === null || !named.has(lower));
  });
}

/** A 101's headers: what the handshake needs stays. */
export function upgradeHeaders(fields: readonly HeaderField[]): HeaderField[] {
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    return lower === 'upgrade' || lower === 'connection' || !NOT_RELAYED.has(lower);
  });
}

function namedByConnection(fields: readonly HeaderField[]): ReadonlySet<string> | null {
  let named: Set<string> | null = null;
  for (const [name, value] of fields) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    named ??= new Set();
    for (const option of value.split(',')) named.add(option.trim().toLowerCase());
  }
  return named;
}
