import { constants } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Principal } from '../../model/principal.ts';
import { issueServerCertificate } from '../access/certificate-authority.ts';
import { authenticate, type Caller, type LiveCertificates } from '../access/client-authentication.ts';
import type { KeyPair } from '../access/key-pair.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { Refusal, toRefusal } from '../refusal.ts';
import { ResponseAnswer, SocketAnswer } from './answer.ts';
import { CAPACITY, Capacity, type CapacityLimits, type Place } from './capacity.ts';
import { closeBehindAnswer } from './closing-connection.ts';
import { Connections } from './connections.ts';
import type { Answerable, Exchange } from './exchange.ts';
import { HEAD_BYTES, HEAD_LINES, HeadRoom, headRefusal, LARGE_HEADS, type LargeHeadLimits } from './head-limits.ts';
import { bracketed, isAnyAddress, listen, reachable } from './listening-address.ts';
import { readByEvents } from './read-by-events.ts';
import { audible, refuse } from './refuse.ts';
import { endWith, type RefusedBeforeRequest, refuseBrokenConnections } from './refused-before-request.ts';
import { allowedHosts, foreignSite } from './same-site.ts';
import { gatewayBusy, RequestExchange, UpgradeExchange } from './served-exchange.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /** Signs the server's certificate; client certificates must be of it. */
  readonly authority: KeyPair;
  readonly access: LiveCertificates;
  /** Serves one request or upgrade. Must answer it; a throw is logged and answered with `internal-error`. */
  readonly onExchange: (exchange: Exchange) => Promise<void>;
  /** Counts what was refused before it was anyone's request. */
  readonly countRefused: (reason: RefusedBeforeRequest) => void;
  readonly log: GatewayLog;
  /** Names beside loopback that stand in `Host`, for a gateway that listens elsewhere. */
  readonly names?: readonly string[];
  readonly limits?: Partial<ListenerLimits>;
}

export interface ListenerLimits extends CapacityLimits, LargeHeadLimits {
  readonly connections: number;
  /** Milliseconds for the TLS handshake. */
  readonly handshake: number;
  /** Milliseconds from a request's first byte to the end of its head. */
  readonly head: number;
}

export interface Listener {
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  /** How many connections are open. */
  connections(): number;
  /**
   * Takes no more connections, lets exchanges under way finish for `graceMs`, then ends what is left: exchanges see
   * their signal aborted and sockets are destroyed.
   */
  close(graceMs?: number): Promise<void>;
}

const LIMITS: ListenerLimits = { ...CAPACITY, ...LARGE_HEADS, connections: 16_384, handshake: 10_000, head: 20_000 };
const RENEW_SERVER_CERTIFICATE = 24 * 3_600_000;

/**
 * Opens the gateway's one door: TLS with a client certificate, HTTP/1.1. A caller without a good certificate completes
 * TLS, so that kubectl can show why, gets a 401 and nothing else.
 * @throws {ListenError}
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const limits = { ...LIMITS, ...options.limits };
  const { server, renewal } = await createTlsServer(options.authority, limits);
  server.maxConnections = limits.connections;
  // One more than may be: Node 20 drops what goes beyond without a word, newer releases make an error of it.
  server.maxHeadersCount = HEAD_LINES + 1;
  const connections = new Connections(options.access);
  const heads = new HeadRoom({
    limits,
    sessionOf: (socket) => {
      const who = authenticate(socket, options.access, Date.now());
      return 'principal' in who ? sessionKey(who.principal) : null;
    },
    refuse: (socket, refusal) => {
      options.countRefused(refusal.code === 'gateway-busy' ? 'gateway-busy' : 'head-too-large');
      endWith(refusal, socket, connections);
    },
  });
  const context: Serving = { ...options, connections, heads, capacity: new Capacity(limits), hosts: new Set<string>() };
  takeRequests(server, context);
  refuseBrokenConnections(server, connections, options.countRefused);
  const port = await listen(server, options);
  context.hosts = allowedHosts(port, [
    ...(isAnyAddress(options.host) ? [] : [bracketed(options.host)]),
    ...(options.names ?? []),
  ]);
  return {
    address: { host: options.host, port, url: `https://${bracketed(reachable(options.host))}:${port}` },
    connections: () => connections.open,
    close: async (graceMs = 2_000) => {
      clearInterval(renewal);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.stop();
      server.closeIdleConnections();
      const timer = setTimeout(() => connections.endAll('Gatehouse is stopping'), graceMs);
      await closed;
      clearTimeout(timer);
      connections.release();
    },
  };
}

/** What the event handlers share. */
interface Serving extends ListenerOptions {
  readonly connections: Connections;
  readonly heads: HeadRoom;
  readonly capacity: Capacity;
  hosts: ReadonlySet<string>;
}

async function createTlsServer(authority: KeyPair, limits: ListenerLimits) {
  const server = createServer({
    ...(await secureContextOptions(authority)),
    requestCert: true,
    // A caller without a certificate gets a Status that says so; see `authenticate`.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.handshake,
    headersTimeout: limits.head,
    connectionsCheckingInterval: Math.min(5_000, limits.head),
    // Watches, logs and held requests have no natural end.
    requestTimeout: 0,
    // Go's transport keeps idle connections for 90 s; closing first would race with its next request.
    keepAliveTimeout: 130_000,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    noDelay: true,
    // What Node counts of a line differs from release to release; `headRefusal` counts what came.
    maxHeaderSize: 2 * HEAD_BYTES,
    insecureHTTPParser: false,
    // One direction of an upgraded stream may end before the other.
    allowHalfOpen: true,
    // The Host check is ours, with a Status and a count.
    requireHostHeader: false,
  });
  const renewal = setInterval(() => {
    secureContextOptions(authority).then(
      (renewed) => server.setSecureContext(renewed),
      () => undefined,
    );
  }, RENEW_SERVER_CERTIFICATE);
  renewal.unref();
  return { server, renewal };
}

async function secureContextOptions(authority: KeyPair): Promise<SecureContextOptions> {
  const { certificate, privateKey } = await issueServerCertificate(authority);
  return {
    cert: certificate,
    key: privateKey,
    ca: authority.certificate,
    minVersion: 'TLSv1.2',
    // Without resumption every connection shows its certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function takeRequests(server: Server, serving: Serving): void {
  const { connections, heads } = serving;
  server.on('connection', (socket: Socket) => {
    if (connections.accept(socket)) serving.countRefused('too-many-connections');
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.secure(socket);
    readByEvents(socket);
    heads.watch(socket);
    // What Node calls behind an answer that is the last of its connection.
    socket.destroySoon = () => closeBehindAnswer(socket);
  });
  server.on('request', (request: IncomingMessage & { socket: TLSSocket }, response: ServerResponse) => {
    if (connections.stopping) response.shouldKeepAlive = false;
    const admitted = admitWithPlace(request, closingAnswer(response), serving);
    if (admitted === null) return;
    void serve(new RequestExchange(request, response, { ...admitted, connections }), admitted.place, serving);
  });
  server.on('upgrade', (request: IncomingMessage & { socket: TLSSocket }, _socket: Duplex, head: Buffer) => {
    heads.release(request.socket);
    if (endsPipelining(request.socket, serving)) return;
    const admitted = admitWithPlace(request, new SocketAnswer(request, request.socket), serving);
    if (admitted === null) return;
    void serve(new UpgradeExchange(request, head, { ...admitted, connections }), admitted.place, serving);
  });
  server.on('connect', (request: IncomingMessage & { socket: TLSSocket }) => {
    heads.release(request.socket);
    if (endsPipelining(request.socket, serving)) return;
    const answer = new SocketAnswer(request, request.socket);
    if (admit(request, answer, serving) === null) return;
    serving.countRefused('connect-method');
    void refuse(answer, new Refusal('method-not-allowed', 'Gatehouse is not a forward proxy: CONNECT is not served'));
  });
  server.on('checkExpectation', (request: IncomingMessage & { socket: TLSSocket }, response: ServerResponse) => {
    const answer = closingAnswer(response);
    if (admit(request, answer, serving) === null) return;
    serving.countRefused('expectation');
    void refuse(answer, new Refusal('expectation-failed', 'The only Expect header that is served is 100-continue'));
  });
}

/**
 * Ends a connection on which an upgrade or CONNECT came while an earlier request is still unanswered: the answer to the
 * first would be written into the stream of the second. No client of Kubernetes pipelines.
 */
function endsPipelining(socket: TLSSocket, { connections, countRefused }: Serving): boolean {
  if (!connections.isBusy(socket)) return false;
  countRefused('malformed-http');
  socket.destroy();
  return true;
}

/** The two locks: the client's certificate first, so that nobody else learns anything, then the browser guard. */
function admit(
  request: IncomingMessage & { socket: TLSSocket },
  answer: Answerable,
  { access, heads, hosts, countRefused }: Serving,
): Caller | null {
  heads.ended(request);
  const who = authenticate(request.socket, access, Date.now());
  if ('turnedAway' in who) {
    countRefused(who.turnedAway);
    void refuse(answer, audible(who.refusal, request.url ?? ''));
    return null;
  }
  const large = headRefusal(request);
  if (large !== null) {
    countRefused('head-too-large');
    void refuse(answer, large);
    return null;
  }
  const foreign = foreignSite(request.rawHeaders, hosts);
  if (foreign === null) return who;
  countRefused(foreign.reason);
  void refuse(answer, foreign.refusal);
  return null;
}

/** Admits who may come in, as long as there is room. */
function admitWithPlace(
  request: IncomingMessage & { socket: TLSSocket },
  answer: Answerable,
  serving: Serving,
): (Caller & { readonly place: Place }) | null {
  const caller = admit(request, answer, serving);
  if (caller === null) return null;
  const session = sessionKey(caller.principal);
  const place = serving.capacity.enter(session);
  const head = place === null ? null : serving.heads.hold(session, request);
  if (place !== null && head !== null) return { ...caller, place: withHead(place, head) };
  place?.leave();
  serving.countRefused('gateway-busy');
  void refuse(answer, gatewayBusy(place === null ? 'requests' : 'large request heads'));
  return null;
}

/** The place of a request whose head takes room of its own. */
function withHead(place: Place, giveBack: () => void): Place {
  const leave = (): void => {
    place.leave();
    giveBack();
  };
  return { ...place, leave };
}

function sessionKey({ session }: Principal): string {
  return `${session.kind}/${session.id}`;
}

/** For refusals: the connection is not used again. */
function closingAnswer(response: ServerResponse): Answerable {
  const answer = new ResponseAnswer(response);
  return {
    get answered() {
      return answer.answered;
    },
    respond: (status, headers, body) => {
      response.shouldKeepAlive = false;
      return answer.respond(status, headers, body);
    },
  };
}

async function serve(exchange: Exchange, place: Place, { onExchange, log }: Serving): Promise<void> {
  try {
    await onExchange(exchange);
    if (exchange.answered || exchange.signal.aborted) return;
    throw new Error('An exchange was left without an answer');
  } catch (error) {
    log.error({ event: 'exchange-failed', error }, 'An exchange failed');
    await refuse(exchange, toRefusal(error));
  } finally {
    place.leave();
  }
}
