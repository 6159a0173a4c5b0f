import { afterEach, describe, expect, test, vi } from 'vitest';
import type { GatewayDoor } from '../../../main/secrets/gateway-door.ts';
import { Secrets } from '../../../main/secrets/secrets.ts';

/** A gateway that answers each path as the table says. */
function setUp(answers: Readonly<Record<string, unknown>>) {
  const asked: unknown[][] = [];
  const door: GatewayDoor = {
    get: async (path) => {
      asked.push([path]);
      return answers[path];
    },
    post: async (path, body) => {
      asked.push([path, body]);
      return answers[path];
    },
  };
  return { secrets: new Secrets(door, () => 45), asked };
}
const namespace = (name: string) => ({ metadata: { name } });
const reveal = { cluster: 'demo', namespace: 'shop', name: 'db', key: 'password', reason: 'on call' };

describe('a list', () => {
  test('has every page', async () => {
    const path = '/c/demo/api/v1/namespaces?limit=500';
    const { secrets, asked } = setUp({
      [path]: { metadata: { continue: 'a&b=c' }, items: [namespace('web'), namespace('billing')] },
      [`${path}&continue=a%26b%3Dc`]: { metadata: { continue: '' }, items: [namespace('ci')] },
    });
    expect(await secrets.namespaces('demo')).toEqual(['billing', 'ci', 'web']);
    expect(asked).toHaveLength(2);
  });

  test.each([
    [null, '/c/demo/api/v1/secrets?limit=500'],
    ['shop', '/c/demo/api/v1/namespaces/shop/secrets?limit=500'],
  ])('of Secrets in %s is asked for at %s, and has no value', async (where, path) => {
    const { secrets } = setUp({
      [path]: { items: [{ metadata: { name: 'db', namespace: 'shop' }, data: { password: 'Y2FuYXJ5' } }] },
    });
    const listed = await secrets.list('demo', where);
    expect(listed).toMatchObject([{ name: 'db', keys: ['password'] }]);
    expect(JSON.stringify(listed)).not.toContain('Y2FuYXJ5');
  });

  test('that never ends is given up', async () => {
    const door: GatewayDoor = {
      get: async () => ({ metadata: { continue: 'more' }, items: [] }),
      post: async () => ({}),
    };
    await expect(new Secrets(door, () => 45).namespaces('demo')).rejects.toMatchObject({ code: 'list-too-long' });
  });
});

describe('a value that was revealed', () => {
  afterEach(() => vi.useRealTimers());
  const PATH = '/_gatehouse/v1/reveal';

  test.each([
    ['text', Buffer.from('pass wörd'), { value: 'pass wörd', encoding: 'utf8' }],
    ['text with a byte order mark', Buffer.from('\ufeffx'), { value: '\ufeffx', encoding: 'utf8' }],
    ['bytes', Buffer.from([0xff, 0xfe]), { value: '//4=', encoding: 'base64' }],
    ['nothing', Buffer.alloc(0), { value: '', encoding: 'utf8' }],
  ])('is %s, and good for as long as the settings say', async (_what, bytes, expected) => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    const { secrets, asked } = setUp({ [PATH]: { value: bytes.toString('base64') } });
    expect(await secrets.reveal(reveal)).toEqual({ ...expected, expiresAt: '2026-01-01T00:00:45.000Z' });
    expect(asked).toEqual([[PATH, reveal]]);
  });

  test('is none where the gateway answers with something else', async () => {
    const { secrets } = setUp({ [PATH]: { data: 'x' } });
    await expect(secrets.reveal(reveal)).rejects.toThrow();
  });
});
