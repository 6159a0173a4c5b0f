import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';

type HeaderLine = readonly [name: string, value: string];

/** Headers of a 101 that the client needs (RFC 6455 section 4.2.2; SPDY/3.1 as Kubernetes negotiates it). */
const HANDSHAKE = new Set([
  'upgrade',
  'connection',
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'x-stream-protocol-version',
  'audit-id',
]);

/**
 * The 101 to pass on. The API server must have switched to the protocol that the client asked for: anything else would
 * open a tunnel that neither side understands.
 * @throws {Refusal} `upstream-response-invalid`.
 */
export function acceptedUpgrade(request: ApiRequest, headers: readonly HeaderLine[]): HeaderLine[] {
  const switched = headers.filter(([name]) => name.toLowerCase() === 'upgrade').map(([, value]) => value.toLowerCase());
  if (switched.length !== 1 || switched[0] !== request.upgrade?.toLowerCase()) {
    throw new Refusal(
      'upstream-response-invalid',
      'The cluster switched to another protocol than the one asked for, so Gatehouse closed the connection',
    );
  }
  return headers.filter(([name]) => HANDSHAKE.has(name.toLowerCase()));
}
