import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClusterEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useNavigation } from '../../live/navigation.tsx';

export interface ClusterActions {
  /** What is under way, by slug; `demo` and `import` for those. */
  readonly busy: string | null;
  readonly failure: { readonly title: string; readonly error: unknown } | null;
  connect(cluster: ClusterEntry): void;
  /** Has its credential anew. */
  signIn(cluster: ClusterEntry): void;
  /** Looks whether it can be reached. */
  look(cluster: ClusterEntry): void;
  disconnect(cluster: ClusterEntry): void;
  startDemo(): void;
  addKubeconfig(): void;
}

/** Connecting opens a terminal on the cluster: that is what one connects for. */
export function useClusterActions(): ClusterActions {
  const invoke = useInvoke();
  const { go, chooseCluster } = useNavigation();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<ClusterActions['failure']>(null);

  const run = (what: string, title: string, work: () => Promise<void>) => {
    setBusy(what);
    setFailure(null);
    work()
      .catch((error: unknown) => setFailure({ title, error }))
      .finally(() => setBusy(null));
  };
  const openOn = (entry: ClusterEntry) => {
    chooseCluster(entry.slug);
    go('terminal', `new:${entry.slug}`);
  };
  return {
    busy,
    failure,
    connect: (cluster) => {
      if (cluster.state === 'connected') {
        openOn(cluster);
        return;
      }
      run(cluster.slug, `${cluster.context} could not be connected`, async () => {
        openOn(await invoke('clusters.connect', cluster.slug));
      });
    },
    signIn: (cluster) => {
      run(cluster.slug, `${cluster.context}: signing in did not work`, async () => {
        await invoke('clusters.signIn', cluster.slug);
      });
    },
    look: (cluster) => {
      run(cluster.slug, `${cluster.context} could not be checked`, () => invoke('clusters.look', cluster.slug));
    },
    disconnect: (cluster) => {
      run(cluster.slug, `${cluster.context} could not be disconnected`, () =>
        cluster.demo ? invoke('clusters.stopDemo', undefined) : invoke('clusters.disconnect', cluster.slug),
      );
    },
    startDemo: () => {
      run('demo', 'The demo cluster could not be started', async () => {
        openOn(await invoke('clusters.startDemo', undefined));
      });
    },
    addKubeconfig: () => {
      run('import', 'The kubeconfig could not be added', async () => {
        queryClient.setQueryData(['clusters.list'], await invoke('clusters.addKubeconfig', undefined));
      });
    },
  };
}
