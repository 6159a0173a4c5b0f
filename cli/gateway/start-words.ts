import { hostname } from 'node:os';
import type { Gateway } from '../../proxy/gateway-door.ts';
import { gatehouseVersion } from '../command/version.ts';
import type { Start } from './start-gateway.ts';

/** The gateway, as notifications name it. */
export function ownName(cluster: string, { settings, context }: Start) {
  const user = `local:${context.osUser}`;
  return { cluster, context: settings.context, host: hostname(), user, dataFolder: settings.dataFolder };
}

/** What the log says of a start: where everything is, and which policy decides. */
export function aboutStart(gateway: Gateway, { settings, context }: Start) {
  const [cluster] = gateway.clusters();
  const { status, digest, policies } = gateway.policy();
  return {
    version: gatehouseVersion(),
    node: process.version,
    pid: process.pid,
    user: `local:${context.osUser}`,
    address: gateway.address.url,
    cluster: cluster?.slug ?? null,
    context: settings.context,
    server: withoutUser(cluster?.server ?? ''),
    policy: status,
    digest,
    policies: policies.length,
    rules: policies.reduce((sum, { rules }) => sum + rules, 0),
    dataFolder: settings.dataFolder,
  };
}

/** A server's URL may carry a user name and password. */
function withoutUser(server: string): string {
  if (!URL.canParse(server)) return server;
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
