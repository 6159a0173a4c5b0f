import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../model/approval.ts';
import { clientHasGone, goneWords } from '../../model/approval-words.ts';
import { waitingImpersonation, waitingReveal } from '../renderer/bridge-data.ts';

const asked = new Date('2026-01-01T00:00:00Z');
const request = waitingImpersonation(asked);
const created = Date.parse(request.createdAt);

describe('the client of a request that waits', () => {
  test.each<[string, Partial<ApprovalRequest>, number, boolean]>([
    ['is on the line', { held: true }, 60_000, false],
    ['is about to be held: it asked just now', { held: false }, 100, false],
    ['gave up, or was never held', { held: false }, 60_000, true],
    ['is nobody any more once it was decided', { held: false, state: 'APPROVED' }, 60_000, false],
  ])('%s', (_what, change, after, gone) => {
    expect(clientHasGone({ ...request, ...change }, created + after)).toBe(gone);
  });

  test('that has gone is named, with what approving does then', () => {
    expect(goneWords(request)).toBe('kubectl has gone; approving lets a second run through once');
    const reveal = { cluster: 'demo', namespace: 'shop', name: 'stripe', key: 'api-key', reason: 'on call' };
    expect(goneWords(waitingReveal(reveal, asked))).toMatch(/^The app has stopped waiting;/);
  });
});
