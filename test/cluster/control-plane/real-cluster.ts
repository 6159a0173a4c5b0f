import type { TestedCluster } from '../../gateway/environment/tested-cluster.ts';
import { startControlPlane } from './start-control-plane.ts';

/**
 * A real control plane as the gateway's suites know a cluster.
 * @param user a name of the suite's own, so that the audit log can be told from the controllers' traffic.
 */
export async function startRealCluster(user: string): Promise<TestedCluster> {
  const controlPlane = await startControlPlane();
  return {
    name: 'real',
    kubeconfig: await controlPlane.kubeconfigFor(user, ['system:masters']),
    context: 'real',
    runsPods: controlPlane.runsPods,
    auditLog: async () => controlPlane.auditLog().filter(({ user: { username } }) => username === user),
    close: () => controlPlane.close(),
  };
}
