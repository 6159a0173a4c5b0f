import { describe } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { describeLargeObjects } from './suites/large-objects.ts';

describe('large objects in front of the demo cluster', () => {
  describeLargeObjects(startDemo, 0.4);
});
