import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { describeCertificates } from '../gateway/suites/client-certificates.ts';
import { describeEvaluation } from '../gateway/suites/evaluation.ts';
import { describeRoads } from '../gateway/suites/roads-to-another-identity.ts';
import { controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

/** The suite's user has a name of its own, so that the audit log can be told from the controllers' traffic. */
const USER = 'gatehouse-evaluation';

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

describe.skipIf(controlPlanePrograms === null)('evaluation in front of a real API server', () => {
  const environment = gatewayForSuite(realCluster);
  describeEvaluation(environment);
  describeRoads(environment);
  describeCertificates(environment);
});
