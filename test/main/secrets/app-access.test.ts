import { describe, expect, test } from 'vitest';
import { appAccess } from '../../../main/secrets/app-access.ts';

function setUp() {
  const world = { names: 'https://127.0.0.1:1,demo', refused: false, opened: 0 };
  const access = appAccess(
    async ({ kind, cluster }) => {
      world.opened += 1;
      if (world.refused) throw new Error('the gateway is down');
      return `/kubeconfigs/${kind}-${cluster}-${world.opened}.yaml`;
    },
    () => world.names,
  );
  return { access, world };
}

describe("the app's own session", () => {
  test('is opened once for all that ask, as one of the app and for no cluster alone', async () => {
    const { access, world } = setUp();
    expect(await Promise.all([access(), access()])).toEqual(Array(2).fill('/kubeconfigs/app-null-1.yaml'));
    expect(await access()).toBe('/kubeconfigs/app-null-1.yaml');
    expect(world.opened).toBe(1);
  });

  test('is opened again when a cluster was connected or the gateway moved', async () => {
    const { access, world } = setUp();
    await access();
    world.names += ',staging';
    expect(await access()).toBe('/kubeconfigs/app-null-2.yaml');
  });

  test('is tried again after it was refused', async () => {
    const { access, world } = setUp();
    world.refused = true;
    await expect(access()).rejects.toThrow('down');
    world.refused = false;
    expect(await access()).toBe('/kubeconfigs/app-null-2.yaml');
  });
});
