import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import { describeSecretsOwnValues } from '../gateway/suites/secrets-own-values.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('the gateway in front of a real API server', () => {
  describeSecretsOwnValues(gatewayForSuite(() => startRealCluster('gatehouse-own-values')));
});
