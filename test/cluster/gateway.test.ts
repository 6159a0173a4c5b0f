import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import { describeAdmission } from '../gateway/suites/admission.ts';
import { describeGateway } from '../gateway/suites/gateway.ts';
import { describePods } from '../gateway/suites/pods.ts';
import { describeRedirects } from '../gateway/suites/redirects.ts';
import { describeSecretsOfAPod } from '../gateway/suites/secrets-of-a-pod.ts';
import { describeStreamSessions } from '../gateway/suites/stream-sessions.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('the gateway in front of a real API server', () => {
  const environment = gatewayForSuite(() => startRealCluster('gatehouse-suite'));
  describeAdmission(environment);
  describePods(environment);
  describeStreamSessions(environment);
  describeSecretsOfAPod(environment);
  describeRedirects(environment);
  describeGateway(environment);
});
