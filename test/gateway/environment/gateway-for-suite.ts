import { afterAll, beforeAll } from 'vitest';
import { type RunningGateway, startGateway } from './running-gateway.ts';
import type { TestedCluster } from './tested-cluster.ts';

/** A gateway in front of a cluster for as long as the suite around this call runs; to be asked for inside its tests. */
export function gatewayForSuite(startCluster: () => Promise<TestedCluster>): () => RunningGateway {
  let running: RunningGateway | undefined;
  beforeAll(async () => {
    running = await startGateway(await startCluster());
  });
  afterAll(async () => {
    await running?.close();
    await running?.cluster.close();
  });
  return () => {
    if (running === undefined) throw new Error('the gateway did not start');
    return running;
  };
}
