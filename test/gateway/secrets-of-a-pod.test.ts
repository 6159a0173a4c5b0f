import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeSecretsOfAPod } from './suites/secrets-of-a-pod.ts';

describe('the gateway in front of the demo cluster', () => {
  describeSecretsOfAPod(gatewayForSuite(startDemo));
});
