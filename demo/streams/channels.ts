import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Call } from '../api/call.ts';
import type { ByteSink } from '../shell/byte-pipe.ts';

/** Channels of the remote command protocol (kubernetes.io `v4` and `v5.channel.k8s.io`). */
export const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Bytes waiting in the socket above which a command's output waits. */
const highWater = 256 * 1024;

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const upgrader = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
});

/** Writes to one channel, waiting while the socket is full. */
export function channelSink(socket: WebSocket, number: number): ByteSink {
  return {
    async write(bytes) {
      while (socket.bufferedAmount > highWater && socket.readyState === socket.OPEN) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (socket.readyState !== socket.OPEN) return false;
      for (let offset = 0; offset < bytes.length; offset += 32 * 1024) {
        socket.send(Buffer.concat([Buffer.from([number]), bytes.subarray(offset, offset + 32 * 1024)]));
      }
      return true;
    },
  };
}

/** The bytes of a message. */
export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Takes an upgrade that was authorised: 403 without a protocol that we speak, as the real server. */
export function acceptChannels(
  call: Call,
  socket: Duplex,
  head: Buffer,
  auditId: string,
  opened: (webSocket: WebSocket) => void,
): void {
  const offered = (call.headers.first('Sec-WebSocket-Protocol') ?? '').split(',').map((protocol) => protocol.trim());
  if (!protocols.some((protocol) => offered.includes(protocol))) {
    socket.end(`HTTP/1.1 403 Forbidden\r\nAudit-Id: ${auditId}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    return;
  }
  const addAuditId = (headers: string[]) => headers.push(`Audit-Id: ${auditId}`);
  upgrader.once('headers', addAuditId);
  upgrader.handleUpgrade(call.request, socket, head, opened);
}
