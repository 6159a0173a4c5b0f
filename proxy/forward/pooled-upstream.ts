import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse, UpstreamUpgrade } from './upstream.ts';
import { connectUpstream } from './upstream-connection.ts';
import { upstreamTrouble } from './upstream-trouble.ts';

/** Milliseconds that an idle connection is kept: well under the 90 s and more of API servers and load balancers. */
const IDLE_CONNECTION = 20_000;

/** RFC 9110 section 7.6.1, and what would tell a client of the way behind the gateway. */
const NOT_RELAYED = new Set([
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

interface PoolOfCluster {
  readonly generation: number;
  readonly pool: Pool;
}

/** Keeps one pool of connections for each cluster and credential generation. */
export function createUpstream(): Upstream {
  const pools = new Map<Cluster, PoolOfCluster>();

  function poolFor(cluster: Cluster, credential: UpstreamCredential): Pool {
    const known = pools.get(cluster);
    if (known !== undefined && known.generation === credential.generation) return known.pool;
    // Streams that run under the old credential go on; nothing new starts there.
    if (known !== undefined) void known.pool.close();
    const pool = openPool(cluster, credential);
    pools.set(cluster, { generation: credential.generation, pool });
    return pool;
  }

  return {
    async request(cluster, credential, request, signal) {
      try {
        const response = await poolFor(cluster, credential).request({
          ...outgoing(request),
          signal,
          responseHeaders: 'raw',
        });
        // undici types the headers as an object; with `responseHeaders: 'raw'` they come as a flat list.
        const headers = pairs(response.headers as unknown as string[]);
        return checkedResponse(cluster, { status: response.statusCode, headers, body: response.body });
      } catch (error) {
        throw signal.aborted ? error : upstreamTrouble(error, cluster);
      }
    },

    async upgrade(cluster, credential, request, signal) {
      try {
        return await upgradeOver(await connectUpstream(cluster, credential), cluster, request, signal);
      } catch (error) {
        throw signal.aborted ? error : upstreamTrouble(error, cluster);
      }
    },

    forget(cluster) {
      void pools.get(cluster)?.pool.close();
      pools.delete(cluster);
    },

    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()));
      pools.clear();
    },
  };
}

function openPool(cluster: Cluster, credential: UpstreamCredential): Pool {
  const { host, port } = cluster.server;
  return new Pool(`https://${host.includes(':') ? `[${host}]` : host}:${port}`, {
    connect: (_options, callback) => {
      connectUpstream(cluster, credential).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
    pipelining: 1,
    keepAliveTimeout: IDLE_CONNECTION,
    // Watches and `logs -f` are silent for as long as they like; the client's own time limits apply.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 64 * 1024,
  });
}

function outgoing(request: UpstreamRequest): Omit<Dispatcher.RequestOptions, 'origin'> {
  return {
    method: request.method as Dispatcher.HttpMethod,
    path: request.target,
    headers: request.headers.flat(),
    body: request.body,
  };
}

/** The upgrade's request on its own connection; the answer read by node's parser, the tunnel handed over only after a 101. */
function upgradeOver(
  socket: Awaited<ReturnType<typeof connectUpstream>>,
  cluster: Cluster,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamUpgrade | UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const outgoingRequest = httpRequest({
      createConnection: () => socket,
      method: request.method,
      path: request.target,
      headers: request.headers.flat(),
      signal,
    });
    outgoingRequest.once('upgrade', (answer: IncomingMessage, _socket, head) => {
      resolve({ headers: upgradeHeaders(answer.rawHeaders), socket, head });
    });
    outgoingRequest.once('response', (answer: IncomingMessage) => {
      answer.once('close', () => socket.destroy());
      try {
        const headers = pairs(answer.rawHeaders);
        resolve(checkedResponse(cluster, { status: answer.statusCode ?? 502, headers, body: answer }));
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    });
    outgoingRequest.once('error', (error) => {
      socket.destroy();
      reject(error);
    });
    outgoingRequest.end();
  });
}

/**
 * A redirect is never followed and its `Location` never relayed: it would carry the credential to an address that an
 * aggregated API server or a kubelet chose (CVE-2020-8559, CVE-2022-3172).
 */
function checkedResponse(cluster: Cluster, response: UpstreamResponse): UpstreamResponse {
  if (response.status >= 300 && response.status < 400 && response.status !== 304) {
    discard(response.body);
    throw new Refusal(
      'upstream-redirect',
      `Cluster "${cluster.contextName}" answered with a redirect (${response.status}), which Gatehouse neither follows nor relays`,
    );
  }
  return response;
}

/** Ends a body that nobody will read, without an unhandled error. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function pairs(raw: readonly string[]): Array<readonly [string, string]> {
  return rawPairs(raw).filter(([name]) => !NOT_RELAYED.has(name.toLowerCase()));
}

/** A 101's headers: what the handshake needs stays. */
function upgradeHeaders(raw: readonly string[]): Array<readonly [string, string]> {
  return rawPairs(raw).filter(([name]) => {
    const lower = name.toLowerCase();
    return lower === 'upgrade' || lower === 'connection' || !NOT_RELAYED.has(lower);
  });
}

function rawPairs(raw: readonly string[]): Array<readonly [string, string]> {
  const lines: Array<readonly [string, string]> = [];
  for (let index = 0; index + 1 < raw.length; index += 2) lines.push([String(raw[index]), String(raw[index + 1])]);
  return lines;
}
