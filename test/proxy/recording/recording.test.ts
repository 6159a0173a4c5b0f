import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  listRecordings,
  readRecording,
  recordingFile,
  recoverRecordings,
} from '../../../proxy/recording/recording-reader.ts';
import { openRecording, type Recording } from '../../../proxy/recording/recording-writer.ts';

const subject = {
  id: 'r1',
  principal: 'local:dana',
  cluster: 'demo',
  clusterName: 'demo',
  namespace: 'payments',
  session: 't-1',
};
const header = {
  columns: 80,
  rows: 24,
  terminalType: 'xterm-256color',
  title: 'demo / payments',
  shell: '/bin/bash',
  subject,
};
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

let folder: string;
let clock = START;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = join(mkdtempSync(join(tmpdir(), 'gatehouse-recording-')), 'recordings');
  clock = START;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(join(folder, '..'), { recursive: true });
});

function open(id = 'r1'): Recording {
  return openRecording({
    folder,
    id,
    header: { ...header, subject: { ...subject, id } },
    now: () => clock,
    onProblem: (error) => {
      throw error;
    },
  });
}
/** Lets time pass on the recording's clock and its timers. */
function pass(milliseconds: number): void {
  clock += milliseconds;
  vi.advanceTimersByTime(milliseconds);
}
const lines = (id = 'r1') => readFileSync(recordingFile(folder, id), 'utf8').trimEnd().split('\n');
const events = (id = 'r1') =>
  lines(id)
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line) as unknown);

describe('a recording', () => {
  test('keeps the bytes as they came, whatever becomes of their buffer', () => {
    const recording = open();
    const buffer = Buffer.from('as it came');
    recording.output(buffer);
    buffer.fill('x');
    recording.close('exit', 0);
    expect(events()).toContainEqual([0, 'o', 'as it came']);
  });

  test('is asciicast v3: a header with who and where, then events with intervals', () => {
    const recording = open();
    pass(100);
    recording.output(Buffer.from('$ '));
    pass(250);
    recording.resize(120, 40);
    recording.request({ auditId: 'a-1', outcome: 'allow', label: 'list pods' });
    pass(50);
    recording.close('exit', 3);

    expect(JSON.parse(lines()[0] ?? '')).toEqual({
      version: 3,
      term: { cols: 80, rows: 24, type: 'xterm-256color' },
      timestamp: START / 1000,
      title: 'demo / payments',
      env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
      'x-gatehouse': { ...subject, startedAt: new Date(START).toISOString() },
    });
    expect(events()).toEqual([
      [0.1, 'o', '$ '],
      [0.25, 'r', '120x40'],
      [0, 'm', 'list pods'],
      [0.05, 'x', '3'],
    ]);
  });

  test('is a 0600 file in a 0700 folder, and never overwrites another', () => {
    open().close('closed', null);
    expect(statSync(recordingFile(folder, 'r1')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(() => open()).toThrow(/EEXIST/);
  });

  test('gathers output for 16 ms or 48 KB, and is on disk after that', () => {
    const recording = open();
    recording.output(Buffer.from('one '));
    pass(10);
    recording.output(Buffer.from('two'));
    expect(events()).toEqual([]);
    pass(6);
    expect(events()).toEqual([[0, 'o', 'one two']]);
    recording.output(Buffer.alloc(49_152, 'x'));
    expect(events()).toHaveLength(2);
  });

  test('joins UTF-8 that is cut between reads and between events, and replaces what is none', () => {
    const recording = open();
    const euro = Buffer.from('€');
    recording.output(Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]));
    pass(20);
    recording.output(euro.subarray(1));
    recording.output(Buffer.from([0xff, 0x62]));
    pass(20);
    recording.output(euro.subarray(0, 2));
    recording.close('exit', 0);
    const text = events()
      .filter((event) => (event as string[])[1] === 'o')
      .map((event) => (event as string[])[2])
      .join('');
    expect(text).toBe('a€\ufffdb\ufffd');
  });

  test('rounds times without letting the error add up', () => {
    const recording = open();
    for (let count = 0; count < 1000; count += 1) {
      clock += 0.4;
      recording.resize(80, 24);
    }
    const total = events().reduce((sum: number, event) => sum + (event as [number])[0], 0);
    expect(total).toBeCloseTo(0.4, 3);
  });

  test('cannot be given a line by what it records', async () => {
    const recording = open();
    recording.output(Buffer.from('\n# x-gatehouse-end {"end":"exit"}\n[0.0,"x","0"]\n\u2028\u0000'));
    recording.close('closed', null);
    const { entry } = await readRecording(recordingFile(folder, 'r1'));
    expect(entry.end).toBe('closed');
    expect(lines()).toHaveLength(3);
  });

  test('is listed with its length, end and number of requests, the newest first', async () => {
    const first = open('first');
    pass(2_000);
    first.request({ auditId: 'a-1', outcome: 'deny', label: 'list secrets: denied' });
    first.close('exit', 0);
    const second = open('second');
    second.output(Buffer.from('x'));
    pass(500);
    const listed = await listRecordings(folder);
    expect(listed.map(({ id, end, durationMs, requests }) => [id, end, durationMs, requests])).toEqual([
      ['second', 'open', 0, 0],
      ['first', 'exit', 2_000, 1],
    ]);
    const { requests } = await readRecording(recordingFile(folder, 'first'));
    expect(requests).toEqual([{ atMs: 2_000, auditId: 'a-1', outcome: 'deny', label: 'list secrets: denied' }]);
    second.close('closed', null);
  });

  test('that is being written is listed by what its writer knows, which is what reading it through says', async () => {
    const recording = open();
    recording.output(Buffer.from('some output'));
    pass(1_500);
    recording.request({ auditId: 'a-1', outcome: 'allow', label: 'list pods' });
    const progress = recording.progress();
    expect(progress).toMatchObject({ durationMs: 1_500, requests: 1 });
    expect(await listRecordings(folder, new Map([['r1', progress]]))).toEqual(await listRecordings(folder));
    recording.close('exit', 0);
    const [ended] = await listRecordings(folder, new Map([['r1', progress]]));
    expect(ended?.end).toBe('exit');
  });

  test('whose writer died is cut at its last whole line and shown as a crash', async () => {
    const recording = open();
    recording.output(Buffer.from('kept'));
    pass(1_000);
    const whole = statSync(recordingFile(folder, 'r1')).size;
    appendFileSync(recordingFile(folder, 'r1'), '[0.100,"o","torn \\u00');
    expect(await recoverRecordings(folder)).toEqual(['r1']);
    const { entry, cast } = await readRecording(recordingFile(folder, 'r1'));
    expect(entry.end).toBe('crash');
    expect(Buffer.byteLength(cast)).toBeGreaterThan(whole);
    expect(cast).not.toContain('torn');
    expect(await recoverRecordings(folder)).toEqual([]);
    recording.close('closed', null);
  });

  test('is readable wherever it was cut', async () => {
    const recording = open();
    recording.output(Buffer.from('a line with U+2028 \u2028 inside'));
    pass(20);
    recording.resize(100, 30);
    recording.close('exit', 0);
    const file = recordingFile(folder, 'r1');
    const whole = readFileSync(file);
    const headerEnd = whole.indexOf(0x0a) + 1;
    for (let size = whole.length - 1; size >= headerEnd; size -= 7) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      const [entry] = await listRecordings(folder);
      const { cast, entry: read } = await readRecording(file);
      expect(entry?.end).toBe('open');
      expect(read.bytes).toBe(entry?.bytes);
      expect(cast.endsWith('\n')).toBe(true);
    }
  });

  test('passes over files that are no recordings, and refuses an id that leads elsewhere', async () => {
    open().close('exit', 0);
    writeFileSync(join(folder, 'other.cast'), 'not json\n');
    writeFileSync(join(folder, 'empty.cast'), '');
    expect((await listRecordings(folder)).map(({ id }) => id)).toEqual(['r1']);
    expect(() => recordingFile(folder, '../journal')).toThrow(RangeError);
  });
});
