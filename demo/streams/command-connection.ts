import type { ByteSink } from '../shell/byte-pipe.ts';
import type { JsonObject } from '../store/json.ts';
import { acceptSpdyCommand } from './command-spdy.ts';
import { acceptWebSocketCommand } from './command-web-socket.ts';
import { refuseUpgrade, type Upgrade, upgradeToken } from './upgrade.ts';

/** What a client asks of exec or attach. */
export interface CommandRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What comes from the client. */
export interface CommandListener {
  /** The connection reads on when the promise resolves. */
  stdin(bytes: Buffer): Promise<unknown>;
  stdinEnd(): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
}

/** The streams of exec or attach, whatever carries them. */
export interface CommandConnection {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  listen(listener: CommandListener): void;
  /** Sends the Status that ends the session, and closes. */
  finish(status: JsonObject): void;
  /** Breaks off without a word. */
  cut(): void;
}

/**
 * Answers an upgrade with the remote command protocol that it asks for: `v5` or `v4.channel.k8s.io` over WebSocket, `v4`
 * over SPDY/3.1.
 */
export function acceptCommand(
  upgrade: Upgrade,
  asked: CommandRequest,
  opened: (connection: CommandConnection) => void,
): void {
  const token = upgradeToken(upgrade);
  if (token === 'websocket') acceptWebSocketCommand(upgrade, asked, opened);
  else if (token === 'spdy/3.1') acceptSpdyCommand(upgrade, asked, opened);
  else refuseUpgrade(upgrade, '400 Bad Request', { body: 'Upgrade request required' });
}
