import { type DemoCluster, startDemoCluster } from '../../demo/cluster.ts';
import { serveHost } from '../hosts/host-server.ts';
import { parentChannel } from '../hosts/parent-channel.ts';
import { demoProtocol } from './protocol.ts';

let cluster: DemoCluster | null = null;

// The demo cluster's own process, started only when the person asks for it.
serveHost(demoProtocol, parentChannel(), () => ({
  start: async ({ folder }) => {
    cluster ??= await startDemoCluster({ folder });
    return { kubeconfig: cluster.kubeconfigFile, context: cluster.contexts.engineer };
  },
  stop: async () => {
    await cluster?.close();
    cluster = null;
  },
}));
