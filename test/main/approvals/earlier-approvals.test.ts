import { expect, test } from 'vitest';
import { earlierApprovals } from '../../../main/approvals/earlier-approvals.ts';
import type { JournalRecord } from '../../../model/journal-record.ts';
import * as data from '../../renderer/bridge-data.ts';

const decided = data.journal.find((record) => record.type === 'decided');
if (decided?.type !== 'decided') throw new Error('the journal of the tests holds no request');

const review = (approvalId: string, state: string, more: object = {}): JournalRecord =>
  ({
    ...decided,
    type: 'approval',
    approvalId,
    code: 'K7QX',
    state,
    by: 'local:dana',
    comment: 'on call',
    intentDigest: 'd',
    time: '2026-03-01T10:00:00.000Z',
    ...more,
  }) as JournalRecord;
const request = (id: string): JournalRecord => ({
  ...decided,
  approval: { id, code: 'K7QX', state: 'APPROVED', by: 'local:dana', waitedMs: 5 },
});
const none: ReadonlySet<string> = new Set();

test('what a person decided is told with who, when and what it was about', () => {
  expect(earlierApprovals([review('a', 'APPROVED'), request('a')], none)).toMatchObject([
    {
      id: 'a',
      code: 'K7QX',
      state: 'APPROVED',
      held: false,
      intent: { request: decided.request, cluster: decided.cluster, bodyPreview: null },
      review: { by: 'local:dana', verdict: 'approve', comment: 'on call', at: '2026-03-01T10:00:00.000Z' },
      grant: null,
    },
  ]);
  expect(earlierApprovals([review('a', 'DENIED'), request('a')], none)).toMatchObject([{ state: 'DENIED' }]);
});

test.each([
  ['that nobody decided', [review('a', 'EXPIRED'), request('a')], none],
  ['whose coming alone is written', [review('a', 'PENDING'), request('a')], none],
  ['that the gateway itself still has', [review('a', 'APPROVED'), request('a')], new Set(['a'])],
  ['of whose request nothing is written', [review('a', 'APPROVED'), request('b')], none],
])('nothing is told of one %s', (_what, records, known) => {
  expect(earlierApprovals(records, known)).toEqual([]);
});

test('one of which several things are written is told once, as the last of them says', () => {
  const records = [review('a', 'CONSUMED'), review('a', 'APPROVED'), review('a', 'PENDING'), request('a')];
  expect(earlierApprovals(records, none).map(({ id, state }) => [id, state])).toEqual([['a', 'APPROVED']]);
});
