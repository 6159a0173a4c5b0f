import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeEverydayCharts } from './suites/everyday-charts.ts';

describe('everyday work in front of the demo cluster', () => {
  const environment = gatewayForSuite(() => startDemo({ isBrisk: true }));
  describeEverydayCharts(environment);
});
