import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeGateway } from './suites/gateway.ts';
import { describePods } from './suites/pods.ts';

describe('the gateway in front of the demo cluster', () => {
  const environment = gatewayForSuite(startDemo);
  describePods(environment);
  describeGateway(environment);
});
