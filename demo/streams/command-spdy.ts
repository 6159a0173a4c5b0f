import type { ByteSink } from '../shell/byte-pipe.ts';
import type { CommandConnection, CommandRequest } from './command-connection.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { acceptSpdy } from './spdy-handshake.ts';
import type { Upgrade } from './upgrade.ts';

/** How long a client may take to open its streams, in milliseconds (kubelet `DefaultStreamCreationTimeout`). */
const creationTimeout = 30_000;

const closedSink: ByteSink = { write: async () => true };

/** The streams that a client opens for what it asks. */
function expected(asked: CommandRequest): string[] {
  const { stdin, stdout, stderr, tty } = asked;
  const optional = { stdin, stdout, stderr: stderr && !tty, resize: tty };
  return ['error', ...Object.entries(optional).flatMap(([name, wanted]) => (wanted ? [name] : []))];
}

/** Exec and attach over SPDY/3.1, `v4.channel.k8s.io`: a stream for each direction, the Status on that for errors. */
export function acceptSpdyCommand(
  upgrade: Upgrade,
  asked: CommandRequest,
  opened: (connection: CommandConnection) => void,
): void {
  if (!acceptSpdy(upgrade, ['v4.channel.k8s.io'])) return;
  const streams = new Map<string, SpdyStream>();
  const awaited = expected(asked);
  const connection = new SpdyConnection(upgrade.socket, (stream) => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    if (!awaited.every((name) => streams.has(name)) || started) return;
    started = true;
    clearTimeout(timer);
    opened(commandConnection(connection, streams));
  });
  let started = false;
  const timer = setTimeout(() => connection.destroy(), creationTimeout);
  upgrade.socket.once('close', () => clearTimeout(timer));
}

function commandConnection(connection: SpdyConnection, streams: ReadonlyMap<string, SpdyStream>): CommandConnection {
  const error = streams.get('error');
  return {
    stdout: streams.get('stdout') ?? closedSink,
    stderr: streams.get('stderr') ?? closedSink,
    listen(listener) {
      streams.get('stdin')?.listen({
        data: (bytes) => listener.stdin(bytes),
        end: () => listener.stdinEnd(),
        gone: () => listener.stdinEnd(),
      });
      error?.listen({ data: async () => undefined, end: () => undefined, gone: () => listener.closed() });
    },
    finish(status) {
      streams.get('stdout')?.end();
      streams.get('stderr')?.end();
      void error?.write(Buffer.from(JSON.stringify(status)));
      error?.end();
      connection.close();
    },
    cut: () => connection.destroy(),
  };
}
