import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { gatewayForSuite } from './environment/gateway-for-suite.ts';
import { describeStreamSessions } from './suites/stream-sessions.ts';

describe('the gateway in front of the demo cluster', () => {
  describeStreamSessions(gatewayForSuite(startDemo));
});
