import { afterAll, beforeAll, describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';
import { describeGateway } from './suites/gateway.ts';
import { describePods } from './suites/pods.ts';

describe('the gateway in front of the demo cluster', () => {
  let running: RunningGateway | undefined;
  beforeAll(async () => {
    running = await startGateway(await startDemo());
  });
  afterAll(async () => {
    await running?.close();
    await running?.cluster.close();
  });
  const environment = (): RunningGateway => {
    if (running === undefined) throw new Error('the gateway did not start');
    return running;
  };
  describePods(environment);
  describeGateway(environment);
});
