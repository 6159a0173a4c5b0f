import type { CredentialAtHand, WatchedCluster } from '../clusters/credential-at-hand.ts';
import { type OwnConnection, openOwnConnection } from '../forward/own-connection.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { readRequest } from '../request/read-request.ts';

/** A request of the gateway's own. */
export function question(method: 'GET' | 'POST', target: string): ApiRequest {
  const json = method === 'POST' ? ['Content-Type', 'application/json'] : [];
  return readRequest({ method, target, rawHeaders: ['Host', 'gatehouse', 'User-Agent', 'gatehouse', ...json] });
}

/** Connecting cannot be broken off: a connection that comes too late is closed again. */
export function openUnlessAborted(
  cluster: WatchedCluster,
  { credential }: CredentialAtHand,
  signal: AbortSignal,
): Promise<OwnConnection> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    openOwnConnection(cluster, credential).then((connection) => {
      if (signal.aborted) connection.close();
      else resolve(connection);
    }, reject);
  });
}
