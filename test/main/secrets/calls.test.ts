import { afterEach, describe, expect, test, vi } from 'vitest';
import { setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;
const asked = { namespace: 'web', name: 'db', key: 'password', reason: 'on call' };

describe('a cluster that is not connected', () => {
  test('is asked for nothing', async () => {
    const { handlers, steps } = setUp();
    const cluster = 'elsewhere';
    const refused = { code: 'cluster-not-connected' };
    await expect(handlers['secrets.namespaces'](cluster, from)).rejects.toMatchObject(refused);
    await expect(handlers['secrets.list']({ cluster, namespace: null }, from)).rejects.toMatchObject(refused);
    await expect(handlers['secrets.reveal']({ cluster, ...asked }, from)).rejects.toMatchObject(refused);
    expect(steps).toEqual([]);
  });
});

describe('a value that is revealed', () => {
  afterEach(() => vi.useRealTimers());

  test('keeps the window out of screenshots for as long as it is shown', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    const { handlers, steps, world } = setUp();
    world.revealed = { value: 'canary', encoding: 'utf8', expiresAt: '2026-01-01T00:00:45Z' };
    expect(await handlers['secrets.reveal']({ cluster: 'staging', ...asked }, from)).toEqual(world.revealed);
    expect(steps.at(-1)).toEqual(['protectContent', 45_000]);
  });

  test('that was refused protects nothing', async () => {
    const { handlers, steps, world } = setUp();
    Object.defineProperty(world, 'revealed', {
      get: () => {
        throw new Error('denied');
      },
    });
    await expect(handlers['secrets.reveal']({ cluster: 'staging', ...asked }, from)).rejects.toThrow('denied');
    expect(steps).toEqual([]);
  });
});
