import {
  Agent as HttpAgent,
  type AgentOptions as HttpAgentOptions,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { oneLine } from '../../../proxy/one-line.ts';
import { type Channel, notSent, type Sent } from './channel.ts';
import type { OutgoingNotification } from './notification.ts';
import { signedHeaders } from './webhook-signature.ts';

export interface WebhookOptions {
  readonly url: URL;
  readonly keys: readonly Buffer[];
  /** PEM; null: the authorities that Node knows. */
  readonly authority: string | null;
  /** Milliseconds for one try. */
  readonly timeLimit: number;
  /** Where `HTTPS_PROXY` and `NO_PROXY` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Seconds, minutes: for a receiver that is restarted. Later the request has mostly been decided. */
const PAUSES = [1_000, 5_000, 30_000];
const RETRY_AFTER_AT_MOST = 60_000;

/** A POST of each notification to one URL, signed as Standard Webhooks says. */
export function webhook(options: WebhookOptions): Channel {
  const { url } = options;
  return {
    name: `webhook ${url.origin}`,
    atOnce: 4,
    pauses: PAUSES,
    send: (notification, signal) => post(options, notification, signal),
  };
}

function post(options: WebhookOptions, notification: OutgoingNotification, signal: AbortSignal): Promise<Sent> {
  const { url, keys, timeLimit } = options;
  const { body } = notification;
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Gatehouse',
    ...signedHeaders(notification, keys, Math.floor(Date.now() / 1_000)),
  };
  return new Promise((resolve) => {
    const started = performance.now();
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sending = request(url, { method: 'POST', headers, agent: agentFor(options) });
    const stop = () => sending.destroy(new Error('the gateway stops'));
    const timer = setTimeout(() => sending.destroy(new Error(`no answer in ${timeLimit / 1_000} s`)), timeLimit);
    const settle = (sent: Sent) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(sent);
    };
    signal.addEventListener('abort', stop, { once: true });
    sending.on('response', (answer) => {
      // Its status is all that is wanted of it: what it says may have no end.
      answer.on('error', () => undefined);
      answer.destroy();
      settle(sentWith(answer, url, Math.round(performance.now() - started)));
    });
    sending.on('error', (error: NodeJS.ErrnoException) => settle(notSent(inWords(error), true)));
    if (signal.aborted) stop();
    else sending.end(body);
  });
}

function sentWith({ statusCode = 0, headers }: IncomingMessage, url: URL, milliseconds: number): Sent {
  if (statusCode >= 200 && statusCode < 300) {
    return { isSent: true, says: `it answered ${statusCode} in ${milliseconds} ms` };
  }
  if (statusCode >= 300 && statusCode < 400) {
    const why = `it answered ${statusCode}: redirects are not followed, name the final address`;
    return notSent(`${why}${elsewhere(headers.location, url)}`, false);
  }
  // 408, 429 and 5xx may pass; what else a receiver says no to, it says no to again.
  const mayRetry = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  return notSent(`it answered ${statusCode}`, mayRetry, retryAfter(headers['retry-after']));
}

function elsewhere(location: string | undefined, url: URL): string {
  if (location === undefined || !URL.canParse(location, url.href)) return '';
  const { origin } = new URL(location, url);
  return origin === url.origin ? '' : ` (it points to ${oneLine(origin).slice(0, 200)})`;
}

function retryAfter(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * 1_000, RETRY_AFTER_AT_MOST)
    : null;
}

function inWords({ message, code }: NodeJS.ErrnoException): string {
  const said = oneLine(message).slice(0, 300);
  return code === undefined || said.includes(code) ? said || 'the connection failed' : `${said} (${code})`;
}

/** Verified whatever NODE_TLS_REJECT_UNAUTHORIZED says; through the environment's proxy, but never to this machine. */
function agentFor({ url, authority, environment }: WebhookOptions): HttpAgent {
  // `proxyEnv` came with Node 24.5, on which a gateway runs; the types are of the oldest Node.
  const proxied: HttpAgentOptions & { proxyEnv?: typeof environment } = isLoopback(url.hostname)
    ? {}
    : { proxyEnv: environment };
  if (url.protocol === 'http:') return new HttpAgent(proxied);
  return new HttpsAgent({ ...proxied, rejectUnauthorized: true, ...(authority === null ? {} : { ca: authority }) });
}

/** Whether a URL's host is this machine: what is sent there needs no TLS. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
