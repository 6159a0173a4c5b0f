import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../preload/contract.ts';
import { setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;

describe('settings that the page writes', () => {
  test('are kept, followed by the windows and told to the page', async () => {
    const { handlers, steps, told, world } = setUp();
    const written = await handlers['settings.write']({ theme: 'light', revealSeconds: 60 }, from);
    expect(written).toEqual(world.settings);
    expect(world.settings).toMatchObject({ theme: 'light', revealSeconds: 60 });
    expect(steps.at(-1)).toEqual(['followTheme', 'light']);
    expect(told).toEqual([['settings.changed', world.settings]]);
  });

  test('leave alone what they do not name, also where it arrives as undefined', async () => {
    const { handlers, steps, world } = setUp({ settings: { shell: '/bin/fish', kubeconfigFiles: ['/own'] } });
    await handlers['settings.write']({ shell: undefined, theme: 'dark' }, from);
    expect(steps[0]).toEqual(['settings.write', { theme: 'dark' }]);
    expect(world.settings).toMatchObject({ shell: '/bin/fish', kubeconfigFiles: ['/own'] });
  });

  test.each([
    ['drop a kubeconfig', ['/b'], ['/b']],
    ['drop them all', [], []],
    ['bring none that no dialog chose', ['/b', '/etc/shadow'], ['/b']],
    ['order them as they are', ['/b', '/a'], ['/a', '/b']],
  ])('may %s', async (_what, asked, kept) => {
    const { handlers, world } = setUp({ settings: { kubeconfigFiles: ['/a', '/b'] } });
    await handlers['settings.write']({ kubeconfigFiles: asked }, from);
    expect(world.settings.kubeconfigFiles).toEqual(kept);
  });
});

describe('case 62: what says which program runs, or what is recorded', () => {
  test.each<[Partial<Settings>, string]>([
    [{ shell: '/tmp/x' }, 'Run "/tmp/x" in new terminals?'],
    [{ shell: '/bin/sh\n\u202e' }, 'Run "/bin/sh\\u000a\\u202e" in new terminals?'],
    [{ recordInput: true }, 'Record what is typed?'],
  ])('%j is asked about natively, and stays as it is without a yes', async (change, message) => {
    const { handlers, steps, world } = setUp();
    world.confirmed = false;
    const before = world.settings;
    expect(await handlers['settings.write']({ theme: 'dark', ...change }, from)).toEqual(before);
    expect(steps).toEqual([['confirm', expect.objectContaining({ message })]]);
    world.confirmed = true;
    expect(await handlers['settings.write'](change, from)).toMatchObject(change);
  });

  test('is not asked about when nothing of it changes', async () => {
    const { handlers, steps } = setUp();
    await handlers['settings.write']({ shell: '', recordInput: false, theme: 'dark' }, from);
    expect(steps.map(([step]) => step)).not.toContain('confirm');
  });
});
