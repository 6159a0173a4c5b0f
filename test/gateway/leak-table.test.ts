import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeLeakTable } from './suites/leak-table.ts';

describe('the gateway in front of the demo cluster', () => {
  describeLeakTable(gatewayForSuite(startDemo));
});
