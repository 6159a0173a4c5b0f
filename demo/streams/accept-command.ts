import type { CommandConnection, CommandRequest } from './command-connection.ts';
import { acceptSpdyCommand } from './command-spdy.ts';
import { acceptWebSocketCommand } from './command-web-socket.ts';
import { refuseUpgrade, type Upgrade, upgradeToken } from './upgrade.ts';

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
