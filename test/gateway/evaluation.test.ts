import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeCodeInWorkloads } from './suites/code-in-workloads.ts';
import { describeControlData } from './suites/control-data.ts';
import { describeEvaluation } from './suites/evaluation.ts';
import { describeRoads } from './suites/roads-to-another-identity.ts';
import { describeSigns } from './suites/signs.ts';
import { describeStrongAccounts } from './suites/strong-accounts.ts';

describe('evaluation in front of the demo cluster', () => {
  const environment = gatewayForSuite(startDemo);
  describeEvaluation(environment);
  describeRoads(environment);
  describeStrongAccounts(environment);
  describeCodeInWorkloads(environment);
  describeControlData(environment);
  describeSigns(environment);
});
