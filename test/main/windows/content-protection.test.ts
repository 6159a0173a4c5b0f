import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { protectionFor } from '../../../main/windows/content-protection.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the protection of a window lasts as long as the longest of what it shows', () => {
  let isOn = false;
  const protect = protectionFor((on) => {
    isOn = on;
  });
  protect(30_000);
  vi.advanceTimersByTime(1_000);
  protect(5_000);
  vi.advanceTimersByTime(28_999);
  expect(isOn).toBe(true);
  vi.advanceTimersByTime(1);
  expect(isOn).toBe(false);
  protect(5_000);
  expect(isOn).toBe(true);
});
