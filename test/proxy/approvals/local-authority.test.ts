// Longer than 300 lines: the invariants of one state, tried on the same intents.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { authorityUnderTest, intent } from './intents.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('holding', () => {
  test('a held request runs once it is approved, and the journal has each step', async () => {
    const { hold, vote, states, authority } = authorityUnderTest();
    const held = hold();
    expect(authority.list()).toMatchObject([
      { state: 'PENDING', held: true, code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}$/) },
    ]);
    await vi.advanceTimersByTimeAsync(5_000);
    await vote('approve', 'go on');
    expect(await held).toMatchObject({
      outcome: 'granted',
      waitedMs: 5_000,
      approval: {
        state: 'APPROVED',
        held: false,
        review: { by: 'local:ada', comment: 'go on' },
        grant: { state: 'CONSUMED' },
      },
    });
    expect(states()).toEqual(['PENDING', 'APPROVED', 'GRANT_CONSUMED']);
  });

  test('after the hold the client hears "pending"; approved later, the same request run again passes at once', async () => {
    const { hold, vote, authority } = authorityUnderTest();
    const held = hold(intent(), 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await held).toMatchObject({ outcome: 'pending', waitedMs: 1_000 });
    expect(authority.list()).toMatchObject([{ state: 'PENDING', held: false }]);
    await vote('approve');
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'granted', waitedMs: 0 });
  });

  test('no hold answers at once', async () => {
    expect(await authorityUnderTest().hold(intent(), 0)).toMatchObject({ outcome: 'pending', waitedMs: 0 });
  });

  test('the same request of the same person finds what is pending instead of asking again', async () => {
    const { hold, authority } = authorityUnderTest();
    const first = await hold(intent(), 0);
    const again = intent({ principal: { ...intent().principal, session: { kind: 'inAppTerminal', id: 'another' } } });
    expect((await hold(again, 0)).approval.id).toBe(first.approval.id);
    expect(authority.list()).toHaveLength(1);
  });

  test('another person with the same request asks for himself', async () => {
    const { hold, vote, authority } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    expect(await hold(intent({ principal: { ...intent().principal, user: 'local:eve' } }), 0)).toMatchObject({
      outcome: 'pending',
    });
    expect(authority.list()).toHaveLength(2);
  });

  test('a client that goes away ends its hold; the request stays pending and a re-run finds it', async () => {
    const { hold, vote, authority } = authorityUnderTest();
    const client = new AbortController();
    const held = hold(intent(), 60_000, client.signal);
    client.abort();
    const { outcome, approval } = await held;
    expect(outcome).toBe('client-gone');
    expect(authority.list()).toMatchObject([{ id: approval.id, state: 'PENDING', held: false }]);
    const again = hold();
    await vote('approve');
    expect(await again).toMatchObject({ outcome: 'granted', approval: { id: approval.id } });
  });

  test('a client that left before the approval does not use it up', async () => {
    const { hold, vote } = authorityUnderTest();
    const client = new AbortController();
    const held = hold(intent(), 60_000, client.signal);
    const approved = vote('approve');
    client.abort();
    await approved;
    expect(await held).toMatchObject({ outcome: 'client-gone' });
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'granted' });
  });

  test('closing ends every hold with "stopping", and what comes after too', async () => {
    const { authority, hold, states, vote } = authorityUnderTest();
    const holds = [hold(), hold(intent({ digest: 'b'.repeat(64) }))];
    await authority.close();
    for (const held of holds) expect(await held).toMatchObject({ outcome: 'stopping' });
    expect(await hold(intent({ digest: 'c'.repeat(64) }))).toMatchObject({ outcome: 'stopping' });
    expect(states()).toEqual(['PENDING', 'PENDING', 'CANCELLED', 'CANCELLED']);
    await expect(vote('approve')).rejects.toMatchObject({ code: 'gateway-stopping' });
  });

  test('listeners hear every change, also when a client starts or stops waiting', async () => {
    const { authority, hold, vote } = authorityUnderTest();
    const heard: Array<Pick<ApprovalRequest, 'state' | 'held'>> = [];
    const stop = authority.onChange(({ state, held }) => heard.push({ state, held }));
    const held = hold(intent(), 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await held;
    await vote('deny');
    stop();
    await hold(intent({ digest: 'b'.repeat(64) }), 0);
    expect(heard).toEqual([
      { state: 'PENDING', held: false },
      { state: 'PENDING', held: true },
      { state: 'PENDING', held: false },
      { state: 'DENIED', held: false },
    ]);
  });
});

describe('the invariants of approvals', () => {
  test('2: a rule that asks for a peer is refused with a message that says so, and nobody is asked', async () => {
    const { hold, authority, states } = authorityUnderTest();
    expect(authority.canAsk(intent().requirement)).toBe(true);
    expect(authority.canAsk(intent({ requirement: { level: 'peer' } }).requirement)).toBe(false);
    const outcome = await hold(intent({ requirement: { level: 'peer' } }));
    expect(outcome).toMatchObject({ outcome: 'unavailable', message: expect.stringContaining('another person') });
    expect(authority.list()).toEqual([]);
    expect(states()).toEqual([]);
  });

  test('4: one deny ends the request; it cannot be approved after that', async () => {
    const { hold, vote, states } = authorityUnderTest();
    const held = hold();
    await vote('deny', 'not on a Friday');
    expect(await held).toMatchObject({
      outcome: 'denied',
      approval: { review: { comment: 'not on a Friday' }, grant: null },
    });
    await expect(vote('approve')).rejects.toMatchObject({
      code: 'not-pending',
      message: expect.stringContaining('DENIED'),
    });
    expect(states()).toEqual(['PENDING', 'DENIED']);
  });

  test('4: a deny wins over an approval that is still on its way to the journal', async () => {
    const { hold, vote, write } = authorityUnderTest();
    const held = hold();
    let journalGoesOn: (() => void) | undefined;
    write.mockImplementationOnce(
      () =>
        new Promise<void>((resolve) => {
          journalGoesOn = resolve;
        }),
    );
    const approving = vote('approve');
    await vote('deny');
    journalGoesOn?.();
    await expect(approving).rejects.toMatchObject({ code: 'not-pending' });
    expect(await held).toMatchObject({ outcome: 'denied' });
  });

  test('5: a grant does not fit a request with another digest', async () => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    expect(await hold(intent({ digest: 'b'.repeat(64) }), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('5: another policy supersedes what is pending and revokes what is granted', async () => {
    const { authority, hold, vote, states } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    const held = hold(intent({ digest: 'b'.repeat(64) }));
    authority.supersede('e'.repeat(64));
    expect(await held).toMatchObject({ outcome: 'superseded', approval: { state: 'SUPERSEDED' } });
    expect(authority.list().map(({ state, grant }) => [state, grant?.state])).toEqual([
      ['SUPERSEDED', undefined],
      ['APPROVED', 'REVOKED'],
    ]);
    expect(states()).toEqual(['PENDING', 'APPROVED', 'PENDING', 'GRANT_REVOKED', 'SUPERSEDED']);
  });

  test('5: a request that was decided under the old policy, and arrives late, is not put before anyone', async () => {
    const { authority, hold } = authorityUnderTest();
    authority.supersede('e'.repeat(64));
    expect(await hold()).toMatchObject({ outcome: 'superseded' });
    expect(authority.list()).toEqual([]);
    expect(await hold(intent({ policyDigest: 'e'.repeat(64) }), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('7: of eight identical requests held at once, one approval lets one through; the others ask again', async () => {
    const { authority, hold, vote } = authorityUnderTest();
    const holds = Array.from({ length: 8 }, () => hold(intent(), 10_000));
    expect(authority.list()).toHaveLength(1);
    await vote('approve');
    await vi.advanceTimersByTimeAsync(10_000);
    const outcomes = (await Promise.all(holds)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['granted', ...Array(7).fill('pending')]);
    expect(authority.list().map(({ state }) => state)).toEqual(['PENDING', 'APPROVED']);
  });

  test('7: the use is on the disk before the request may go on', async () => {
    const { hold, vote, write } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    let journalGoesOn: (() => void) | undefined;
    write.mockImplementationOnce(
      () =>
        new Promise<void>((resolve) => {
          journalGoesOn = resolve;
        }),
    );
    let settled = false;
    const held = hold(intent(), 0).finally(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(settled).toBe(false);
    journalGoesOn?.();
    expect(await held).toMatchObject({ outcome: 'granted' });
  });

  test('7: a use that cannot be written is not given, and the grant is gone', async () => {
    const { hold, vote, write } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    write.mockRejectedValueOnce(new Error('disk full'));
    expect(await hold(intent(), 0)).toMatchObject({
      outcome: 'unavailable',
      message: expect.stringContaining('journal'),
    });
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('7: an approval that cannot be written is not given; the request goes on waiting', async () => {
    const { authority, hold, vote, write } = authorityUnderTest();
    await hold(intent(), 0);
    write.mockRejectedValueOnce(new Error('disk full'));
    await expect(vote('approve')).rejects.toMatchObject({ code: 'journal-unavailable' });
    expect(authority.list()).toMatchObject([{ state: 'PENDING', grant: null }]);
    await vote('approve');
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'granted' });
  });

  test('8: a grant stays used whatever became of the request', async () => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('approve');
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'granted' });
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('9: a request expires after requestTtl, held or not, and asking again does not extend it', async () => {
    const { hold, states, vote } = authorityUnderTest();
    await hold(intent({ requirement: { requestTtl: 10_000 } }), 0);
    await vi.advanceTimersByTimeAsync(6_000);
    const held = hold(intent({ requirement: { requestTtl: 10_000 } }), 60_000);
    await vi.advanceTimersByTimeAsync(4_001);
    expect(await held).toMatchObject({ outcome: 'expired' });
    expect(states()).toEqual(['PENDING', 'EXPIRED']);
    await expect(vote('approve')).rejects.toMatchObject({ code: 'not-pending' });
  });

  test('9: a grant expires after grantTtl', async () => {
    const { authority, hold, vote, states } = authorityUnderTest();
    await hold(intent({ requirement: { grantTtl: 10_000 } }), 0);
    await vote('approve');
    await vi.advanceTimersByTimeAsync(10_001);
    expect(authority.list()).toMatchObject([{ state: 'APPROVED', grant: { state: 'EXPIRED' } }]);
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
    expect(states()).toEqual(['PENDING', 'APPROVED', 'GRANT_EXPIRED', 'PENDING']);
  });

  test.each([
    ['set back', -3_600_000],
    ['set forward', 3_600_000],
  ])('9: a wall clock that is %s lengthens no grant', async (_, jump) => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent({ requirement: { grantTtl: 10_000 } }), 0);
    await vote('approve');
    vi.setSystemTime(Date.now() + jump);
    await vi.advanceTimersByTimeAsync(10_001);
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('10: what is approved is what was asked, even when the object handed in is changed later', async () => {
    const { authority, hold } = authorityUnderTest();
    const asked = intent();
    await hold(asked, 0);
    Object.assign(asked.requirement, { level: 'peer', grantTtl: 1e9 });
    Object.assign(asked.request, { target: '/elsewhere' });
    expect(authority.list()).toMatchObject([
      {
        intent: {
          requirement: { level: 'ownerConfirm', grantTtl: 600_000 },
          request: { target: '/api/v1/namespaces/shop/pods' },
        },
      },
    ]);
  });

  test('13: reasons and comments are one line of plain text, limited in length', async () => {
    const { authority, hold, vote, records } = authorityUnderTest();
    await hold(intent({ reason: `a\u001b[2Jb\u202ec${'x'.repeat(5_000)}` }), 0);
    await vote('approve', 'yes\r\nno');
    const [approval] = authority.list();
    expect(approval?.intent.reason).toMatch(/^a\\u001b\[2Jb\\u202ecx+$/);
    expect(approval?.intent.reason).toHaveLength(1_000);
    expect(records[1]?.comment).toBe('yes no');
  });
});

describe('a vote', () => {
  test('for an unknown id is an error', async () => {
    const { authority } = authorityUnderTest();
    const vote = { id: 'nothing', verdict: 'approve', by: 'local:ada', comment: null } as const;
    await expect(authority.review(vote)).rejects.toMatchObject({ code: 'unknown-approval' });
  });

  test.each([
    ['nobody gave one', null, null, 'reason-required'],
    ['the one who asked gave it', 'incident 7', null, 'granted'],
    ['the one who approves gives it', null, 'incident 7', 'granted'],
  ])('where the policy asks for a reason and %s', async (_, reason, comment, expected) => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent({ reason, requirement: { reasonRequired: true } }), 0);
    const outcome = await vote('approve', comment).then(
      async () => (await hold(intent(), 0)).outcome,
      (error) => error.code,
    );
    expect(outcome).toBe(expected);
  });
});

describe('after a denial', () => {
  const exec = {
    resource: 'pods',
    subresource: 'exec',
    name: 'web-0',
    kubectlSession: 'session-1',
    policyVerb: 'create',
  };

  test('the SPDY fallback of the denied WebSocket gets the same answer without asking twice', async () => {
    const { authority, hold, vote } = authorityUnderTest();
    const websocket = hold(intent({ request: { ...exec, method: 'GET', upgrade: 'websocket' } }));
    await vote('deny', 'no');
    await websocket;
    const spdy = intent({ digest: 'b'.repeat(64), request: { ...exec, method: 'POST', upgrade: 'SPDY/3.1' } });
    expect(await hold(spdy)).toMatchObject({ outcome: 'denied', approval: { review: { comment: 'no' } } });
    expect(authority.list()).toHaveLength(1);
  });

  test.each([
    ['another pod', { ...exec, name: 'web-1' }],
    ['another command run', { ...exec, kubectlSession: 'session-2' }],
    ['another subresource', { ...exec, subresource: 'attach' }],
    ['another namespace', { ...exec, namespace: 'bank' }],
  ])('%s is asked about anew', async (_, request) => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent({ request: exec }), 0);
    await vote('deny');
    expect(await hold(intent({ digest: 'b'.repeat(64), request }), 0)).toMatchObject({ outcome: 'pending' });
  });

  test('other requests of the same command are asked about: only streams fall back', async () => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent({ request: { kubectlSession: 'session-1' } }), 0);
    await vote('deny');
    const next = intent({ digest: 'b'.repeat(64), request: { kubectlSession: 'session-1' } });
    expect(await hold(next, 0)).toMatchObject({ outcome: 'pending' });
  });

  test('the identical request is denied for ten seconds, then asked about again', async () => {
    const { hold, vote } = authorityUnderTest();
    await hold(intent(), 0);
    await vote('deny');
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'denied' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
  });
});

describe('memory', () => {
  const digestOf = (index: number) => String(index).padStart(64, '0');

  test('at most 500 that are over are kept, the newest; open ones are listed first', async () => {
    const { authority, hold, vote } = authorityUnderTest();
    const waiting = await hold(intent({ digest: digestOf(9_999) }), 0);
    for (let index = 0; index < 510; index += 1) {
      const { approval } = await hold(intent({ digest: digestOf(index) }), 0);
      await authority.review({ id: approval.id, verdict: 'deny', by: 'local:ada', comment: null });
    }
    await hold(intent({ digest: digestOf(10_000) }), 0);
    const list = authority.list();
    expect(list).toHaveLength(501);
    expect(list.slice(0, 3).map(({ intent: asked }) => asked.digest)).toEqual([
      digestOf(10_000),
      digestOf(9_999),
      digestOf(509),
    ]);
    expect(list[1]?.id).toBe(waiting.approval.id);
    await vote('approve');
  });
});
