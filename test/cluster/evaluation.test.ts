import { describe } from 'vitest';
import { gatewayForSuite } from '../gateway/environment/gateway-for-suite.ts';
import { describeCertificates } from '../gateway/suites/client-certificates.ts';
import { describeCodeInWorkloads } from '../gateway/suites/code-in-workloads.ts';
import { describeControlData } from '../gateway/suites/control-data.ts';
import { describeCustomResources } from '../gateway/suites/custom-resources.ts';
import { describeEvaluation } from '../gateway/suites/evaluation.ts';
import { describeRoads } from '../gateway/suites/roads-to-another-identity.ts';
import { describeSigns } from '../gateway/suites/signs.ts';
import { describeStrongAccounts } from '../gateway/suites/strong-accounts.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('evaluation in front of a real API server', () => {
  const environment = gatewayForSuite(() => startRealCluster('gatehouse-evaluation'));
  describeEvaluation(environment);
  describeRoads(environment);
  describeStrongAccounts(environment);
  describeCodeInWorkloads(environment);
  describeControlData(environment);
  describeCustomResources(environment);
  describeSigns(environment);
  describeCertificates(environment);
});
