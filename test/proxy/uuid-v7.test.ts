import { expect, test } from 'vitest';
import { uuidV7 } from '../../proxy/uuid-v7.ts';

test('is a UUID of version 7 and the RFC variant, with the time in front', () => {
  const now = Date.parse('2126-08-14T12:00:00.123Z');
  const id = uuidV7(now);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});

test('ids sort in the order in which they were made, also within a millisecond and when the clock goes back', () => {
  const now = Date.parse('2127-01-01T00:00:00Z');
  const ids = Array.from({ length: 20_000 }, (_, index) => uuidV7(index < 10_000 ? now : now - 5_000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
