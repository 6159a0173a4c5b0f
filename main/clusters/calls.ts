import type { CallHandlers, Settings } from '../../preload/contract.ts';
import type { ReachWatch } from '../../proxy/reach/reach-watch.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import type { Clusters } from './clusters.ts';

/** Of the services, what these calls are answered with. */
export interface CalledClusters {
  readonly gateway: Pick<GatewayService, 'openAccess'>;
  readonly clusters: Pick<
    Clusters,
    'entries' | 'refresh' | 'entry' | 'connect' | 'disconnect' | 'startDemo' | 'stopDemo'
  >;
  readonly reachWatch: Pick<ReachWatch, 'lookNow'>;
}

/** Clusters, the kubeconfig files that they come from, and the way to them from a terminal outside the app. */
export function clustersCalls(options: {
  readonly services: Promise<CalledClusters>;
  readonly readSettings: () => Settings;
  readonly changeSettings: (change: Partial<Settings>) => Settings;
  /** The system's own dialog; none where it was cancelled. */
  readonly chooseKubeconfigs: () => Promise<readonly string[]>;
  readonly copy: (text: string) => void;
}): CallHandlers<'clusters'> {
  const { services, readSettings, changeSettings, chooseKubeconfigs, copy } = options;
  return {
    'clusters.list': async () => (await services).clusters.refresh(),
    'clusters.addKubeconfig': async () => {
      const { clusters } = await services;
      const chosen = await chooseKubeconfigs();
      const files = [...new Set([...readSettings().kubeconfigFiles, ...chosen])];
      if (chosen.length > 0) changeSettings({ kubeconfigFiles: files });
      return clusters.refresh();
    },
    'clusters.connect': async (slug) => (await services).clusters.connect(slug),
    'clusters.signIn': async (slug) => {
      const { clusters, reachWatch } = await services;
      if (clusters.entry(slug).state !== 'connected') return clusters.connect(slug);
      await reachWatch.lookNow(slug, 'signing-in');
      return clusters.entry(slug);
    },
    'clusters.look': async (slug) => (await services).reachWatch.lookNow(slug, 'quietly'),
    'clusters.disconnect': async (slug) => (await services).clusters.disconnect(slug),
    'clusters.startDemo': async () => (await services).clusters.startDemo(),
    'clusters.stopDemo': async () => (await services).clusters.stopDemo(),
    'clusters.copyOutsideLine': async () => {
      const { gateway } = await services;
      const kubeconfig = await gateway.openAccess({
        kind: 'outside',
        id: 'outside',
        cluster: null,
        namespace: null,
        writeTo: null,
      });
      const line = `export KUBECONFIG='${kubeconfig.replaceAll("'", "'\\''")}'`;
      copy(line);
      return line;
    },
  };
}
