import { describe, expect, test } from 'vitest';
import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../../../model/journal-record.ts';
import {
  addRecords,
  filterRows,
  type JournalRow,
  joinRecords,
} from '../../../../renderer/features/activity/journal-rows.ts';
import { rowLine, rowOutcome } from '../../../../renderer/features/activity/row-words.ts';
import { journal, waitingImpersonation } from '../../bridge-data.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const sampleDecided = journal.find((record) => record.type === 'decided');
const sampleFinished = journal.find((record) => record.type === 'finished');
if (sampleDecided?.type !== 'decided' || sampleFinished?.type !== 'finished') throw new Error('no samples');
const [decidedBase, finishedBase] = [sampleDecided, sampleFinished];

function decided(
  seq: number,
  auditId: string,
  fields: Partial<DecidedRecord> = {},
  decision: Partial<DecidedRecord['decision']> = {},
): JournalRecord {
  const time = new Date(NOW + seq).toISOString();
  const base = decidedBase.decision;
  return {
    ...decidedBase,
    request: { ...decidedBase.request, verb: 'list', subresource: '', upgrade: null },
    ...fields,
    decision: { ...base, outcome: 'allow', code: null, ...decision },
    seq,
    auditId,
    time,
  };
}
function finished(seq: number, auditId: string, fields: Partial<FinishedRecord> = {}): JournalRecord {
  return { ...finishedBase, status: 200, code: null, ...fields, seq, auditId, time: new Date(NOW + seq).toISOString() };
}
const rowsOf = (...records: JournalRecord[]): JournalRow[] => joinRecords(addRecords(new Map(), records, 1_000));
function only(...records: JournalRecord[]): JournalRow {
  const [row] = rowsOf(...records);
  if (row === undefined) throw new Error('no row');
  return row;
}

describe('joining the two records of a request', () => {
  test('decided and finished of one Audit-ID are one row, at the place of the decision', () => {
    const rows = rowsOf(decided(1, 'a'), decided(2, 'b'), finished(3, 'a'));
    expect(rows.map((row) => row.key)).toEqual(['b', 'a']);
    expect(rows[1]).toMatchObject({ kind: 'request', finished: { status: 200 } });
  });

  test('it does not matter in which order they become known', () => {
    const records = [finished(3, 'a'), decided(1, 'a')];
    expect(rowsOf(...records)).toEqual(rowsOf(...[...records].reverse()));
  });

  test('an end whose decision is older than what was read is left out until that is read', () => {
    const known = addRecords(new Map(), [finished(9, 'a')], 10);
    expect(joinRecords(known)).toEqual([]);
    expect(joinRecords(addRecords(known, [decided(1, 'a')], 10))).toHaveLength(1);
  });

  test('what the gateway read itself belongs to the row of its request, in order, and is found by name', () => {
    const rows = rowsOf(ownRead(3, 'a', 'api'), ownRead(2, 'a', 'db'), decided(1, 'a'), ownRead(9, 'unknown', 'x'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ ownReads: [{ reads: [{ name: 'db' }] }, { reads: [{ name: 'api' }] }] });
    expect(filterRows(rows, { text: 'api', outcome: null, cluster: null })).toHaveLength(1);
  });

  function ownRead(seq: number, auditId: string, name: string): JournalRecord {
    const own = { credential: 'admin', cluster: 'c', resource: 'secrets', namespace: 'shop', effective: null } as const;
    return { ...stampOf(seq), type: 'own-read', auditId, ...own, reads: [{ name, auditId: `of-${name}` }] };
  }

  test('a record that comes twice (read and live) is one', () => {
    const known = addRecords(new Map(), [decided(1, 'a')], 10);
    expect(addRecords(known, [decided(1, 'a')], 10).size).toBe(1);
  });

  test('above the limit the oldest go', () => {
    const known = addRecords(new Map(), [decided(1, 'a'), decided(2, 'b'), decided(3, 'c')], 2);
    expect([...known.keys()].sort()).toEqual([2, 3]);
  });
});

describe('approvals among the rows', () => {
  const approval = { id: 'p-1', code: 'K7QD', state: 'APPROVED', by: 'local:mira', waitedMs: 2_000 };
  const asked = decided(4, 'a', { approval }, { outcome: 'requireApproval' });

  test('what was written about an approval belongs to the row of the request that it was for', () => {
    const rows = rowsOf(written(2, 'APPROVED'), written(1, 'PENDING'), written(3, 'GRANT_CONSUMED'), asked);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'request' });
    expect(rows[0]?.kind === 'request' && rows[0].trail.map(({ state }) => state)).toEqual([
      'PENDING',
      'APPROVED',
      'GRANT_CONSUMED',
    ]);
  });

  test('one that waits is a row of its own, in its present state, named after its request where that is known', () => {
    const row = only(written(1, 'PENDING'));
    expect(rowOutcome(row, NOW).word).toBe('Waiting');
    expect(rowLine(row)).toBe('request K7QD');
    const known = { ...waitingImpersonation(new Date(NOW)), id: 'p-1' };
    expect(rowLine(row, [known])).toBe('list pods in shop');
    expect(rowOutcome(only(written(1, 'PENDING'), written(2, 'EXPIRED')), NOW).word).toBe('Expired');
  });

  function written(seq: number, state: string): JournalRecord {
    const { id: approvalId, code, by } = approval;
    return { ...stampOf(seq), type: 'approval', approvalId, code, state, by, comment: null, intentDigest: '' };
  }
});

describe('what became of a request', () => {
  test.each([
    ['an allowed one', decided(1, 'a'), finished(2, 'a'), 'Allowed'],
    ['one that the API server refused', decided(1, 'a'), finished(2, 'a', { status: 409 }), 'Failed'],
    ['one that policy denied', decided(1, 'a', {}, { outcome: 'deny' }), finished(2, 'a', { status: 403 }), 'Denied'],
    ['one that a person approved', decided(1, 'a', {}, { outcome: 'requireApproval' }), finished(2, 'a'), 'Approved'],
    [
      'one that a person denied: the gateway answered',
      decided(1, 'a', {}, { outcome: 'requireApproval' }),
      finished(2, 'a', { status: 403, code: 'approval-denied' }),
      'Denied',
    ],
    [
      'one that the gateway could not run',
      decided(1, 'a'),
      finished(2, 'a', { status: 502, code: 'upstream-unreachable' }),
      'Not run',
    ],
    ['one whose client went away', decided(1, 'a'), finished(2, 'a', { status: 0 }), 'Client left'],
  ])('%s', (_name, start, end, word) => {
    expect(rowOutcome(only(start, end), NOW).word).toBe(word);
  });

  test('without an end it is running while young, and of unknown outcome later', () => {
    const row = only(decided(1, 'a'));
    expect(rowOutcome(row, NOW + 5_000).word).toBe('Running');
    expect(rowOutcome(row, NOW + 120_000).word).toBe('Outcome unknown');
  });

  test('a watch or an upgrade may run for hours', () => {
    const watch = only(decided(1, 'a', { request: { ...decidedBase.request, verb: 'watch' } }));
    expect(rowOutcome(watch, NOW + 3_600_000).word).toBe('Running');
  });
});

describe('filtering', () => {
  const shop = decided(1, 'a', { cluster: 'demo' });
  const production = decided(2, 'b', { cluster: 'prod' }, { outcome: 'deny', message: 'never on Fridays' });
  const started: JournalRecord = { ...stampOf(3), type: 'gateway', event: 'started', detail: '' };
  const rows = rowsOf(shop, production, started);
  const keys = (filter: Partial<Parameters<typeof filterRows>[1]>) =>
    filterRows(rows, { text: '', outcome: null, cluster: null, ...filter }).map((row) => row.key);

  test('by outcome, which leaves out what is no request', () => expect(keys({ outcome: 'deny' })).toEqual(['b']));
  test('by cluster', () => expect(keys({ cluster: 'demo' })).toEqual(['a']));
  test('by text: each word, anywhere, in any case', () => expect(keys({ text: 'FRIDAYS prod' })).toEqual(['b']));
  test('nothing typed shows all', () => expect(keys({})).toHaveLength(3));
});

test('refused connections are one line with their counts', () => {
  const counted: JournalRecord = {
    ...stampOf(1),
    type: 'refused',
    from: '',
    to: '',
    counts: { 'foreign-host': 3, 'client-certificate-required': 41 },
  };
  expect(rowLine(only(counted))).toBe('foreign-host × 3, client-certificate-required × 41');
});

test('an event of the gateway is said in words, with digests short', () => {
  const digest = 'ab64795c'.padEnd(64, '0');
  const event = { ...stampOf(1), type: 'gateway', event: 'started', detail: `policy loaded ${digest}` } as const;
  expect(rowLine(only(event))).toBe('gateway started: policy ab64795c');
});

function stampOf(seq: number) {
  return { v: 1, seq, time: new Date(NOW + seq).toISOString(), prev: '', hash: '' } as const;
}
