import { createCertificateAuthority } from '../../proxy/access/certificate-authority.ts';
import { listContexts } from '../../proxy/clusters/list-contexts.ts';
import { createGateway } from '../../proxy/gateway.ts';
import { serveHost } from '../hosts/host-server.ts';
import { parentChannel } from '../hosts/parent-channel.ts';
import { gatewayHandlers } from './gateway-handlers.ts';
import { gatewayProtocol } from './protocol.ts';

// The gateway's own process: a busy list or a crash here freezes no window and closes no terminal.
const largeBodyWorker = new URL('./large-body-worker.js', import.meta.url);
serveHost(gatewayProtocol, parentChannel(), (emit) =>
  gatewayHandlers({ createGateway, createCertificateAuthority, listContexts, largeBodyWorker }, emit),
);
