import { describe, expect, test } from 'vitest';
import { currentRequest, limitIdle } from '../../../renderer/player/idle-limit.ts';

const HEADER = '{"version":3,"term":{"cols":80,"rows":24}}';
const castOf = (...events: string[]) => [HEADER, ...events, ''].join('\n');
const at = (...times: number[]) =>
  times.map((atMs, index) => ({ atMs, auditId: String(index), label: 'get pods', outcome: 'allow' }));
const CAST = castOf('[1,"o","a"]', '[10,"o","b"]', '[1,"o","c"]', '[20,"o","d"]');

describe('skipping idle time', () => {
  test('cuts long pauses and leaves short ones as they are', () => {
    const short = limitIdle({ cast: CAST, requests: [] }, 2);
    expect(short.cast).toBe(castOf('[1,"o","a"]', '[2,"o","b"]', '[1,"o","c"]', '[2,"o","d"]'));
    expect(short.durationMs).toBe(6_000);
  });

  test('moves the requests with the output that they belong to', () => {
    // 500 ms: before any cut. 11 s: with "b". 12.5 s: in the pause after "c".
    const { requests } = limitIdle({ cast: CAST, requests: at(500, 11_000, 12_500) }, 2);
    expect(requests.map(({ atMs }) => atMs)).toEqual([500, 3_000, 4_500]);
  });

  test('puts a request of deep inside a pause where the pause is cut, in order', () => {
    const { requests } = limitIdle({ cast: CAST, requests: at(5_000, 9_000, 11_500) }, 2);
    expect(requests.map(({ atMs }) => atMs)).toEqual([3_000, 3_000, 3_500]);
  });

  test('without a limit nothing moves', () => {
    const whole = limitIdle({ cast: CAST, requests: at(12_500) }, null);
    expect(whole).toMatchObject({ cast: CAST, durationMs: 32_000, requests: [{ atMs: 12_500 }] });
  });

  test('a request after the last output stands at the end', () => {
    expect(limitIdle({ cast: CAST, requests: at(99_000) }, 2).requests[0]?.atMs).toBe(6_000);
  });

  test('a last line that a crash cut off is left out, as are comments', () => {
    const torn = `${castOf('[1,"o","a"]', '# note')}[2,"o","unfin`;
    expect(limitIdle({ cast: torn, requests: [] }, null).cast).toBe(castOf('[1,"o","a"]'));
  });

  test('an empty recording stays empty', () => {
    expect(limitIdle({ cast: `${HEADER}\n`, requests: [] }, 2)).toMatchObject({ durationMs: 0 });
  });
});

test('the current request is the last one at or before the position', () => {
  const requests = at(1_000, 2_000);
  expect([999, 1_000, 1_999, 5_000].map((time) => currentRequest(requests, time))).toEqual([-1, 0, 0, 1]);
});
