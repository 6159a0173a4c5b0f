import { Refusal } from '../refusal.ts';
import type { RequestInfo, UpgradeProtocol } from './api-request.ts';
import type { HeaderList } from './header-list.ts';

/** The subresources of pods that kubelets serve over an upgraded connection. */
export const STREAMING_SUBRESOURCES: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);
/** apiserver `pkg/authentication/request/websocket/protocol.go`. */
const BEARER_SUBPROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/** True for `pods/exec`, `pods/attach` and `pods/portforward` of the core group. */
export function isStreamingTarget(info: RequestInfo): boolean {
  return info.apiGroup === '' && info.resource === 'pods' && STREAMING_SUBRESOURCES.has(info.subresource);
}

/**
 * The upgrade that the client asks for. The API server relays any token to the kubelet, and streams watches (unmasked
 * Secrets too) over WebSocket: so one known token, on the three subresources that need it.
 * @throws {Refusal} `upgrade-not-allowed` or `bearer-in-subprotocol`.
 */
export function readUpgrade(method: string, info: RequestInfo, headers: HeaderList): UpgradeProtocol | null {
  refuseBearer(headers);
  if (headers.has('HTTP2-Settings')) throw refused('HTTP/2 by upgrade (HTTP2-Settings) is not spoken here');
  const asked = headers.all('Upgrade');
  if (asked.length === 0) return null;
  if (asked.length > 1) throw refused('the Upgrade header came more than once');
  const protocol = protocolOf(asked[0] ?? '');
  if (!namesUpgrade(headers)) throw refused('an Upgrade header came without Connection: Upgrade');
  if (!isStreamingTarget(info)) throw refused('only exec, attach and port-forward of a pod may upgrade the connection');
  if (protocol === 'websocket' && method !== 'GET') throw refused(`a WebSocket begins with GET, not ${method}`);
  if (protocol === 'SPDY/3.1' && method !== 'GET' && method !== 'POST') throw refused(`${method} cannot be upgraded`);
  // What follows the head of an upgrade is the stream; a body between them would be read differently by each side.
  if (headers.has('Transfer-Encoding') || Number(headers.first('Content-Length') ?? 0) !== 0) {
    throw refused('an upgrade cannot have a body');
  }
  return protocol;
}

function protocolOf(token: string): UpgradeProtocol {
  const folded = token.trim().toLowerCase();
  if (folded === 'websocket') return 'websocket';
  if (folded === 'spdy/3.1') return 'SPDY/3.1';
  throw refused(`"${token.slice(0, 40)}" is not a protocol that Kubernetes clients use (websocket or SPDY/3.1)`);
}

function namesUpgrade(headers: HeaderList): boolean {
  return headers
    .all('Connection')
    .some((line) => line.split(',').some((token) => token.trim().toLowerCase() === 'upgrade'));
}

function refuseBearer(headers: HeaderList): void {
  for (const line of headers.all('Sec-WebSocket-Protocol')) {
    if (line.toLowerCase().includes(BEARER_SUBPROTOCOL)) {
      throw new Refusal(
        'bearer-in-subprotocol',
        'a bearer token in Sec-WebSocket-Protocol is refused: Gatehouse knows its clients by their certificate',
      );
    }
  }
}

function refused(why: string): Refusal {
  return new Refusal('upgrade-not-allowed', `the upgrade is refused: ${why}`);
}
