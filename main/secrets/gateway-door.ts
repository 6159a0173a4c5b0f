import { readFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { HostError } from '../hosts/protocol.ts';

/** The app's own way into the gateway: the same door, certificate and policy as kubectl's, under a session of kind `app`. */
export interface GatewayDoor {
  /** @param path below the gateway's root, e.g. `/c/<cluster>/api/v1/namespaces`. @throws {HostError} */
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

const kubeconfigShape = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.string(), 'certificate-authority': z.string() }) }))
    .min(1),
  users: z.array(z.object({ user: z.object({ 'client-certificate': z.string(), 'client-key': z.string() }) })).min(1),
});

const statusShape = z.object({
  message: z.string(),
  reason: z.string().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).optional() })
    .optional(),
});

/** A list page of 500 Secrets of the largest size. */
const MOST_BYTES = 600 * 1024 * 1024;

const NOTICED_MS = 200;

/** @param kubeconfig the path of the app session's kubeconfig; asked for at each call, because the gateway may move. */
export function openDoor(kubeconfig: () => Promise<string>): GatewayDoor {
  async function send(method: 'GET' | 'POST', path: string, body: string | null): Promise<unknown> {
    const way = await readWay(await kubeconfig());
    const answer = await exchange(way, method, path, body);
    if (answer.status < 400) return JSON.parse(answer.text);
    throw refusalFrom(answer);
  }
  return {
    // A gateway that ended takes a moment to be noticed; then the kubeconfig is waited for. Reading twice does no harm.
    get: (path) =>
      send('GET', path, null).catch(async (error: unknown) => {
        if (!(error instanceof HostError) || error.code !== 'gateway-unavailable') throw error;
        await delay(NOTICED_MS);
        return send('GET', path, null);
      }),
    post: (path, body) => send('POST', path, JSON.stringify(body)),
  };
}

interface Way {
  readonly origin: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

async function readWay(file: string): Promise<Way> {
  const { clusters, users } = kubeconfigShape.parse(parse(await readFile(file, 'utf8')));
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  if (!cluster || !user) throw new HostError('gateway-unavailable', 'The gateway has given this app no way in');
  const beside = (path: string) => readFile(resolve(dirname(file), path));
  const [ca, cert, key] = await Promise.all([
    beside(cluster['certificate-authority']),
    beside(user['client-certificate']),
    beside(user['client-key']),
  ]);
  return { origin: new URL(cluster.server).origin, ca, cert, key };
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

function exchange(way: Way, method: string, path: string, body: string | null): Promise<Answered> {
  const { origin, ca, cert, key } = way;
  return new Promise((resolvePromise, reject) => {
    const agent = new Agent({ keepAlive: false });
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'gatehouse-app' };
    if (body !== null) headers['content-type'] = 'application/json';
    const outgoing = httpsRequest(new URL(path, origin), { method, headers, ca, cert, key, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) incoming.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolvePromise({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.on('error', (error) =>
      reject(new HostError('gateway-unavailable', `The gateway does not answer: ${error.message}`)),
    );
    outgoing.end(body ?? undefined);
  });
}

/** The Status in words; its first cause of ours is the code. */
function refusalFrom({ status, text }: Answered): HostError {
  const parsed = statusShape.safeParse(safeJson(text));
  if (!parsed.success)
    return new HostError('gateway-answer-malformed', `The gateway answered ${status} without saying why`);
  const { message, details, reason } = parsed.data;
  const ours = details?.causes?.find((cause) => cause.reason?.startsWith('gatehouse/'));
  return new HostError(
    ours?.reason?.slice('gatehouse/'.length) ?? reason ?? `status-${status}`,
    message,
    `status: ${status}`,
  );
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
