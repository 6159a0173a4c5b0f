import { isIPv6 } from 'node:net';
import type { Cluster } from './cluster.ts';
import type { KubeconfigCluster } from './kubeconfig-file.ts';

/** Where an API server is, from its kubeconfig entry; or why that cannot be said, in one line. */
export function serverAddress(
  cluster: KubeconfigCluster,
): { readonly server: Cluster['server'] } | { readonly problem: string } {
  const { name, server } = cluster;
  if (server === null) return { problem: `Cluster "${name}" has no server address` };
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    return { problem: `The server address of cluster "${name}" is not a URL` };
  }
  if (url.protocol !== 'https:') {
    // client-go sends no credential at all over http (clientcmd/client_config.go).
    return { problem: `The server address of cluster "${name}" does not start with https://` };
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return { problem: `The server address of cluster "${name}" may have only a host, a port and a path` };
  }
  const host = unbracketed(url.hostname);
  return {
    server: {
      host,
      port: url.port === '' ? 443 : Number(url.port),
      servername: cluster['tls-server-name'] ?? host,
      basePath: url.pathname.replace(/\/+$/, ''),
      verify: !cluster['insecure-skip-tls-verify'],
    },
  };
}

function unbracketed(hostname: string): string {
  const inner = hostname.replace(/^\[|\]$/g, '');
  return isIPv6(inner) ? inner : hostname;
}
