import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import { describeEverydayCommands } from '../gateway/suites/everyday-commands.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('everyday work in front of a real API server', () => {
  const environment = gatewayForSuite(() => startRealCluster('gatehouse-everyday'));
  describeEverydayCommands(environment);
});
