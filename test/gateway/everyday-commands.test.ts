import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeEverydayCommands } from './suites/everyday-commands.ts';

describe('everyday work in front of the demo cluster', () => {
  const environment = gatewayForSuite(() => startDemo({ isBrisk: true }));
  describeEverydayCommands(environment);
});
