import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { HttpConnection } from './http-connection.ts';
import { requestHead } from './request-head.ts';
import { connectUpstream } from './upstream-connection.ts';
import { upstreamHeaders } from './upstream-headers.ts';

/** A short answer is some hundred bytes; what is longer is none. Bytes. */
const LIMIT = 1024 * 1024;

export interface ShortAnswer {
  readonly status: number;
  /** Its JSON; null where it is none, or longer than an answer to these questions is. */
  readonly json: unknown;
}

/** A connection of the gateway's own, beside the pool: what stands in the pool may be dead without anyone knowing. */
export interface OwnConnection {
  /** When the API server's certificate ends; milliseconds since the epoch, null where it showed none that can be read. */
  readonly certificateExpires: number | null;
  /** @throws the connection's error as it came, or the signal's reason. */
  ask(request: ApiRequest, body: string | null, signal: AbortSignal): Promise<ShortAnswer>;
  close(): void;
}

/**
 * Connects as for a client's request: same way, same checks.
 * @throws as `connectUpstream`.
 */
export async function openOwnConnection(cluster: Cluster, credential: UpstreamCredential): Promise<OwnConnection> {
  const socket = await connectUpstream(cluster, credential);
  const ends = Date.parse(socket.getPeerCertificate().valid_to ?? '');
  const connection = new HttpConnection(socket, { onFree: () => undefined, onClosed: () => undefined });
  return {
    certificateExpires: Number.isFinite(ends) ? ends : null,
    async ask(request, text, signal) {
      const body = text === null ? null : Buffer.from(text);
      const headers = upstreamHeaders(request, cluster, credential, {
        auditId: uuidV7(),
        accept: 'application/json',
        compression: false,
        bodyBytes: body === null ? null : body.length,
      });
      const target = cluster.server.basePath + request.target;
      const head = requestHead({ method: request.method, target, headers, body });
      const answer = await connection.send({ method: request.method, head, body, upgrade: false }, signal);
      if ('socket' in answer) throw new Error('A plain request became a tunnel');
      return { status: answer.status, json: await readJson(answer.body) };
    },
    close: () => connection.destroy(),
  };
}

async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LIMIT) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}
