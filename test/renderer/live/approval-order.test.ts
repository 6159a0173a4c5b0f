import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../../model/approval.ts';
import {
  isPending,
  needsNote,
  newlyPending,
  orderApprovals,
  pendingApprovals,
  stepSelection,
  withApproval,
} from '../../../renderer/live/approval-order.ts';
import { waitingImpersonation } from '../bridge-data.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const made = (id: string, fields: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  ...waitingImpersonation(new Date(NOW)),
  id,
  ...fields,
});
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const ids = (list: readonly ApprovalRequest[]) => list.map(({ id }) => id);

describe('the order of approvals', () => {
  test('what waits stands above what is over', () => {
    const over = made('over', { state: 'DENIED', createdAt: at(10) });
    expect(ids(orderApprovals([over, made('waits')]))).toEqual(['waits', 'over']);
  });

  test('of what waits, the one that expires soonest is first', () => {
    const late = made('late', { expiresAt: at(90) });
    const soon = made('soon', { expiresAt: at(30) });
    expect(ids(orderApprovals([late, soon]))).toEqual(['soon', 'late']);
  });

  test('of what is over, the newest is first', () => {
    const old = made('old', { state: 'APPROVED', createdAt: at(-60) });
    const fresh = made('fresh', { state: 'EXPIRED', createdAt: at(-5) });
    expect(ids(orderApprovals([old, fresh]))).toEqual(['fresh', 'old']);
  });

  test('equal times keep one order, whichever way they come', () => {
    const pair = [made('b'), made('a')];
    expect(ids(orderApprovals(pair))).toEqual(ids(orderApprovals([...pair].reverse())));
  });
});

describe('a change of one approval', () => {
  test('replaces the same one and moves it to its place', () => {
    const list = [made('one', { expiresAt: at(30) }), made('two', { expiresAt: at(60) })];
    const changed = withApproval(list, made('one', { state: 'APPROVED' }));
    expect(ids(changed)).toEqual(['two', 'one']);
  });

  test('a new one is announced once', () => {
    const before = [made('one')];
    const after = [...before, made('two')];
    expect(ids(newlyPending(before, after))).toEqual(['two']);
    expect(newlyPending(after, after)).toEqual([]);
  });

  test('one that was already decided elsewhere is not announced', () => {
    expect(newlyPending([], [made('one', { state: 'DENIED' })])).toEqual([]);
  });
});

describe('expiry', () => {
  test('a request whose time is over is no longer offered, even before the gateway says so', () => {
    const list = [made('gone', { expiresAt: at(0) }), made('open', { expiresAt: at(1) })];
    expect(ids(pendingApprovals(list, NOW))).toEqual(['open']);
    expect(isPending(made('gone', { expiresAt: at(0) }), NOW)).toBe(false);
  });
});

describe('a note for the journal', () => {
  const withReason = (reasonRequired: boolean, reason: string | null) => {
    const approval = made('one');
    const requirement = { ...approval.intent.requirement, reasonRequired };
    return needsNote({ ...approval, intent: { ...approval.intent, requirement, reason } });
  };

  test.each([
    ['is needed where policy wants a reason and none was given', true, null, true],
    ['is not needed where the one who asked gave the reason', true, 'restore', false],
    ['is not needed where policy wants none', false, null, false],
  ] as const)('%s', (_name, required, reason, expected) => {
    expect(withReason(required, reason)).toBe(expected);
  });
});

describe('j and k', () => {
  test.each([
    ['start at the first', null, 1, 'a'],
    ['go down', 'a', 1, 'b'],
    ['go up', 'b', -1, 'a'],
    ['stay at the end', 'c', 1, 'c'],
    ['stay at the top', 'a', -1, 'a'],
    ['start again when the selected one is gone', 'x', 1, 'a'],
  ] as const)('%s', (_name, selected, step, expected) => {
    expect(stepSelection(['a', 'b', 'c'], selected, step)).toBe(expected);
  });

  test('find nothing in an empty list', () => {
    expect(stepSelection([], null, 1)).toBeNull();
  });
});
