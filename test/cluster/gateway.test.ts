import { afterAll, beforeAll, describe } from 'vitest';
import { type RunningGateway, startGateway } from '../gateway/environment/running-gateway.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { describeAdmission } from '../gateway/suites/admission.ts';
import { describeGateway } from '../gateway/suites/gateway.ts';
import { controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

/** The suite's user has a name of its own, so that the audit log can be told from the controllers' traffic. */
const USER = 'gatehouse-suite';

async function realCluster(): Promise<TestedCluster> {
  const controlPlane = await startControlPlane();
  return {
    name: 'real',
    kubeconfig: await controlPlane.kubeconfigFor(USER, ['system:masters']),
    context: 'real',
    runsPods: false,
    auditLog: async () => controlPlane.auditLog().filter(({ user }) => user.username === USER),
    close: () => controlPlane.close(),
  };
}

describe.skipIf(controlPlanePrograms === null)('the gateway in front of a real API server', () => {
  let running: RunningGateway | undefined;
  beforeAll(async () => {
    running = await startGateway(await realCluster());
  });
  afterAll(async () => {
    await running?.close();
    await running?.cluster.close();
  });
  const environment = (): RunningGateway => {
    if (running === undefined) throw new Error('the gateway did not start');
    return running;
  };
  describeAdmission(environment);
  describeGateway(environment);
});
