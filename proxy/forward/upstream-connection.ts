import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';

/** Milliseconds until an API server that does not answer counts as unreachable. */
const CONNECT_TIMEOUT = 10_000;

/**
 * One verified TLS connection to a cluster's API server: for pooled requests and for upgrades alike. HTTP/1.1 only
 * (SPDY and WebSocket need it, and HTTP/2 costs two to four times as much in Node).
 * @throws the TLS or socket error as it came; `upstreamTrouble` puts it into words.
 */
export function connectUpstream(cluster: Cluster, credential: UpstreamCredential): Promise<TLSSocket> {
  const { host, port, servername } = cluster.server;
  return new Promise((resolve, reject) => {
    // Node's types leave `allowHalfOpen` out: with it one direction of an exec may end before the other.
    const options: ConnectionOptions & { readonly allowHalfOpen: true } = {
      host,
      port,
      // RFC 6066 section 3: an IP address is never sent as a server name, but it is what the certificate must name.
      ...(isIP(servername) ? {} : { servername }),
      secureContext: credential.secureContext,
      ALPNProtocols: ['http/1.1'],
      allowHalfOpen: true,
      rejectUnauthorized: cluster.server.verify,
      checkServerIdentity: (_host, certificate) =>
        cluster.server.verify ? checkServerIdentity(servername, certificate) : undefined,
    };
    const socket = connect(options);
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }));
    }, CONNECT_TIMEOUT);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 30_000);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
