import { describe } from 'vitest';
import { describeLargeObjects } from '../gateway/suites/large-objects.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('large objects in front of a real API server', () => {
  describeLargeObjects(() => startRealCluster('gatehouse-large-objects'));
});
