import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClusterReach, ReachLook } from '../../../model/cluster-reach.ts';
import type { JournalRecord } from '../../../model/journal-record.ts';
import { ReachWatch } from '../../../proxy/reach/reach-watch.ts';
import { GOOD_REACH } from './good-reach.ts';

const BAD: ClusterReach = { ...GOOD_REACH, state: 'unreachable', trouble: 'refused', problem: 'nothing listens there' };

let found: ClusterReach;
let looks: Array<[string, ReachLook]>;
let told: Array<[string, string | null]>;
let watch: ReachWatch;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  found = GOOD_REACH;
  looks = [];
  told = [];
  watch = new ReachWatch({
    look: async (slug, look) => {
      looks.push([slug, look]);
      return found;
    },
    onReach: (slug, reach) => told.push([slug, reach?.state ?? null]),
    random: () => 0.5,
  });
});
afterEach(() => {
  watch.pause();
  vi.useRealTimers();
});
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const finished = (code: string | null) =>
  ({ type: 'finished', code, upstreamMs: code === null ? 5 : null }) as JournalRecord;

describe('connected clusters', () => {
  test('are looked at once a minute, quietly, and what is found is told', async () => {
    watch.follow(['shop']);
    await pass(59_000);
    expect(looks).toEqual([]);
    await pass(2_000);
    expect(looks).toEqual([['shop', 'quietly']]);
    expect(told).toEqual([['shop', 'reachable']]);
  });

  test('are looked at sooner after trouble, and less and less often while it lasts', async () => {
    found = BAD;
    watch.follow(['shop']);
    await watch.lookNow('shop', 'connecting');
    const times: number[] = [];
    for (let second = 1; second <= 100; second += 1) {
      const before = looks.length;
      await pass(1_000);
      if (looks.length > before) times.push(second);
    }
    expect(times).toEqual([5, 15, 35, 75]);
  });

  test('are not looked at any more once they are disconnected, also where a look is under way', async () => {
    let answer: (reach: ClusterReach) => void = () => undefined;
    const slow = new ReachWatch({
      look: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      onReach: (slug, reach) => told.push([slug, reach?.state ?? null]),
    });
    slow.follow(['shop']);
    const looking = slow.lookNow('shop', 'connecting');
    slow.follow([]);
    slow.follow(['shop']);
    answer(BAD);
    await looking;
    expect(told).toEqual([]);
    slow.follow([]);
  });

  test('of two looks the one that was begun later counts', async () => {
    const answers: Array<(reach: ClusterReach) => void> = [];
    const slow = new ReachWatch({
      look: () => new Promise((resolve) => void answers.push(resolve)),
      onReach: (slug, reach) => told.push([slug, reach?.state ?? null]),
    });
    slow.follow(['shop']);
    const both = [slow.lookNow('shop', 'connecting'), slow.lookNow('shop', 'signing-in')];
    answers[1]?.(GOOD_REACH);
    answers[0]?.(BAD);
    await Promise.all(both);
    expect(told).toEqual([['shop', 'reachable']]);
    slow.follow([]);
  });

  test('a gateway that does not answer costs one look and no more', async () => {
    let calls = 0;
    const broken = new ReachWatch({
      look: async () => {
        calls += 1;
        throw new Error('host-gone');
      },
      onReach: () => undefined,
    });
    broken.follow(['shop']);
    await expect(broken.lookNow('shop', 'connecting')).rejects.toThrow('host-gone');
    await pass(73_000);
    expect(calls).toBeGreaterThan(1);
    broken.follow([]);
  });
});

describe('something that may have changed them', () => {
  beforeEach(async () => {
    watch.follow(['shop', 'bank']);
    await watch.lookNow('shop', 'connecting');
    await watch.lookNow('bank', 'connecting');
    await pass(10_000);
    looks = [];
  });

  test('has them looked at at once, but not twice within a moment', async () => {
    watch.lookSoon();
    await pass(0);
    expect(looks).toHaveLength(2);
    watch.lookSoon();
    await pass(2_000);
    expect(looks).toHaveLength(2);
    await pass(1_500);
    expect(looks).toHaveLength(4);
  });

  test.each([
    ['a client could not reach its cluster', finished('upstream-unreachable'), 2],
    ['a client’s credential was refused', finished('upstream-rejected-credential'), 2],
    ['a client was served', finished(null), 0],
    ['policy denied a request', finished('denied-by-policy'), 0],
  ])('is that %s', async (_what, record, count) => {
    watch.recorded([record]);
    await pass(100);
    expect(looks).toHaveLength(count);
  });

  test('is that a client was served where nothing could be reached', async () => {
    found = BAD;
    await watch.lookNow('shop', 'connecting');
    looks = [];
    await pass(4_000);
    watch.recorded([finished(null)]);
    await pass(100);
    expect(looks).toEqual([['shop', 'quietly']]);
  });

  test('waits while nobody sees the window, and is made up for', async () => {
    watch.pause();
    watch.lookSoon();
    await pass(300_000);
    expect(looks).toEqual([]);
    watch.resume();
    await pass(0);
    expect(looks).toHaveLength(2);
  });

  test('is forgotten with the gateway that knew it', () => {
    told = [];
    watch.forget();
    expect(told).toEqual([
      ['shop', null],
      ['bank', null],
    ]);
  });
});
