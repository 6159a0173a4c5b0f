import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { describeLeakTableOfRealCluster } from '../gateway/suites/leak-table.ts';
import { controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

async function realCluster(): Promise<TestedCluster> {
  const controlPlane = await startControlPlane();
  return {
    name: 'real',
    kubeconfig: await controlPlane.kubeconfigFor('gatehouse-leaks', ['system:masters']),
    context: 'real',
    runsPods: controlPlane.runsPods,
    auditLog: async () => controlPlane.auditLog(),
    close: () => controlPlane.close(),
  };
}

describe.skipIf(controlPlanePrograms === null)('the gateway in front of a real API server', () => {
  describeLeakTableOfRealCluster(gatewayForSuite(realCluster));
});
