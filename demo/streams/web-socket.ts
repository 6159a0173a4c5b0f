import type { IncomingMessage } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { headersOf, refuseUpgrade, type Upgrade } from './upgrade.ts';

/** Bytes waiting in the socket above which a writer waits. */
const highWater = 256 * 1024;

const protocolHeader = 'sec-websocket-protocol';

/** The library takes only RFC 7230 tokens for subprotocols; Kubernetes has one with a slash, which it sees in this form. */
const asToken = (protocol: string): string => protocol.replaceAll('/', '~');

const upgrader = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered, request) => {
    const chosen = asToken(chosenProtocols.get(request) ?? '');
    return offered.has(chosen) ? chosen : false;
  },
});
const chosenProtocols = new WeakMap<IncomingMessage, string>();

/** The subprotocols that a client offers, in its order. */
export function offeredProtocols(upgrade: Upgrade): string[] {
  const offered = headersOf(upgrade).all('Sec-WebSocket-Protocol').join(',');
  return offered.split(',').flatMap((protocol) => protocol.trim() || []);
}

/**
 * Takes an upgrade with the first of our protocols that the client offers: 403 when there is none, as the real server.
 * `''` among ours stands for an offer of none.
 */
export function acceptWebSocket(
  upgrade: Upgrade,
  protocols: readonly string[],
  opened: (webSocket: WebSocket, protocol: string) => void,
): void {
  const offered = offeredProtocols(upgrade);
  const protocol = protocols.find((known) => (known === '' ? offered.length === 0 : offered.includes(known)));
  if (protocol === undefined) {
    refuseUpgrade(upgrade, '403 Forbidden');
    return;
  }
  const { request, socket, head } = upgrade;
  chosenProtocols.set(request, protocol);
  const given = request.headers[protocolHeader];
  if (given !== undefined) request.headers[protocolHeader] = asToken(given);
  // `handleUpgrade` writes the head before it returns.
  const complete = (lines: string[]) => {
    lines.push(...upgrade.headerLines);
    const at = lines.findIndex((line) => line.toLowerCase().startsWith(protocolHeader));
    if (at >= 0) lines[at] = `Sec-WebSocket-Protocol: ${protocol}`;
  };
  upgrader.once('headers', complete);
  upgrader.handleUpgrade(request, socket, head, (webSocket) => opened(webSocket, protocol));
  upgrader.off('headers', complete);
}

/** Sends a message, waiting while the socket is full; false when there is no one to send it to. */
export async function sendMessage(socket: WebSocket, message: Buffer | string): Promise<boolean> {
  while (socket.bufferedAmount > highWater && socket.readyState === socket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (socket.readyState !== socket.OPEN) return false;
  socket.send(message);
  return true;
}

/** The bytes of a message. */
export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
