import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, rootCertificates, type TLSSocket } from 'node:tls';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';
import type { UpstreamProxy } from '../clusters/upstream-proxy.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import { ProxyTrouble } from './proxy-trouble.ts';
import { openSocks5Tunnel } from './socks5-tunnel.ts';
import { unreachable } from './upstream-trouble.ts';

/** Milliseconds until an API server that does not answer, or lies behind a proxy that does not, counts as unreachable. */
const CONNECT_TIMEOUT = 15_000;
/** Milliseconds of silence until TCP asks whether the other side is still there. */
const KEEPALIVE = 30_000;
/**
 * Milliseconds for one of several addresses before the next is tried too. Node's own 250 are too few for a server on
 * another continent, and every address then counts as dead.
 */
const ADDRESS_TIMEOUT = 2_000;

/** Node's types leave `allowHalfOpen` and the options of `net` out. */
type Options = ConnectionOptions & { readonly allowHalfOpen: true; readonly autoSelectFamilyAttemptTimeout: number };

const SOCKET_OPTIONS = { allowHalfOpen: true, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT } as const;

/**
 * One verified TLS connection to a cluster's API server: for requests and for upgrades alike. HTTP/1.1 only
 * (SPDY and WebSocket need it, and HTTP/2 costs two to four times as much in Node).
 * @throws the TLS or socket error as it came, or {@link ProxyTrouble}; `upstreamTrouble` puts them into words.
 */
export async function connectUpstream(cluster: Cluster, credential: UpstreamCredential): Promise<TLSSocket> {
  const { host, port, servername, verify } = cluster.server;
  const deadline = performance.now() + CONNECT_TIMEOUT;
  const way =
    cluster.proxy == null
      ? { host, port }
      : { socket: await throughProxy(cluster.proxy, cluster, credential, deadline) };
  const options: Options = {
    ...SOCKET_OPTIONS,
    ...way,
    // RFC 6066 section 3: an IP address is never sent as a server name, but it is what the certificate must name.
    ...(isIP(servername) ? {} : { servername }),
    secureContext: credential.secureContext,
    // With half-open connections one direction of an exec may end before the other.
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: verify,
    checkServerIdentity: (_host, certificate) => (verify ? checkServerIdentity(servername, certificate) : undefined),
  };
  const socket = connect(options);
  await established(socket, 'secureConnect', deadline);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE);
  return socket;
}

/** A plain connection to the API server that a proxy made for us. */
async function throughProxy(
  proxy: UpstreamProxy,
  cluster: Cluster,
  credential: UpstreamCredential,
  deadline: number,
): Promise<Socket> {
  const socket = await connectProxy(proxy, cluster, credential, deadline);
  // An error between two readers must not end the process; it is on `socket.errored`.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(timedOut()), deadline - performance.now());
  try {
    const { host, port } = cluster.server;
    const open = proxy.protocol === 'socks5' ? openSocks5Tunnel : openHttpTunnel;
    await open(socket, proxy, host, port);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof ProxyTrouble
      ? error
      : new ProxyTrouble(`the proxy ${proxy} broke off: ${unreachable(error)}`, error);
  } finally {
    clearTimeout(timer);
  }
}

async function connectProxy(
  proxy: UpstreamProxy,
  cluster: Cluster,
  credential: UpstreamCredential,
  deadline: number,
): Promise<Socket> {
  const { host, port, protocol } = proxy;
  try {
    if (protocol !== 'https') {
      const socket = connectTcp({ ...SOCKET_OPTIONS, host, port });
      await established(socket, 'connect', deadline);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEPALIVE);
      return socket;
    }
    const { authority = null } = credential;
    const options: Options = {
      ...SOCKET_OPTIONS,
      host,
      port,
      ...(isIP(host) ? {} : { servername: host }),
      // kubectl checks such a proxy against the authority of the cluster entry; a public one is taken as well. The
      // gateway's own certificate is for the API server, and is not shown here.
      ...(authority === null ? {} : { ca: [authority, ...rootCertificates] }),
      rejectUnauthorized: cluster.server.verify,
      ALPNProtocols: ['http/1.1'],
    };
    const socket = connect(options);
    await established(socket, 'secureConnect', deadline);
    socket.setKeepAlive(true, KEEPALIVE);
    return socket;
  } catch (error) {
    throw new ProxyTrouble(`the proxy ${proxy} cannot be reached: ${unreachable(error)}`, error);
  }
}

/** Waits until a socket is up; destroys it where that takes too long. */
function established(socket: Socket, event: 'connect' | 'secureConnect', deadline: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timedOut()), deadline - performance.now());
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', failed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve();
    });
  });
}

function timedOut(): Error {
  return Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' });
}
