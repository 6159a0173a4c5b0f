import type { WebSocket } from 'ws';
import type { ByteSink } from '../shell/byte-pipe.ts';
import type { CommandConnection, CommandRequest } from './command-connection.ts';
import type { Upgrade } from './upgrade.ts';
import { acceptWebSocket, bytesOf, sendMessage } from './web-socket.ts';

/** Channels of the remote command protocol (kubernetes.io `v4` and `v5.channel.k8s.io`). */
const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

const largestMessage = 32 * 1024;

function channelSink(socket: WebSocket, number: number): ByteSink {
  return {
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; offset += largestMessage) {
        const part = bytes.subarray(offset, offset + largestMessage);
        if (!(await sendMessage(socket, Buffer.concat([Buffer.from([number]), part])))) return false;
      }
      return true;
    },
  };
}

/** Exec and attach in channels of one WebSocket. */
export function acceptWebSocketCommand(
  upgrade: Upgrade,
  asked: CommandRequest,
  opened: (connection: CommandConnection) => void,
): void {
  acceptWebSocket(upgrade, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], (socket) => {
    socket.on('error', () => socket.terminate());
    // The server speaks first: an empty message on its lowest channel.
    if (asked.stdout || asked.stderr) socket.send(Buffer.from([asked.stdout ? channel.stdout : channel.stderr]));
    opened({
      stdout: channelSink(socket, channel.stdout),
      stderr: channelSink(socket, channel.stderr),
      listen(listener) {
        socket.on('message', (data) => {
          const message = bytesOf(data);
          if (message[0] === channel.stdin && message.length > 1) {
            socket.pause();
            void listener.stdin(message.subarray(1)).then(() => socket.resume());
          } else if (message[0] === channel.close && message[1] === channel.stdin) listener.stdinEnd();
        });
        socket.on('close', () => listener.closed());
      },
      finish(status) {
        if (socket.readyState !== socket.OPEN) return;
        socket.send(Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify(status))]));
        socket.close(1000);
      },
      cut: () => socket.terminate(),
    });
  });
}
