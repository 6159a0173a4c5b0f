import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { TurnedAway } from '../access/client-authentication.ts';
import { Refusal, refusalStatus } from '../refusal.ts';
import { closeBehindAnswer, isClosing } from './closing-connection.ts';
import type { Connections } from './connections.ts';
import { HEAD_BYTES, headTooLarge } from './head-limits.ts';

/** Why something that reached the port was nobody's request; each is a count in the journal. */
export type RefusedBeforeRequest =
  | TurnedAway
  | 'foreign-host'
  | 'foreign-origin'
  | 'connect-method'
  | 'expectation'
  | 'plain-http'
  | 'tls-handshake'
  | 'malformed-http'
  | 'head-too-large'
  | 'too-slow'
  | 'too-many-connections'
  | 'gateway-busy';

type Count = (reason: RefusedBeforeRequest) => void;

/** Counts and ends everything that does not get as far as a request that Node's parser understands. */
export function refuseBrokenConnections(server: Server, connections: Connections, count: Count): void {
  server.on('drop', () => count('too-many-connections'));
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    count(codeOf(error) === 'ERR_SSL_HTTP_REQUEST' ? 'plain-http' : 'tls-handshake');
    socket.destroy();
  });
  server.on('clientError', (error: Error, socket: TLSSocket) => {
    // What comes behind a last answer is thrown away, and so is what is wrong with it.
    if (isClosing(socket)) return;
    const refused = classify(codeOf(error));
    if (refused === null) {
      socket.destroy();
      return;
    }
    count(refused.reason);
    endWith(refused.refusal, socket, connections);
  });
}

/** Answers on a connection on which no request is whole, and closes it. */
export function endWith(refusal: Refusal, socket: TLSSocket, connections: Connections): void {
  if (!socket.writable || connections.isBusy(socket)) {
    // Either the connection is gone, or an answer is under way into which a second one must not be written.
    socket.destroy();
    return;
  }
  socket.write(rawAnswer(refusal));
  closeBehindAnswer(socket);
}

function classify(code: string): { reason: RefusedBeforeRequest; refusal: Refusal } | null {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { reason: 'head-too-large', refusal: headTooLarge(HEAD_BYTES) };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { reason: 'too-slow', refusal: new Refusal('request-too-slow', 'The request head took too long to arrive') };
  }
  if (code.startsWith('HPE_')) {
    return {
      reason: 'malformed-http',
      refusal: new Refusal('request-malformed', 'This is not a valid HTTP/1.1 request'),
    };
  }
  return null;
}

/** An answer where there is no request to answer, so Node has no response object for it. */
function rawAnswer(refusal: Refusal): string {
  const body = `${JSON.stringify(refusalStatus(refusal))}\n`;
  const { retryAfterSeconds } = refusal.details;
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-cache, private',
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
