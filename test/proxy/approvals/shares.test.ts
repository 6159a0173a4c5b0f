import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Intent } from '../../../model/approval.ts';
import { authorityUnderTest, intent } from './intents.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let asked = 0;

/** A request like no other, of one session. */
function requestOf(session: string, change: Partial<Omit<Intent, 'request' | 'requirement'>> = {}): Intent {
  asked += 1;
  const digest = String(asked).padStart(64, '0');
  const principal = { ...intent().principal, session: { kind: 'inAppTerminal', id: session } as const };
  return intent({ digest, principal, ...change });
}

/** An authority, and ways to fill it. */
function setUp() {
  const made = authorityUnderTest();
  const { authority, hold } = made;
  return {
    ...made,
    abandon: async (session: string, count: number) => {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) ids.push((await hold(requestOf(session), 0)).approval.id);
      return ids;
    },
    /** Clients that stay on the line. */
    keepOnTheLine: (session: string, count: number) => {
      for (let index = 0; index < count; index += 1)
        void hold(requestOf(session), 120_000, new AbortController().signal);
    },
    stateOf: (id: string | undefined) => authority.list().find((one) => one.id === id),
    pending: () => authority.list().filter(({ state }) => state === 'PENDING'),
  };
}

describe('case 65: requests that one session leaves behind', () => {
  test('take its own share and no more: the oldest makes room, and says why in list, vote and journal', async () => {
    const { abandon, stateOf, pending, records, authority } = setUp();
    const ids = await abandon('one', 103);
    expect(pending()).toHaveLength(100);
    expect(ids.map((id) => stateOf(id)?.state)).toEqual([...Array(3).fill('CANCELLED'), ...Array(100).fill('PENDING')]);
    const why = expect.stringMatching(/^made room for a newer request of its session, of which 100 already waited/);
    expect(stateOf(ids[0])).toMatchObject({ state: 'CANCELLED', endReason: why, review: null });
    expect(records.filter(({ approvalId }) => approvalId === ids[0])).toMatchObject([
      { state: 'PENDING', comment: null },
      { state: 'CANCELLED', comment: why, by: null },
    ]);
    const late = authority.review({ id: ids[0] ?? '', verdict: 'approve', by: 'local:ada', comment: null });
    await expect(late).rejects.toThrow(/it is CANCELLED; it made room for a newer request/);
  });

  test('leave every other session its places', async () => {
    const { abandon, hold, pending } = setUp();
    await abandon('one', 500);
    expect(await hold(requestOf('two'), 0)).toMatchObject({ outcome: 'pending' });
    expect(pending()).toHaveLength(101);
  });

  test('make room for another session where all places are taken: those of the session that has most', async () => {
    const { abandon, hold, pending, stateOf } = setUp();
    const [first] = await abandon('one', 100);
    for (const session of ['two', 'three']) await abandon(session, 99);
    await abandon('four', 99);
    await abandon('five', 3);
    expect(pending()).toHaveLength(400);
    expect(await hold(requestOf('six'), 0)).toMatchObject({ outcome: 'pending' });
    expect(pending()).toHaveLength(400);
    expect(stateOf(first)).toMatchObject({
      state: 'CANCELLED',
      endReason: expect.stringMatching(/^made room for a request of another session, since 400 already waited/),
    });
  });

  test('may be asked for again, and then wait anew', async () => {
    const { hold, abandon } = setUp();
    const request = requestOf('one');
    const { approval } = await hold(request, 0);
    await abandon('one', 100);
    expect(await hold(request, 0)).toMatchObject({
      outcome: 'pending',
      approval: { id: expect.not.stringMatching(approval.id) },
    });
  });
});

describe('case 65: requests with a client on the line', () => {
  test('never make room: the next of the session is told how many wait, in which session, and what to do', async () => {
    const { keepOnTheLine, hold, pending } = setUp();
    keepOnTheLine('one', 100);
    const { outcome, approval, ...rest } = await hold(requestOf('one'));
    expect(outcome).toBe('unavailable');
    expect(rest).toMatchObject({
      message: expect.stringMatching(
        /^100 requests of this session \(inAppTerminal\/one\) already wait for approval, each with a client on the line; decide some .*"gatehouse approve".*Ctrl-C/,
      ),
    });
    expect(pending().every(({ held }) => held)).toBe(true);
    expect(pending()).toHaveLength(100);
    expect(await hold(requestOf('two'), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('make no room, but what the same session abandoned before does', async () => {
    const { keepOnTheLine, abandon, hold, stateOf } = setUp();
    keepOnTheLine('one', 50);
    const [oldest] = await abandon('one', 50);
    void hold(requestOf('one'));
    expect(stateOf(oldest)).toMatchObject({ state: 'CANCELLED' });
  });

  test('of all sessions take all places: a new one is told so', async () => {
    const { keepOnTheLine, hold } = setUp();
    for (const session of ['one', 'two', 'three', 'four']) keepOnTheLine(session, 100);
    expect(await hold(requestOf('five'))).toMatchObject({
      outcome: 'unavailable',
      message: expect.stringMatching(
        /^400 requests of all sessions, 0 of them of this one \(inAppTerminal\/five\), already/,
      ),
    });
  });
});

test('an approval on its way to the journal is not taken away under the person', async () => {
  const { hold, abandon, authority, write, stateOf } = setUp();
  const { approval } = await hold(requestOf('one'), 0);
  let go = (): void => undefined;
  write.mockImplementationOnce(() => new Promise<void>((resolve) => (go = resolve)));
  const voted = authority.review({ id: approval.id, verdict: 'approve', by: 'local:ada', comment: null });
  await abandon('one', 100);
  go();
  expect(await voted).toMatchObject({ state: 'APPROVED' });
  expect(stateOf(approval.id)).toMatchObject({ grant: { state: 'ACTIVE' } });
});

test('case 65: what is over of one session pushes no other’s out of the list', async () => {
  const { abandon, hold, authority, stateOf } = setUp();
  const { approval } = await hold(requestOf('two'), 0);
  await authority.review({ id: approval.id, verdict: 'deny', by: 'local:ada', comment: null });
  await abandon('one', 800);
  expect(authority.list().filter(({ state }) => state === 'CANCELLED').length).toBeGreaterThan(400);
  expect(authority.list().length).toBeLessThanOrEqual(600);
  expect(stateOf(approval.id)).toMatchObject({ state: 'DENIED' });
});
