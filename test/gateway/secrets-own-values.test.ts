import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeSecretsOwnValues } from './suites/secrets-own-values.ts';

describe('the gateway in front of the demo cluster', () => {
  describeSecretsOwnValues(gatewayForSuite(startDemo));
});
