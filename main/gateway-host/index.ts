import { createCertificateAuthority } from '../../proxy/access/certificate-authority.ts';
import { listContexts } from '../../proxy/clusters/list-contexts.ts';
import { createGateway } from '../../proxy/gateway.ts';
import { serveHost } from '../hosts/host-server.ts';
import { parentChannel } from '../hosts/parent-channel.ts';
import { gatewayHandlers } from './gateway-handlers.ts';
import { gatewayProtocol } from './protocol.ts';

// The gateway's own process: a busy list or a crash here freezes no window and closes no terminal.
/** About what the window shows. */
const COLUMNS = 80;
const ROWS = 24;
const largeBodyWorker = new URL('./large-body-worker.js', import.meta.url);
/** node-pty's `open` is there on Unix alone; its native code is loaded when a plugin may first ask. */
const openTerminalPair =
  process.platform === 'win32'
    ? null
    : async () => (await import('../terminal-pair.ts')).openTerminalPair(COLUMNS, ROWS);
serveHost(gatewayProtocol, parentChannel(), (emit) =>
  gatewayHandlers({ createGateway, createCertificateAuthority, listContexts, largeBodyWorker, openTerminalPair }, emit),
);
