import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type LogFormat,
  type LogLevel,
  lineFormatFor,
  openGatewayLog,
} from '../../../../cli/gateway/log/gateway-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log whose lines are kept, while its reader reads. */
function keptLog(level: LogLevel = 'info', format: LogFormat = 'json') {
  const lines: string[] = [];
  let reads = true;
  const write = (text: string) => {
    if (reads) lines.push(text);
    return reads;
  };
  const log = openGatewayLog({ level, format, output: { reader: 'other', write } });
  return {
    log,
    lines,
    entries: () => lines.map((line) => JSON.parse(line)),
    reads: (now: boolean) => {
      reads = now;
    },
  };
}

describe('the format', () => {
  it.each([
    [null, 'terminal', 'text'],
    [null, 'journal', 'journal'],
    [null, 'other', 'json'],
    ['text', 'terminal', 'text'],
    ['text', 'journal', 'journal'],
    ['text', 'other', 'text'],
    ['json', 'terminal', 'json'],
    ['json', 'journal', 'json'],
    ['json', 'other', 'json'],
  ] as const)('asked for as %s, where a %s reads, is %s', (asked, reader, format) => {
    expect(lineFormatFor(asked, reader)).toBe(format);
  });
});

it.each([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
] as const)('at the level %s it has what is that urgent', (level, written) => {
  const { log, entries } = keptLog(level);
  for (const at of ['debug', 'info', 'warn', 'error'] as const) log[at]({ event: 'started' }, 'x');
  expect(entries().map((entry) => entry.level)).toEqual(written);
});

it('an error is one field of a line, stack and all', () => {
  const { log, lines } = keptLog('info', 'text');
  log.error({ event: 'internal-error', error: new TypeError('a bug\nof ours'), auditId: 'a-1' }, 'failed');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\S+ ERROR internal-error: failed error\.type=TypeError error\.message="a bug\\nof ours" /);
  expect(lines[0]?.split('\n')).toHaveLength(2);
  expect(lines[0]).toMatch(/error\.stack="TypeError: a bug\\nof ours\\n +at .* auditId=a-1/);
});

it('cuts what has no end: texts, lists, and what is nested', () => {
  const { log, lines, entries } = keptLog();
  let deep: object = {};
  for (let depth = 0; depth < 50; depth += 1) deep = { deep };
  const error = Object.assign(new Error('e'.repeat(100_000)), { body: 'b'.repeat(100_000) });
  log.warn({ event: 'policy-broken', who: 'a'.repeat(65_536), problems: Array(5_000).fill('p'), deep, error }, 'x');
  const [entry] = entries();
  expect(entry.who).toMatch(/^a{1000}… \(64536 more characters\)$/);
  expect(entry.problems).toHaveLength(21);
  expect(entry.problems.at(-1)).toBe('and 4980 more');
  expect(lines[0]?.length).toBeLessThan(20_000);
});

describe('a flood', () => {
  it('of one event is cut to a few lines in ten seconds, and the rest is counted', () => {
    const { log, entries } = keptLog();
    for (let i = 0; i < 322; i += 1) log.info({ event: 'request-denied', name: `pod-${i}` }, 'denied');
    log.info({ event: 'approval-asked' }, 'another event is not in its way');
    expect(entries()).toHaveLength(11);
    vi.advanceTimersByTime(10_000);
    expect(entries().at(-1)).toMatchObject({ event: 'lines-dropped', of: 'request-denied', more: 312, seconds: 10 });
    log.info({ event: 'request-denied' }, 'denied');
    expect(entries().at(-1)).toMatchObject({ event: 'request-denied' });
  });

  it('is said at the end too, when the log closes before the ten seconds are over', () => {
    const { log, entries } = keptLog();
    for (let i = 0; i < 12; i += 1) log.info({ event: 'request-denied' }, 'denied');
    log.close();
    expect(entries().at(-1)).toMatchObject({ event: 'lines-dropped', more: 2 });
  });

  it('of what is not logged at this level counts for nothing', () => {
    const { log, entries } = keptLog('warn');
    for (let i = 0; i < 500; i += 1) log.info({ event: 'request-denied' }, 'denied');
    vi.advanceTimersByTime(10_000);
    expect(entries()).toEqual([]);
  });
});

it('counts the lines that nobody took, and says so behind the next one that is', () => {
  const { log, entries, reads } = keptLog();
  log.info({ event: 'started' }, 'x');
  reads(false);
  for (let i = 0; i < 7; i += 1) log.info({ event: 'approval-asked' }, 'lost');
  reads(true);
  log.info({ event: 'stopping' }, 'x');
  expect(entries().map(({ event, lines }) => [event, lines])).toEqual([
    ['started', undefined],
    ['stopping', undefined],
    ['lines-lost', 7],
  ]);
});
