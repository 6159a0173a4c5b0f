import { expect, test } from 'vitest';
import { readDisplayCode } from '../../../proxy/approvals/display-code.ts';
import { holdMilliseconds, parseGoDuration } from '../../../proxy/approvals/hold-time.ts';

test.each<[what: string, hold: number, timeout: string | null, isWatchOrDiscovery: boolean, expected: number]>([
  ['what the policy says', 120_000, null, false, 120_000],
  ['nothing, where the policy says so', 0, null, false, 0],
  ['nothing for a watch or discovery', 120_000, null, true, 0],
  ["two seconds less than the client's own limit", 120_000, '32s', false, 30_000],
  ['nothing, where the client gives up at once', 120_000, '1500ms', false, 0],
  ['what the policy says, where the client allows more', 120_000, '10m', false, 120_000],
  ['what the policy says, where the client sets no limit', 120_000, '0s', false, 120_000],
  ['what the policy says, where the limit cannot be read', 120_000, 'soon', false, 120_000],
  ['nine minutes at most', 3_600_000, null, false, 540_000],
])('a client is held for %s', (_, hold, timeout, isWatchOrDiscovery, expected) => {
  const query = timeout === null ? [] : ([['timeout', timeout]] as const);
  expect(holdMilliseconds({ requirement: { hold }, request: { query }, isWatchOrDiscovery })).toBe(expected);
});

test.each([
  ['5s', 5_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['100ms', 100],
  ['7us', 0.007],
  ['-2s', -2_000],
  ['0', 0],
  ['5', null],
  ['', null],
  ['s', null],
  ['5 s', null],
])('the Go duration %j is %j ms', (text, expected) => {
  const parsed = parseGoDuration(text);
  if (expected === null) expect(parsed).toBeNull();
  else expect(parsed).toBeCloseTo(expected, 9);
});

test.each([
  ['7f3k', '7F3K'],
  [' oIl0 ', '0110'],
])('the code %j is read as %s', (typed, code) => {
  expect(readDisplayCode(typed)).toBe(code);
});
