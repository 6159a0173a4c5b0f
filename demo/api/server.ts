import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { readByEvents } from '../../proxy/listener/read-by-events.ts';
import { HeaderList } from '../../proxy/request/header-list.ts';
import { authenticate } from '../access/authentication.ts';
import { impersonate } from '../access/impersonation.ts';
import type { CertificatePair } from '../certificates.ts';
import { ApiError, methodNotAllowed, notInDemo } from '../store/status.ts';
import { answerStatus } from './answer.ts';
import { type AuditLog, auditUser, objectReference } from './audit.ts';
import type { Call, Cluster } from './call.ts';
import { openPodStream, streamSubresources } from './pod-streams.ts';
import { readTarget, TargetError } from './request-target.ts';
import { authorize, route } from './route.ts';

/** What the server needs beside the cluster. */
export interface ServerOptions {
  readonly cluster: Cluster;
  readonly audit: AuditLog;
  readonly authority: string;
  readonly identity: CertificatePair;
  readonly log: (message: string) => void;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Go drops a query pair that holds a semicolon or a broken escape, and keeps a `?` in front, which is part of a name. */
function readQuery(text: string): URLSearchParams {
  const pairs = text.split('&').filter((pair) => !pair.includes(';') && !/%(?![0-9a-f]{2})/i.test(pair));
  return new URLSearchParams(`&${pairs.join('&')}`);
}

/** Authenticates, applies impersonation, writes the audit entry, and authorises. */
function admit(request: IncomingMessage, response: ServerResponse, options: ServerOptions, auditId: string): Call {
  const headers = HeaderList.fromRaw(request.rawHeaders);
  // Go takes a target in absolute form whatever its host.
  const [target = '', ...rest] = (request.url ?? '').replace(/^https?:\/\/[^/]*/i, '').split('?');
  const query = readQuery(rest.join('?'));
  const method = request.method ?? '';
  const info = readTarget(method, target, query);
  const { cluster, audit } = options;
  const user = authenticate(request.socket as TLSSocket, headers, cluster.tokens);
  const entry = audit.add({
    auditId,
    verb: info.verb,
    method,
    requestUri: request.url ?? '',
    userAgent: headers.first('User-Agent') ?? '',
    user: auditUser(user),
    impersonatedUser: null,
    objectRef: objectReference(info),
    stageTimestamp: new Date().toISOString(),
    code: 0,
  });
  response.once('finish', () => {
    entry.code ||= response.statusCode;
  });
  const impersonated = impersonate(user, headers, cluster.authorizer);
  if (impersonated) Object.assign(entry, { impersonatedUser: auditUser(impersonated) });
  const call: Call = { cluster, request, response, method, query, headers, info, user: impersonated ?? user };
  authorize(call);
  if (!methods.has(method)) throw methodNotAllowed();
  return call;
}

function sendError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  log: ServerOptions['log'],
): void {
  if (response.headersSent) {
    log(`demo cluster: ${request.method} failed midway: ${error instanceof Error ? error.message : error}`);
    response.destroy();
    return;
  }
  if (error instanceof TargetError) {
    const refused = `Internal Server Error: ${JSON.stringify(request.url)}: failed to create RequestInfo: ${error.message}\n`;
    const text = error.code === 500 ? refused : '400 Bad Request';
    response.writeHead(error.code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
    return;
  }
  if (!(error instanceof ApiError)) {
    log(`demo cluster: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`);
  }
  const known = error instanceof ApiError ? error : new ApiError(500, 'InternalError', 'Internal error occurred', {});
  answerStatus(response, HeaderList.fromRaw(request.rawHeaders).first('Accept'), known.status);
}

/** What keeps a request from being handled at all has this header on it. */
function admitted(...parts: Parameters<typeof admit>): Call {
  try {
    return admit(...parts);
  } catch (error) {
    if (error instanceof ApiError && error.code !== 401) parts[1].setHeader('X-Content-Type-Options', 'nosniff');
    throw error;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  // The server takes the caller's Audit-ID as it is and sends it back.
  const auditId = HeaderList.fromRaw(request.rawHeaders).first('Audit-ID') || randomUUID();
  response.setHeader('Audit-Id', auditId);
  response.setHeader('Cache-Control', 'no-cache, private');
  try {
    await route(admitted(request, response, options, auditId));
  } catch (error) {
    sendError(error, request, response, options.log);
  }
}

/** An upgrade is answered by the pod's streams or with a Status, never left open. */
function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: ServerOptions): void {
  const auditId = HeaderList.fromRaw(request.rawHeaders).first('Audit-ID') || randomUUID();
  const headers = new Headers({ 'Audit-Id': auditId, 'Cache-Control': 'no-cache, private', Connection: 'close' });
  socket.on('error', () => socket.destroy());
  try {
    const call = admit(request, unusedResponse(), options, auditId);
    const { resource, subresource } = call.info;
    const protocol = (call.headers.first('Upgrade') ?? '').toLowerCase();
    if (resource !== 'pods' || !streamSubresources.has(subresource)) throw notInDemo('upgrading this request');
    // Over WebSocket only GET; SPDY goes with either.
    if (protocol === 'websocket' && call.method !== 'GET') throw methodNotAllowed();
    openPodStream(call, socket, head, auditId);
  } catch (error) {
    const status =
      error instanceof ApiError
        ? error.status
        : new ApiError(500, 'InternalError', 'Internal error occurred', {}).status;
    if (!(error instanceof ApiError)) options.log(`demo cluster: upgrade failed: ${error}`);
    const body = `${JSON.stringify(status)}\n`;
    headers.set('Content-Type', 'application/json');
    headers.set('Content-Length', String(Buffer.byteLength(body)));
    const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${status['code']} ${status['reason']}\r\n${lines}\r\n${body}`);
  }
}

/** `admit` notes when a response finishes; an upgrade has none. */
function unusedResponse(): ServerResponse {
  return { once: () => undefined } as unknown as ServerResponse;
}

/** The HTTPS server of the demo cluster: client certificates are asked for and checked, not required. */
export function createApiServer(options: ServerOptions): Server {
  const server = createServer(
    {
      ca: options.authority,
      cert: options.identity.certificate,
      key: options.identity.key,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: 1024 * 1024,
      keepAliveTimeout: 120_000,
      requestTimeout: 0,
    },
    (request, response) => void handle(request, response, options),
  );
  server.timeout = 0;
  // By itself Node drops header lines beyond a thousand, groups among them.
  server.maxHeadersCount = 0;
  server.on('upgrade', (request, socket, head) => handleUpgrade(request, socket, head, options));
  server.on('secureConnection', readByEvents);
  server.on('tlsClientError', () => undefined);
  return server;
}
