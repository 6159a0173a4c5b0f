import { expect, test } from 'vitest';
import { RequestCounts } from '../../../cli/health/request-counts.ts';
import type { JournalRecord } from '../../../model/journal-record.ts';

let seq = 0;
const record = (entry: object): JournalRecord =>
  ({ v: 1, seq: ++seq, time: '2026-03-01T10:00:00.000Z', prev: '', hash: '', ...entry }) as unknown as JournalRecord;
const decided = (auditId: string, request: object = {}, outcome = 'allow', approval: object | null = null) =>
  record({
    type: 'decided',
    auditId,
    request: { verb: 'get', policyVerb: 'get', subresource: '', upgrade: null, ...request },
    decision: { outcome, code: null },
    approval,
  });
const finished = (auditId: string, more: object = {}) =>
  record({
    ...{ type: 'finished', auditId, status: 200, code: null, bytesToClient: 10, bytesFromClient: 1 },
    ...{ maskedValues: 0, durationMs: 30, upstreamMs: 20, ended: null, ...more },
  });

test('requests by verb, outcome and class of status, when they end', () => {
  const counts = new RequestCounts();
  counts.record(decided('a'));
  expect([...counts.requests]).toEqual([]);
  counts.record(finished('a', { maskedValues: 3 }));
  counts.record(decided('b', { policyVerb: 'delete', verb: 'delete' }, 'deny'));
  counts.record(finished('b', { status: 403, code: 'denied-by-policy', upstreamMs: null }));
  counts.record(decided('c', { policyVerb: 'exec', verb: 'create', upgrade: 'websocket' }));
  counts.record(finished('c', { status: 101, durationMs: 60_000, stream: { redactedValues: 2 } }));
  counts.record(decided('d', { policyVerb: 'list', verb: 'list' }));
  counts.record(finished('d', { status: 0 }));
  expect(Object.fromEntries(counts.requests)).toEqual({
    'get allow 2xx': 1,
    'delete deny 4xx': 1,
    'exec allow 1xx': 1,
    'list allow gone': 1,
  });
  expect(Object.fromEntries(counts.refusals)).toEqual({ 'denied-by-policy': 1 });
  expect(counts).toMatchObject({ maskedValues: 3, redactedValues: 2, bytesToClients: 40, bytesFromClients: 4 });
  // The stream is in no histogram: it lasts as long as somebody types.
  expect(counts.duration.count).toBe(3);
});

test('what Gatehouse adds is neither the time of the API server nor that of a person', () => {
  const counts = new RequestCounts();
  const approval = { id: 'x', code: '7F3K', state: 'APPROVED', by: 'ana', waitedMs: 4_000 };
  counts.record(decided('a', {}, 'requireApproval', approval));
  counts.record(finished('a', { durationMs: 4_500, upstreamMs: 300 }));
  expect(counts.overhead.sum).toBeCloseTo(0.2);
  expect(counts.duration.sum).toBeCloseTo(4.5);
  expect(counts.held).toMatchObject({ sum: 4, count: 1 });
});

test('words that a client makes up are no labels', () => {
  const counts = new RequestCounts();
  for (let index = 0; index < 100; index++) {
    counts.record(decided(`${index}`, { policyVerb: `made-up-${index}` }));
    counts.record(finished(`${index}`));
  }
  expect(Object.fromEntries(counts.requests)).toEqual({ 'other allow 2xx': 100 });
});

test('requests whose end is never written take no memory without end', () => {
  const counts = new RequestCounts();
  for (let index = 0; index < 20_001; index++) counts.record(decided(`${index}`));
  counts.record(finished('0'));
  counts.record(finished('1'));
  expect(Object.fromEntries(counts.requests)).toEqual({ 'other unknown 2xx': 1, 'get allow 2xx': 1 });
});

test('approvals, refused connections and records', () => {
  const counts = new RequestCounts();
  counts.record(record({ type: 'approval', state: 'PENDING' }));
  counts.record(record({ type: 'approval', state: 'APPROVED' }));
  counts.record(record({ type: 'refused', counts: { 'foreign-host': 3 } }));
  counts.record(record({ type: 'refused', counts: { 'foreign-host': 2, 'head-too-large': 1 } }));
  expect(Object.fromEntries(counts.approvals)).toEqual({ pending: 1, approved: 1 });
  expect(Object.fromEntries(counts.refusedConnections)).toEqual({ 'foreign-host': 5, 'head-too-large': 1 });
  expect(Object.fromEntries(counts.records)).toEqual({ approval: 2, refused: 2 });
});
