import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { describeAdmission } from '../gateway/suites/admission.ts';
import { describeGateway } from '../gateway/suites/gateway.ts';
import { describePods } from '../gateway/suites/pods.ts';
import { controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

/** The suite's user has a name of its own, so that the audit log can be told from the controllers' traffic. */
const USER = 'gatehouse-suite';

async function realCluster(): Promise<TestedCluster> {
  const controlPlane = await startControlPlane();
  return {
    name: 'real',
    kubeconfig: await controlPlane.kubeconfigFor(USER, ['system:masters']),
    context: 'real',
    runsPods: controlPlane.runsPods,
    auditLog: async () => controlPlane.auditLog().filter(({ user }) => user.username === USER),
    close: () => controlPlane.close(),
  };
}

describe.skipIf(controlPlanePrograms === null)('the gateway in front of a real API server', () => {
  const environment = gatewayForSuite(realCluster);
  describeAdmission(environment);
  describePods(environment);
  describeGateway(environment);
});
