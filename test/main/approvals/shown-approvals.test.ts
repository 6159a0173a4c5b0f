import { beforeEach, describe, expect, test } from 'vitest';
import { ShownApprovals } from '../../../main/approvals/shown-approvals.ts';
import type { ApprovalRequest } from '../../../model/approval.ts';

const request = (state: ApprovalRequest['state'], id = 'a-1') => ({ id, state }) as ApprovalRequest;
const refused = expect.objectContaining({ code: 'approval-not-shown' });

describe('a vote', () => {
  let now: number;
  let shown: ShownApprovals;
  beforeEach(() => {
    now = 1_000;
    shown = new ShownApprovals(() => now);
  });

  test('is refused for a request that the page was never told of', () => {
    shown.told([request('PENDING', 'a-2')]);
    now += 60_000;
    expect(() => shown.requireShown('a-1', true)).toThrow(refused);
  });

  test.each([
    [0, false],
    [299, false],
    [300, true],
    [60_000, true],
  ])('%i ms after the page was told is taken: %s', (waited, taken) => {
    shown.told([request('PENDING')]);
    now += waited;
    const vote = () => shown.requireShown('a-1', true);
    if (taken) expect(vote).not.toThrow();
    else expect(vote).toThrow(refused);
  });

  test('is refused while the window cannot be seen, however long ago the page was told', () => {
    shown.told([request('PENDING')]);
    now += 60_000;
    expect(() => shown.requireShown('a-1', false)).toThrow(refused);
    expect(() => shown.requireShown('a-1', true)).not.toThrow();
  });

  test('waits no longer because the page is told again, as every list does', () => {
    shown.told([request('PENDING')]);
    now += 200;
    shown.told([request('PENDING')]);
    now += 100;
    expect(() => shown.requireShown('a-1', true)).not.toThrow();
  });

  test.each(['APPROVED', 'DENIED', 'EXPIRED', 'CANCELLED', 'SUPERSEDED'] as const)(
    'is refused once the request is %s',
    (state) => {
      shown.told([request('PENDING'), request('PENDING', 'a-2')]);
      now += 60_000;
      shown.told([request(state)]);
      expect(() => shown.requireShown('a-1', true)).toThrow(refused);
      expect(() => shown.requireShown('a-2', true)).not.toThrow();
    },
  );
});
