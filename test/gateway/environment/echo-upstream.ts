import { createHash } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SpdyFrameReader } from '../../../proxy/streams/spdy/frame-reader.ts';
import { dataFrame, synReply } from '../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockReader, HeaderBlockWriter } from '../../../proxy/streams/spdy/header-block.ts';
import { WebSocketFrameReader } from '../../../proxy/streams/websocket/frame-reader.ts';
import { OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';
import { loopbackCertificate } from '../../proxy/fixtures/loopback-tls.ts';
import type { TestedCluster } from './tested-cluster.ts';
import { writeUpstreamKubeconfig } from './upstream-kubeconfig.ts';

/** An upgrade as it reached the upstream. */
export interface SeenUpgrade {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

/** An upstream that is no Kubernetes: it echoes upgraded bytes, and answers plain requests as a test says. */
export interface EchoUpstream extends TestedCluster {
  readonly upgrades: SeenUpgrade[];
  /** The upgraded connections, newest last. */
  readonly sockets: Duplex[];
  /** What plain requests get. */
  answerWith(listener: RequestListener): void;
  /** Ends the server as a crash would; its kubeconfig stays. */
  crash(): void;
  /** Null: accept and echo; otherwise write these bytes instead of a 101. */
  turnDownWith(bytes: string | null): void;
}

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function startEchoUpstream(): Promise<EchoUpstream> {
  const identity = await loopbackCertificate();
  const upgrades: SeenUpgrade[] = [];
  const sockets: Duplex[] = [];
  let plain: RequestListener = (_request, response) => response.end('{}');
  let refusal: string | null = null;

  const server = createServer(
    { cert: identity.certificate, key: identity.privateKey, allowHalfOpen: true },
    (request, response) => {
      if (isReview(request.url)) notAllowed(response);
      else if (request.headers['user-agent'] === 'gatehouse/redaction') podWithoutSecrets(response);
      else plain(request, response);
    },
  );
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    upgrades.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders });
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (refusal !== null) {
      socket.write(refusal);
      socket.once('end', () => socket.end()).resume();
      return;
    }
    socket.write(`${handshake(request.headers)}\r\n\r\n`);
    echo(String(request.headers.upgrade) === 'websocket' ? webSocketEcho(socket) : spdyEcho(socket), socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const crash = (): void => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  };

  const { port } = server.address() as AddressInfo;
  const { kubeconfig, remove } = await writeUpstreamKubeconfig('echo', port, identity.certificate);
  return {
    name: 'demo',
    kubeconfig,
    context: 'echo',
    runsPods: false,
    upgrades,
    sockets,
    answerWith: (listener) => {
      plain = listener;
    },
    turnDownWith: (bytes) => {
      refusal = bytes;
    },
    auditLog: async () => [],
    crash,
    close: async () => {
      crash();
      await remove();
    },
  };
}

/** The gateway asks what a pod's service account may do before it lets anybody in; here it may do nothing. */
function isReview(url = ''): boolean {
  return url.endsWith('/localsubjectaccessreviews');
}

function notAllowed(response: ServerResponse): void {
  response.writeHead(201, { 'Content-Type': 'application/json' });
  response.end('{"status":{"allowed":false}}');
}

/** What the gateway asks before it shows a pod. */
function podWithoutSecrets(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end('{"kind":"Pod"}');
}

/** What comes goes back, frame by frame; the end of one direction is the end of the other. */
function echo(read: (chunk: Buffer) => void, socket: Duplex, head: Buffer): void {
  if (head.length > 0) read(head);
  socket.on('data', (chunk: Buffer) => {
    read(chunk);
    if (!socket.writableNeedDrain) return;
    socket.pause();
    socket.once('drain', () => socket.resume());
  });
  socket.once('end', () => socket.end());
}

/** What is written to channel 0 comes back on channel 1. */
function webSocketEcho(socket: Duplex): (chunk: Buffer) => void {
  const reader = new WebSocketFrameReader(
    {
      message: ({ first, payload }) => {
        if (first && payload[0] !== 0) return;
        const bytes = first ? payload.subarray(1) : payload;
        socket.write(webSocketFrame(OPCODE.binary, Buffer.concat([Buffer.from([1]), bytes]), { masked: false }));
      },
      control: ({ opcode, payload }) => socket.write(webSocketFrame(opcode, payload, { masked: false })),
    },
    { masked: true },
  );
  return (chunk) => reader.push(chunk);
}

/** What is written to a stream comes back on it. */
function spdyEcho(socket: Duplex): (chunk: Buffer) => void {
  const blocks = new HeaderBlockWriter();
  const asked = new HeaderBlockReader();
  const resizes = new Set<number>();
  const reader = new SpdyFrameReader({
    control: (frame) => {
      if (frame.type !== 'syn-stream') return;
      if (asked.read(frame.block).get('streamtype') === 'resize') resizes.add(frame.streamId);
      socket.write(synReply(frame.streamId, blocks.write(new Map())));
    },
    data: ({ streamId, payload, last, fin }) => {
      if (!resizes.has(streamId)) socket.write(dataFrame(streamId, payload, { fin: last && fin }));
    },
  });
  return (chunk) => reader.push(chunk);
}

function handshake(headers: NodeJS.Dict<string | string[]>): string {
  const upgrade = String(headers.upgrade);
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${upgrade}`];
  if (upgrade === 'websocket') {
    const key = createHash('sha1').update(`${headers['sec-websocket-key']}${WEBSOCKET_GUID}`).digest('base64');
    lines.push(`Sec-WebSocket-Accept: ${key}`, 'Sec-WebSocket-Protocol: v5.channel.k8s.io');
  } else {
    lines.push('X-Stream-Protocol-Version: v4.channel.k8s.io');
  }
  return lines.join('\r\n');
}
