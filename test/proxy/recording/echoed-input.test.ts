import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EchoedInput } from '../../../proxy/recording/echoed-input.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** `in` is typed, `out` is printed, in this order; answers what was recorded in the end. */
function recorded(steps: ReadonlyArray<{ in: string } | { out: string }>): string {
  let text = '';
  const input = new EchoedInput((part) => {
    text += part;
  });
  for (const step of steps) {
    if ('in' in step) input.typed(step.in);
    else input.printed(step.out);
  }
  vi.advanceTimersByTime(300);
  return text;
}

describe('recorded input', () => {
  test.each([
    [
      'is what the terminal echoes',
      [{ in: 'l' }, { out: 'l' }, { in: 's' }, { out: 's' }, { in: '\r' }, { out: '\r\nfile' }],
      'ls\r',
    ],
    ['may be echoed late and together', [{ in: 'l' }, { in: 's' }, { out: 'ls' }], 'ls'],
    ['may be echoed in colour', [{ in: 'l' }, { out: '\x1b[32ml\x1b[0m' }], 'l'],
    ['may be pasted with its Enter', [{ in: 'ls\r' }, { out: 'ls\r\nfile' }], 'ls\r'],
    ['hides a password that is not echoed', [{ in: 'hunter2\r' }, { out: '\r\nLast login: hunter' }], '‹hidden 7›\r'],
    ['hides a password typed key by key', [{ in: 'a' }, { in: 'b' }, { in: '\r' }, { out: '\r\nab' }], '‹hidden 2›\r'],
    ['hides what nothing follows', [{ in: 'secret' }], '‹hidden 6›'],
    [
      'hides a password echoed as stars',
      [{ in: 'p' }, { out: '*' }, { in: 'w' }, { out: '*' }],
      '‹hidden 1›‹hidden 1›',
    ],
    ['keeps control keys', [{ in: '\x03' }, { out: '^C\r\n' }], '\x03'],
  ])('%s', (_what, steps, text) => {
    expect(recorded(steps)).toBe(text);
  });
});
