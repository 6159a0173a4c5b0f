import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { bringsPanel, leadsThrough, shownRequest, type WaitingPlace } from '../../../renderer/live/waiting-place.ts';
import { waitingImpersonation, waitingReveal } from '../bridge-data.ts';

const now = new Date('2026-01-01T00:00:00Z');
const request = (id: string, expiresAt = '2026-01-01T00:15:00Z'): ApprovalRequest => ({
  ...waitingImpersonation(now),
  id,
  expiresAt,
});
const older = request('a-1', '2026-01-01T00:05:00Z');
const newer = request('a-2', '2026-01-01T00:20:00Z');
const newest = request('a-3', '2026-01-01T00:01:00Z');
const reveal: ApprovalRequest = {
  ...waitingReveal({ cluster: 'demo', namespace: 'shop', name: 'stripe', key: 'api-key', reason: 'on call' }, now),
  id: 'a-9',
};
const none = new Set<string>();
const byRequest = (id: string | null): WaitingPlace => ({ id, openedBy: 'request' });
const byPerson = (id: string | null): WaitingPlace => ({ id, openedBy: 'person' });
const ids = (requests: readonly ApprovalRequest[]) => requests.map(({ id }) => id);

describe('what brings the panel out', () => {
  test.each<[string, readonly ApprovalRequest[], readonly ApprovalRequest[], ReadonlySet<string>, string | null]>([
    ['the request that was just asked, though another waits that is due sooner', [older], [older, newer], none, 'a-2'],
    ['of several, the one that was asked last, wherever it stands', [], [newest, older, newer], none, 'a-3'],
    ['nothing that waited before', [older, newer], [older, newer], none, null],
    ['nothing that was put off, also after the window was loaded again', [], [older], new Set(['a-1']), null],
    ['nothing that is decided', [older], [{ ...older, state: 'APPROVED' }], none, null],
    ['no reveal: its own Secret shows it', [], [reveal], none, null],
  ])('%s', (_what, before, after, later, expected) => {
    expect(bringsPanel(before, after, later)?.id ?? null).toBe(expected);
  });
});

describe('the panel', () => {
  test.each<[string, WaitingPlace | null, readonly ApprovalRequest[], string | null]>([
    ['shows nothing while it is away', null, [], null],
    ['stays on its request when one comes that is due sooner', byRequest('a-2'), [newest, older, newer], 'a-2'],
    ['goes on to the next one once its own is decided', byRequest('a-2'), [newest, older], 'a-3'],
    ['that a person opened shows what is due first', byPerson(null), [newest, older, newer], 'a-3'],
  ])('%s', (_what, place, requests, expected) => {
    expect(shownRequest(place, requests)?.id ?? null).toBe(expected);
  });

  test.each<[string, WaitingPlace | null, readonly string[]]>([
    ['that came by itself leads through nothing that was put off', byRequest('a-2'), ['a-2']],
    ['that a person opened leads through all that waits', byPerson(null), ['a-1', 'a-2']],
    ['that is away leads nowhere', null, []],
  ])('%s', (_what, place, expected) => {
    expect(ids(leadsThrough(place, [older, newer], new Set(['a-1'])))).toEqual(expected);
  });

  test('that came by itself is empty once what is left was put off', () => {
    expect(leadsThrough(byRequest('a-2'), [older], new Set(['a-1']))).toEqual([]);
  });
});
