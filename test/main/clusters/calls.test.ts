import { describe, expect, test } from 'vitest';
import { setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;

describe('kubeconfig files that a person chooses', () => {
  test('are added to those that there are, each once, told, and read', async () => {
    const { handlers, steps, told, world } = setUp({ settings: { kubeconfigFiles: ['/a'] } });
    world.chosen = ['/b', '/a', '/b'];
    await handlers['clusters.addKubeconfig'](undefined, from);
    expect(world.settings.kubeconfigFiles).toEqual(['/a', '/b']);
    expect(told).toEqual([['settings.changed', world.settings]]);
    // They are read once they are among the settings, where the list of files comes from.
    expect(steps.map(([step]) => step)).toEqual([
      'chooseKubeconfigs',
      'settings.write',
      'followTheme',
      'clusters.refresh',
    ]);
  });

  test('change nothing when the dialog was cancelled', async () => {
    const { handlers, told, world } = setUp({ settings: { kubeconfigFiles: ['/a'] } });
    await handlers['clusters.addKubeconfig'](undefined, from);
    expect(world.settings.kubeconfigFiles).toEqual(['/a']);
    expect(told).toEqual([]);
  });
});

test('the line for a terminal outside holds for any path that a shell could take apart', async () => {
  const { handlers, steps, world } = setUp();
  world.outside = "/home/o'neil/$(id)/outside.yaml";
  const line = await handlers['clusters.copyOutsideLine'](undefined, from);
  expect(line).toBe("export KUBECONFIG='/home/o'\\''neil/$(id)/outside.yaml'");
  expect(steps.at(-1)).toEqual(['copy', line]);
});
