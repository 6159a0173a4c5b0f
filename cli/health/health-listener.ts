import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { bracketed, listen } from '../../proxy/listener/listening-address.ts';
import { allowedHosts, foreignSite } from '../../proxy/listener/same-site.ts';
import { type Check, serves } from './checks.ts';
import type { MetricsFormat, MetricsText } from './metrics-text.ts';
import { prefers } from './prefers.ts';

export interface HealthOptions {
  /** Loopback; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  readonly checks: () => readonly Check[];
  readonly metrics: Readonly<Record<MetricsFormat, MetricsText>>;
}

/** A listener for health and metrics that is open. */
export interface HealthListener {
  /** `http://127.0.0.1:9464` */
  readonly url: string;
  close(): Promise<void>;
}

/** Beyond it the oldest goes: nobody can keep a scraper out by holding connections open. */
const CONNECTIONS = 2_048;
/** Milliseconds for which one text is good: scrapes that come together cost no more than one. */
const FRESH = 1_000;
/** Milliseconds after which a connection ends on which nothing moves; a scraper that keeps its own calls more often. */
const IDLE = 90_000;

/**
 * `/healthz`, `/readyz` and `/metrics` for programs on this machine, in plain HTTP and without a credential: every user
 * of the machine can read them, so nothing in them is secret. Answers GET and HEAD alone, and no web page.
 * @throws {ListenError}
 */
export async function openHealthListener({ host, port, checks, metrics }: HealthOptions): Promise<HealthListener> {
  let hosts: ReadonlySet<string> = new Set();
  const texts = { prometheus: lasting(metrics.prometheus), openmetrics: lasting(metrics.openmetrics) };
  const limits = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: IDLE, noDelay: true };
  const server = createServer(
    { ...limits, maxHeaderSize: 16 * 1024, requireHostHeader: false },
    (request, response) => {
      if (!isFirst(request, response)) return;
      answer(request, { hosts, checks, texts }).then(
        (given) => send(request, response, given),
        () => send(request, response, plain(500, 'the numbers could not be read')),
      );
    },
  );
  server.timeout = IDLE;
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (open.size > CONNECTIONS) [...open.values()][0]?.destroy();
  });
  const taken = await listen(server, { host, port });
  hosts = allowedHosts(taken, [bracketed(host)]);
  return {
    url: `http://${bracketed(host)}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Connections whose answer has not been read yet. */
const answering = new WeakSet<Socket>();

/**
 * Whether nothing else is on its way over this connection. Who asks again before that ends it: HTTP lets a client ask
 * without reading (RFC 9112, 9.3.2), and the answers that wait for it would fill the memory. No scraper does so.
 */
function isFirst({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (socket.destroyed) return false;
  if (answering.has(socket)) {
    socket.destroy();
    return false;
  }
  answering.add(socket);
  response.once('close', () => answering.delete(socket));
  return true;
}

interface Serving {
  readonly hosts: ReadonlySet<string>;
  readonly checks: () => readonly Check[];
  readonly texts: Readonly<Record<MetricsFormat, MetricsText>>;
}

interface Given {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly allow?: string;
}

async function answer(request: IncomingMessage, { hosts, checks, texts }: Serving): Promise<Given> {
  const foreign = foreignSite(request.rawHeaders, hosts);
  if (foreign !== null) return plain(403, foreign.refusal.message);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { ...plain(405, 'only GET and HEAD are answered here'), allow: 'GET, HEAD' };
  }
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const accept = request.headers.accept ?? '';
  if (path === '/healthz') return plain(200, 'ok');
  if (path === '/readyz') {
    const format = prefers(accept, ['text/plain', 'application/json']);
    const isVerbose = new URLSearchParams(query).has('verbose');
    return format === 'application/json' ? readyJson(checks()) : readyText(checks(), isVerbose);
  }
  if (path === '/metrics') {
    const format = prefers(accept, ['text/plain', 'application/openmetrics-text']);
    const { contentType, text } = texts[format === 'text/plain' ? 'prometheus' : 'openmetrics'];
    return { status: 200, contentType, body: await text() };
  }
  return plain(404, 'here are /healthz, /readyz and /metrics');
}

/** As Kubernetes' own `/readyz` says it; why a check fails is a word here, and in the gateway's log a sentence. */
function readyText(checks: readonly Check[], isVerbose: boolean): Given {
  const isReady = serves(checks);
  if (isReady && !isVerbose) return plain(200, 'ok');
  const lines = checks.map(({ name, grade, code }) =>
    grade === 'bad' ? `[-]${name} failed: ${code}` : `[+]${name} ok: ${code}`,
  );
  return plain(isReady ? 200 : 503, [...lines, `readyz check ${isReady ? 'passed' : 'failed'}`].join('\n'));
}

function readyJson(checks: readonly Check[]): Given {
  const isReady = serves(checks);
  const told = checks.map(({ name, grade, code }) => ({ name, ok: grade !== 'bad', grade, code }));
  const body = `${JSON.stringify({ ready: isReady, checks: told })}\n`;
  return { status: isReady ? 200 : 503, contentType: 'application/json', body };
}

function plain(status: number, text: string): Given {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body, allow }: Given,
): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(allow === undefined ? {} : { Allow: allow }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** A text that is made anew when it is older than a second. */
function lasting({ contentType, text }: MetricsText): MetricsText {
  let made = { at: Number.NEGATIVE_INFINITY, text: Promise.resolve('') };
  return {
    contentType,
    text() {
      const now = performance.now();
      if (now - made.at > FRESH) made = { at: now, text: text() };
      return made.text;
    },
  };
}
