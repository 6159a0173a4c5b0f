import { createWebSocketStream, type WebSocket } from 'ws';
import type { JsonObject } from '../store/json.ts';
import { connectPort, refusedConnection } from './listening-ports.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { acceptSpdy } from './spdy-handshake.ts';
import { refuseUpgrade, type Upgrade, upgradeToken } from './upgrade.ts';
import { acceptWebSocket, bytesOf, offeredProtocols, sendMessage } from './web-socket.ts';

const protocol = 'portforward.k8s.io';
const tunnelProtocol = `SPDY/3.1+${protocol}`;

/**
 * Forwards connections to the ports of a pod over an upgrade that was authorised: SPDY/3.1, the same through a WebSocket,
 * or the older WebSocket protocol in which `ports` of the query become channels.
 */
export function servePortForward(upgrade: Upgrade, pod: JsonObject, query: URLSearchParams): void {
  const token = upgradeToken(upgrade);
  if (token === 'spdy/3.1') {
    if (acceptSpdy(upgrade, [protocol])) forwardStreams(upgrade.socket, pod);
  } else if (token !== 'websocket') {
    refuseUpgrade(upgrade, '400 Bad Request', { body: 'Upgrade request required' });
  } else if (offeredProtocols(upgrade).includes(tunnelProtocol)) {
    acceptWebSocket(upgrade, [tunnelProtocol], (socket) => {
      socket.on('error', () => socket.terminate());
      forwardStreams(createWebSocketStream(socket), pod);
    });
  } else {
    forwardChannels(upgrade, pod, query);
  }
}

/** Each TCP connection has two streams of one `requestid`: `error`, which the client ends at once, and `data`. */
function forwardStreams(transport: ConstructorParameters<typeof SpdyConnection>[0], pod: JsonObject): void {
  const waiting = new Map<string, { error?: SpdyStream; data?: SpdyStream }>();
  new SpdyConnection(transport, (stream) => {
    const request = stream.headers.get('requestid') ?? '';
    const pair = waiting.get(request) ?? {};
    waiting.set(request, pair);
    if (stream.headers.get('streamtype') === 'data') pair.data = stream;
    else pair.error = stream;
    if (!pair.data || !pair.error) return;
    waiting.delete(request);
    forward(pair.error, pair.data, pod);
  });
}

function forward(error: SpdyStream, data: SpdyStream, pod: JsonObject): void {
  const port = Number(data.headers.get('port'));
  const connection = connectPort(pod, port);
  if (!connection) {
    void error.write(Buffer.from(refusedConnection(pod, port))).then(() => {
      error.end();
      data.end();
    });
    return;
  }
  data.listen({
    data: (bytes) => new Promise((resolve) => connection.write(bytes, resolve)),
    end: () => connection.end(),
    gone: () => connection.destroy(),
  });
  connection.on('data', (bytes: Buffer) => {
    connection.pause();
    void data.write(bytes).then((taken) => (taken ? connection.resume() : connection.destroy()));
  });
  connection.on('end', () => {
    data.end();
    error.end();
  });
}

/** Channel 2i carries the bytes of the i-th port, 2i+1 its errors; the first message of each is the port itself. */
function forwardChannels(upgrade: Upgrade, pod: JsonObject, query: URLSearchParams): void {
  const ports = query.getAll('ports').flatMap((list) => list.split(',').map(Number));
  if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
    const body = ports.length === 0 ? 'query parameter "ports" is required' : 'query parameter "ports" is not a port';
    refuseUpgrade(upgrade, '400 Bad Request', { body });
    return;
  }
  acceptWebSocket(upgrade, ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', ''], (socket, chosen) => {
    const codec = chosen === 'v4.base64.channel.k8s.io' ? base64Codec : binaryCodec;
    socket.on('error', () => socket.terminate());
    const connections = ports.map((port, index) => forwardChannel(socket, pod, port, index * 2, codec));
    socket.on('message', (message) => {
      const { channel, bytes } = codec.read(bytesOf(message));
      const connection = channel % 2 === 0 ? connections[channel / 2] : undefined;
      if (!connection || bytes.length === 0) return;
      socket.pause();
      connection.write(bytes, () => socket.resume());
    });
    socket.on('close', () => {
      for (const connection of connections) connection?.destroy();
    });
  });
}

/** How a message carries its channel. */
interface ChannelCodec {
  write(channel: number, bytes: Buffer): Buffer | string;
  read(message: Buffer): { readonly channel: number; readonly bytes: Buffer };
}

const binaryCodec: ChannelCodec = {
  write: (channel, bytes) => Buffer.concat([Buffer.from([channel]), bytes]),
  read: (message) => ({ channel: message[0] ?? -1, bytes: message.subarray(1) }),
};

const base64Codec: ChannelCodec = {
  write: (channel, bytes) => `${channel}${bytes.toString('base64')}`,
  read: (message) => ({
    channel: Number(message.toString('latin1', 0, 1)),
    bytes: Buffer.from(message.toString('latin1', 1), 'base64'),
  }),
};

function forwardChannel(socket: WebSocket, pod: JsonObject, port: number, channel: number, codec: ChannelCodec) {
  const send = (number: number, bytes: Buffer) => sendMessage(socket, codec.write(number, bytes));
  const announced = Buffer.alloc(2);
  announced.writeUInt16LE(port);
  void send(channel, announced);
  void send(channel + 1, announced);
  const connection = connectPort(pod, port);
  if (!connection) {
    void send(channel + 1, Buffer.from(refusedConnection(pod, port)));
    return undefined;
  }
  connection.on('data', (bytes: Buffer) => {
    connection.pause();
    void send(channel, bytes).then((taken) => (taken ? connection.resume() : connection.destroy()));
  });
  return connection;
}
