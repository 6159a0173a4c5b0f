import { describe } from 'vitest';
import { describeCiRecipe } from '../gateway/suites/ci-recipe.ts';
import { startRealCluster } from './control-plane/real-cluster.ts';
import { controlPlanePrograms } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('in front of a real API server', () => {
  describeCiRecipe(() => startRealCluster('gatehouse-ci'));
});
