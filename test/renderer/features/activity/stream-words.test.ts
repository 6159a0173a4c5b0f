import { describe, expect, test } from 'vitest';
import type { FinishedRecord } from '../../../../model/journal-record.ts';
import {
  cutWord,
  endedWords,
  lossWords,
  portLines,
  secretsRead,
  statusWord,
  streamLine,
  toldWords,
  unreadLines,
} from '../../../../renderer/features/activity/stream-words.ts';
import { streams } from '../../bridge-data.ts';

const [exec] = streams;
if (exec === undefined) throw new Error('no sample');

const finished = (fields: Partial<FinishedRecord>): FinishedRecord => ({
  ...{ type: 'finished', auditId: 'a', status: 101, code: null, bytesToClient: 0, bytesFromClient: 0 },
  ...{ maskedValues: 0, durationMs: 1, upstreamMs: 1, ended: null },
  ...fields,
});
const outcome = { transport: 'websocket v5.channel.k8s.io', redactedValues: 0, recording: null };

describe('an open stream', () => {
  test.each([
    [{}, 'exec into pod shop/api-5d9f'],
    [{ kind: 'attach' }, 'attach to pod shop/api-5d9f'],
    [{ kind: 'portforward' }, 'port-forward to pod shop/api-5d9f'],
    [{ kind: 'watch', target: 'nodes', namespace: '' }, 'watch nodes'],
  ] as const)('%j is called %s', (fields, line) => {
    expect(streamLine({ ...exec, ...fields })).toBe(line);
  });

  test('says what is lost when it is ended', () => {
    expect(lossWords(exec)).toContain('not saved');
    expect(lossWords({ ...exec, kind: 'portforward' })).toContain('connection');
  });
});

describe('a stream that is over', () => {
  test.each([
    ['it ended by itself', { ended: 'client' }, null],
    ['nothing ran', { code: 'denied-by-policy' }, null],
    ['a person ended it', { code: 'stream-ended', ended: 'ended-by-person' }, 'Ended early'],
    ['its time was over', { code: 'stream-time-limit', ended: 'time-limit' }, 'Time limit'],
    ['its recording failed', { code: 'recording-unavailable', ended: 'recorder-failed' }, 'Cut off'],
  ] as const)('says where the gateway ended it: %s', (_what, fields, word) => {
    expect(cutWord(finished(fields))).toBe(word);
  });

  test('has the exit code of its command, and the status where there is none', () => {
    expect(statusWord(finished({ stream: { ...outcome, exitCode: 0 } }))).toBe('exit 0');
    expect(statusWord(finished({ stream: { ...outcome, exitCode: null } }))).toBe('101');
    expect(statusWord(finished({ status: 200 }))).toBe('200');
  });

  test('says why it ended, and leaves a word it does not know', () => {
    expect(endedWords(finished({ ended: 'upstream-broke' }))).toBe('the connection to the cluster broke');
    expect(endedWords(finished({ ended: 'something-new' }))).toBe('something-new');
    expect(endedWords(finished({ ended: 'client' }))).toBe('by the client');
    expect(endedWords(finished({ ended: 'client', stream: { ...outcome, exitCode: 3 } }))).toContain('through');
    expect(endedWords(finished({}))).toBeNull();
    expect(toldWords({ ...outcome, told: 'Gatehouse: this stream was ended by local:ada' })).toBe(
      'this stream was ended by local:ada',
    );
    expect(toldWords(outcome)).toBeNull();
  });

  test('counts what passed each forwarded port', () => {
    const ports = [{ port: 8080, connections: 1, bytesIn: 100, bytesOut: 2048 }];
    expect(portLines({ ...outcome, ports })).toEqual(['8080: 1 connection, 100 B in, 2.0 KiB out']);
  });
});

describe('Secrets of a pod that was shown', () => {
  const own = { type: 'own-read', auditId: 'a', credential: 'admin', cluster: 'c', resource: 'secrets' } as const;
  const read = (...names: readonly string[]) => ({
    ...{ ...own, namespace: 'shop', effective: null },
    reads: names.map((name) => ({ name, auditId: name })),
  });

  test('are each named once, though some were read as two', () => {
    expect(secretsRead([read('api', 'db'), read('db')])).toBe('api, db');
  });

  test('that could not be read are named with the reason', () => {
    const unread = [
      { resource: 'secrets', name: 'db', why: 'forbidden' },
      { resource: 'pods', name: 'web', why: 'not-found' },
      { resource: 'secrets', name: 'last', why: 'too-many' },
      { resource: 'secrets', name: 'bundle', why: 'too-large' },
    ] as const;
    expect(unreadLines(finished({ unread }))).toEqual([
      'Secret db: the cluster does not let Gatehouse read it',
      'Pod web: it was not there',
      'Secret last: the pod has more Secrets than are read',
      'Secret bundle: the pod has more in its Secrets than is looked for',
    ]);
    expect(unreadLines(finished({}))).toEqual([]);
  });
});
