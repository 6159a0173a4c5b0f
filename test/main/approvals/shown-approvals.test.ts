import { describe, expect, test } from 'vitest';
import { ShownApprovals } from '../../../main/approvals/shown-approvals.ts';
import type { ApprovalRequest } from '../../../model/approval.ts';

const request = (state: ApprovalRequest['state']) => ({ id: 'a-1', state }) as ApprovalRequest;
const refused = expect.objectContaining({ code: 'approval-not-shown' });

describe('a vote', () => {
  let now = 0;
  const shown = new ShownApprovals(() => now);

  test('is refused for a request that the page was never told of', () => {
    expect(() => shown.requireShown('a-1', true)).toThrow(refused);
  });

  test('is taken once the request has been in a visible window for a moment', () => {
    shown.told([request('PENDING')]);
    expect(() => shown.requireShown('a-1', true)).toThrow(refused);
    now += 200;
    // Told again, as every list does: that starts no new wait.
    shown.told([request('PENDING')]);
    now += 200;
    expect(() => shown.requireShown('a-1', false)).toThrow(refused);
    expect(() => shown.requireShown('a-1', true)).not.toThrow();
  });

  test('is refused again when the request is no longer pending', () => {
    shown.told([request('DENIED')]);
    expect(() => shown.requireShown('a-1', true)).toThrow(refused);
  });
});
