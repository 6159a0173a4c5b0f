import type { Readable } from 'node:stream';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import { ConnectionPool, POOL_LIMITS, type PoolLimits } from './connection-pool.ts';
import {
  ConnectionLost,
  type HttpConnection,
  type Switched,
  type WireAnswer,
  type WireRequest,
} from './http-connection.ts';
import { requestHead } from './request-head.ts';
import { relayedHeaders, upgradeHeaders } from './response-headers.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from './upstream.ts';
import { connectUpstream } from './upstream-connection.ts';
import { upstreamTrouble } from './upstream-trouble.ts';

interface PoolOfCluster {
  readonly generation: number;
  readonly pool: ConnectionPool;
}

/** An upstream that knows how many connections it keeps. */
export interface PooledUpstream extends Upstream {
  /** Those that are open or being opened, idle ones too. */
  connections(): number;
}

/** Keeps one pool of connections for each cluster and credential generation. */
export function createUpstream(limits: Partial<PoolLimits> = {}): PooledUpstream {
  const pools = new Map<Cluster, PoolOfCluster>();
  /** Those of earlier credentials and of clusters that were disconnected, as long as something runs in them. */
  const retired = new Set<ConnectionPool>();

  function retire(pool: ConnectionPool): void {
    pool.close();
    for (const old of retired) if (old.size === 0) retired.delete(old);
    if (pool.size > 0) retired.add(pool);
  }

  function poolFor(cluster: Cluster, credential: UpstreamCredential): ConnectionPool {
    const known = pools.get(cluster);
    if (known !== undefined && known.generation === credential.generation) return known.pool;
    // Streams that run under the old credential go on; nothing new starts there.
    if (known !== undefined) retire(known.pool);
    const pool = new ConnectionPool(() => connectUpstream(cluster, credential), { ...POOL_LIMITS, ...limits });
    pools.set(cluster, { generation: credential.generation, pool });
    return pool;
  }

  return {
    async request(cluster, credential, request, signal) {
      const wire = wireRequest(request, false);
      try {
        const answer = await sendPooled(poolFor(cluster, credential), wire, signal);
        if ('socket' in answer) throw new Error('A plain request became a tunnel');
        return checkedResponse(cluster, answer);
      } catch (error) {
        throw signal.aborted ? error : upstreamTrouble(error, cluster);
      }
    },

    async upgrade(cluster, credential, request, signal) {
      const wire = wireRequest(request, true);
      try {
        // Never over a connection that may just be closing: an exec cannot be sent twice.
        const connection = await poolFor(cluster, credential).takeNew(signal);
        const answer = await connection.send(wire, signal);
        if (!('socket' in answer)) return checkedResponse(cluster, answer);
        return { headers: upgradeHeaders(answer.fields), socket: answer.socket, head: answer.head };
      } catch (error) {
        throw signal.aborted ? error : upstreamTrouble(error, cluster);
      }
    },

    forget(cluster) {
      const known = pools.get(cluster);
      if (known !== undefined) retire(known.pool);
      pools.delete(cluster);
    },

    connections() {
      let size = 0;
      for (const { pool } of pools.values()) size += pool.size;
      for (const pool of retired) size += pool.size;
      return size;
    },

    async close() {
      for (const { pool } of pools.values()) pool.destroy();
      for (const pool of retired) pool.destroy();
      pools.clear();
      retired.clear();
    },
  };
}

function wireRequest(request: UpstreamRequest, upgrade: boolean): WireRequest {
  return { method: request.method, head: requestHead(request), body: request.body, upgrade };
}

/**
 * Sends over a pooled connection. The other side may close an unused connection in the moment in which it is used
 * again; a read of which nothing was answered is then sent once more, over a new one (RFC 9110 section 9.2.2). A write
 * never is: whether it ran is not known.
 */
async function sendPooled(
  pool: ConnectionPool,
  wire: WireRequest,
  signal: AbortSignal,
): Promise<WireAnswer | Switched> {
  const taken = pool.take(signal);
  const connection = taken instanceof Promise ? await taken : taken;
  try {
    return await connection.send(wire, signal);
  } catch (error) {
    if (signal.aborted || !wasStale(error, connection) || !isRead(wire)) throw error;
  }
  return (await pool.takeNew(signal)).send(wire, signal);
}

function wasStale(error: unknown, connection: HttpConnection): boolean {
  return error instanceof ConnectionLost && error.unanswered && connection.reused;
}

function isRead({ method, body }: WireRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && body === null;
}

/**
 * A redirect is never followed and its `Location` never relayed: it would carry the credential to an address that an
 * aggregated API server or a kubelet chose (CVE-2020-8559, CVE-2022-3172).
 */
function checkedResponse(cluster: Cluster, { status, fields, body }: WireAnswer): UpstreamResponse {
  if (status >= 300 && status < 400 && status !== 304) {
    discard(body);
    throw new Refusal(
      'upstream-redirect',
      `Cluster "${cluster.contextName}" answered with a redirect (${status}), which Gatehouse neither follows nor relays`,
    );
  }
  return { status, headers: relayedHeaders(fields), body };
}

/** Ends a body that nobody will read, without an unhandled error. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
