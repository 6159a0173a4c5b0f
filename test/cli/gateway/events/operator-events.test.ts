import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OperatorEvent } from '../../../../cli/gateway/events/operator-event.ts';
import { OperatorEvents } from '../../../../cli/gateway/events/operator-events.ts';
import { lineOf } from '../../../../cli/gateway/log/event-lines.ts';
import type { JournalRecord } from '../../../../model/journal-record.ts';
import { anApproval, aStream, decided, finished, stamped, watched } from './happenings.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function listening() {
  const heard: OperatorEvent[] = [];
  const error = vi.fn();
  const log = { info: vi.fn(), warn: vi.fn(), error };
  const events = new OperatorEvents((event) => heard.push(event), log);
  const gateway = watched();
  const leave = events.follow(gateway);
  const records = (...all: readonly JournalRecord[]) => {
    for (const record of all) events.sink(record);
  };
  return { heard, gateway, records, leave, lines: () => heard.map(lineOf) };
}

describe('an approval', () => {
  it('is asked once, however often it changes while it waits, and decided once', () => {
    const { heard, gateway, lines } = listening();
    const asked = anApproval();
    gateway.tell('approval', asked);
    gateway.tell('approval', { ...asked, held: true });
    gateway.tell('approval', { ...asked, held: false });
    const review = { by: 'local:ada', verdict: 'approve', comment: 'fine', at: '2026-12-01T10:00:42.000Z' } as const;
    const approved = { ...asked, state: 'APPROVED', review } as const;
    gateway.tell('approval', approved);
    gateway.tell('approval', { ...approved, grant: { state: 'CONSUMED', expiresAt: asked.expiresAt } });
    expect(heard.map(({ kind }) => kind)).toEqual(['approval-asked', 'approval-decided']);
    expect(lines()).toMatchObject([
      {
        level: 'info',
        fields: { code: '7F3K', request: 'delete namespace shop', who: 'local:ada', rules: ['confirm/namespaces'] },
      },
      { level: 'info', fields: { verdict: 'approve', by: 'local:ada', comment: 'fine', afterSeconds: 42 } },
    ]);
  });

  it.each([
    ['EXPIRED', undefined, 'nobody decided in time'],
    ['SUPERSEDED', undefined, 'another policy is in force'],
    ['CANCELLED', undefined, 'the gateway stops'],
    ['CANCELLED', 'its session asks too much', 'its session asks too much'],
  ] as const)('that is %s ended without a decision', (state, endReason, why) => {
    const { gateway, lines } = listening();
    const asked = anApproval();
    gateway.tell('approval', asked);
    gateway.tell('approval', { ...asked, state, ...(endReason === undefined ? {} : { endReason }) });
    expect(lines()[1]).toMatchObject({ fields: { event: 'approval-ended', why } });
  });

  it('has nothing of its body in the log', () => {
    const { gateway, lines } = listening();
    gateway.tell('approval', anApproval({ bodyPreview: 'password: canary' }));
    expect(JSON.stringify(lines())).not.toContain('canary');
  });
});

describe('a request', () => {
  it('that went well is no event', () => {
    const { heard, records } = listening();
    records(
      decided('1', 'allow'),
      finished('1', { status: 200 }),
      decided('2', 'allow'),
      finished('2', { status: 404 }),
    );
    expect(heard).toEqual([]);
  });

  it.each([
    ['denied by policy', 'deny', 'denied-by-policy', 403, 'info', 'request-denied'],
    ['that cannot be read', 'refused', 'target-not-canonical', 400, 'info', 'request-refused'],
    ['that the gateway failed at', 'allow', 'internal-error', 500, 'warn', 'request-refused'],
    ['that the outage of a cluster took', 'allow', 'upstream-unreachable', 503, 'debug', 'request-refused'],
    ['that the stop of the gateway took', 'allow', 'gateway-stopping', 503, 'info', 'request-refused'],
  ] as const)('%s is a line', (_what, outcome, code, status, level, event) => {
    const { records, lines } = listening();
    records(decided('1', outcome), finished('1', { status, code }));
    expect(lines()).toMatchObject([
      { level, fields: { event, code, status, request: 'get pod shop/web', who: 'local:ada' } },
    ]);
  });

  it('that a person decided about has its line already', () => {
    const { records, lines } = listening();
    records(decided('1', 'requireApproval'), finished('1', { status: 403, code: 'approval-denied' }));
    expect(lines()).toEqual([null]);
  });
});

describe('a stream', () => {
  it('is told at its end with what it came to', () => {
    const { gateway, records, lines } = listening();
    gateway.streamsAre(aStream('s'));
    gateway.streamsAre();
    const stream = { transport: 'websocket', exitCode: 3, redactedValues: 0, recording: null };
    records(decided('s', 'allow'), finished('s', { status: 101, durationMs: 4_200, stream, ended: 'client' }));
    expect(lines()[1]).toMatchObject({
      level: 'info',
      fields: { event: 'stream-ended', kind: 'exec', target: 'pods/web', who: 'local:ada', seconds: 4.2, exitCode: 3 },
    });
  });

  it('says who ended it and why', () => {
    const { gateway, records, lines } = listening();
    gateway.streamsAre(aStream('s'));
    const told = 'Gatehouse: this stream was ended by local:ada: lunch';
    const stream = { transport: 'websocket', redactedValues: 0, recording: null, told };
    records(finished('s', { status: 101, code: 'stream-ended', ended: 'ended-by-person', stream }));
    expect(lines()[1]).toMatchObject({ fields: { ended: 'ended-by-person', told } });
  });

  it('ends in the log where the journal never says so', () => {
    const { gateway, heard } = listening();
    gateway.streamsAre(aStream('s'));
    gateway.streamsAre();
    vi.advanceTimersByTime(5_000);
    expect(heard).toMatchObject([{ kind: 'stream-began' }, { kind: 'stream-ended', finished: null }]);
  });

  it('that is a watch ends in silence, unless somebody ended it', () => {
    const { gateway, records, lines } = listening();
    gateway.streamsAre(aStream('w', 'watch'), aStream('x', 'watch'));
    records(finished('w', { status: 200 }), finished('x', { status: 200, code: 'stream-ended' }));
    expect(lines().map((line) => line?.level)).toEqual(['debug', 'debug', 'debug', 'info']);
  });
});

it('a change of the policy that waits is told once, from the start on', () => {
  const { heard, gateway } = listening();
  gateway.waits('d1');
  gateway.waits('d1');
  gateway.waits('d2');
  gateway.waits(null);
  gateway.waits('d1');
  expect(heard).toMatchObject(['d1', 'd2', 'd1'].map((digest) => ({ kind: 'policy-waits', change: { digest } })));
});

it.each([
  ['journal-trimmed', 'journal'],
  ['recordings-trimmed', 'recordings'],
] as const)('%s is an event', (event, of) => {
  const { heard, records } = listening();
  records(stamped({ type: 'gateway', event, detail: '3 files' }));
  expect(heard).toEqual([{ kind: 'retention-removed', of, detail: '3 files' }]);
});

it('who only knocks is counted', () => {
  const { lines, records } = listening();
  const counts = { 'client-certificate-required': 12 };
  records(stamped({ type: 'refused', from: 'a', to: 'b', counts }));
  expect(lines()).toMatchObject([{ level: 'info', fields: { event: 'connections-refused', counts } }]);
});

it('a listener that fails is said in the log, and holds nothing up', () => {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const events = new OperatorEvents(() => {
    throw new Error('a bug of ours');
  }, log);
  expect(() => events.sink(stamped({ type: 'refused', from: 'a', to: 'b', counts: {} }))).not.toThrow();
  expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ event: 'listener-failed' }), expect.any(String));
});
