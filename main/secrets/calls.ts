import type { CallHandlers } from '../../preload/contract.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { Secrets } from './secrets.ts';

/** Of the services, what these calls are answered with. */
export interface CalledSecrets {
  readonly clusters: Pick<Clusters, 'connected'>;
  readonly secrets: Pick<Secrets, 'namespaces' | 'list' | 'reveal'>;
}

/**
 * Secrets of connected clusters: whatever is asked of another one is refused before the gateway hears of it.
 * @param protectContent keeps the window out of screenshots and screen sharing for a while.
 */
export function secretsCalls(
  services: Promise<CalledSecrets>,
  protectContent: (milliseconds: number) => void,
): CallHandlers<'secrets'> {
  return {
    'secrets.namespaces': async (cluster) => {
      const { clusters, secrets } = await services;
      return secrets.namespaces(clusters.connected(cluster).slug);
    },
    'secrets.list': async ({ cluster, namespace }) => {
      const { clusters, secrets } = await services;
      return secrets.list(clusters.connected(cluster).slug, namespace);
    },
    'secrets.reveal': async (request) => {
      const { clusters, secrets } = await services;
      const revealed = await secrets.reveal({ ...request, cluster: clusters.connected(request.cluster).slug });
      protectContent(Date.parse(revealed.expiresAt) - Date.now());
      return revealed;
    },
  };
}
