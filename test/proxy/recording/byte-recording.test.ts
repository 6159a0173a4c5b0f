import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ByteRecording, readByteRecording, recoverByteRecordings } from '../../../proxy/recording/byte-recording.ts';
import { recoverSessions } from '../../../proxy/recording/recover-sessions.ts';
import { recordStream } from '../../../proxy/recording/stream-recorder.ts';

const SUBJECT = {
  ...{ id: 'a1', principal: 'local:ada', cluster: 'prod', clusterName: 'prod', namespace: 'shop', session: 's' },
  stream: {
    kind: 'exec' as const,
    ...{ pod: 'web', container: '', command: ['cat', 'f'], transport: 'websocket' },
    ...{ kubectlSession: null, userAgent: 'kubectl' },
  },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-recording-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A clock that a test moves. */
function clock() {
  let now = 1_700_000_000_000;
  return {
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

function begin(id = 'a1', now = clock().now) {
  return new ByteRecording({ folder: join(folder, 'sessions'), id, subject: SUBJECT, now, onProblem: vi.fn() });
}

const file = (id = 'a1') => join(folder, 'sessions', `${id}.jsonl`);

describe('a recording of bytes', () => {
  it('keeps every byte with its time, its flow and its direction, and says whose it is', async () => {
    const time = clock();
    const recording = begin('a1', time.now);
    const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    time.pass(100);
    recording.bytes({ dir: 'in', stream: 'stdin' }, Buffer.from('typed'));
    recording.bytes({ dir: 'out', stream: 'stdout' }, binary);
    time.pass(1000);
    recording.event('resize', { columns: 80, rows: 24 });
    recording.close({ end: 'exit', exitCode: 3, reason: null });
    expect(await readByteRecording(file())).toEqual({
      startedAt: '2023-11-14T22:13:20.000Z',
      subject: SUBJECT,
      records: [
        { t: 0.1, dir: 'in', stream: 'stdin', bytes: Buffer.from('typed').toString('base64') },
        { t: 0.1, dir: 'out', stream: 'stdout', bytes: binary.toString('base64') },
        { t: 1.1, event: 'resize', columns: 80, rows: 24 },
      ],
      end: { end: 'exit', exitCode: 3, reason: null, durationMs: 1100 },
    });
  });

  it('keeps the bytes as they came, whatever becomes of their buffer', async () => {
    const recording = begin();
    const buffer = Buffer.from('as it came');
    recording.bytes({ dir: 'out', stream: 'stdout' }, buffer);
    buffer.fill('x');
    recording.close({ end: 'exit', exitCode: 0, reason: null });
    const bytes = Buffer.from('as it came').toString('base64');
    expect((await readByteRecording(file())).records).toEqual([{ t: 0, dir: 'out', stream: 'stdout', bytes }]);
  });

  it('is for its owner alone', async () => {
    begin().close({ end: 'exit', exitCode: 0, reason: null });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'sessions'))).mode & 0o777).toBe(0o700);
  });

  it('is never written over', () => {
    begin().close({ end: 'exit', exitCode: 0, reason: null });
    expect(() => begin()).toThrow(/EEXIST/);
  });

  it('leaves nothing behind where its stream never began', async () => {
    begin().discard();
    await expect(stat(file())).rejects.toThrow(/ENOENT/);
  });

  it('costs no more than itself where a line is damaged', async () => {
    const recording = begin();
    recording.event('open', { connection: 1, port: 80 });
    recording.close({ end: 'exit', exitCode: null, reason: null });
    const [first = '', ...rest] = (await readFile(file(), 'utf8')).split('\n');
    await writeFile(file(), [first, '{"t":', ...rest].join('\n'));
    expect((await readByteRecording(file())).records).toEqual([{ t: 0, event: 'open', connection: 1, port: 80 }]);
  });

  it('case 28: after kill -9 is cut to its last whole line and ended; one that is damaged stops no other', async () => {
    for (const id of ['cut', 'whole', 'long']) {
      const recording = begin(id);
      recording.bytes({ dir: 'out', stream: 'stdout' }, Buffer.from('kept'));
      recording.event('resize', { columns: 80, rows: 24 });
      if (id === 'long') recording.bytes({ dir: 'out', stream: 'stdout' }, Buffer.alloc(48 * 1024, 'x'));
      if (id === 'whole') recording.close({ end: 'exit', exitCode: 0, reason: null });
    }
    await appendFile(file('cut'), '{"t":1.5,"dir":"out","stream":"stdout","byt');
    await truncate(file('long'), (await stat(file('long'))).size - 7);
    await writeFile(file('empty'), '');
    const whole = await readFile(file('whole'), 'utf8');
    expect((await recoverByteRecordings(join(folder, 'sessions'))).sort()).toEqual([file('cut'), file('long')]);
    for (const id of ['cut', 'long']) {
      const { records, end } = await readByteRecording(file(id));
      expect(records).toHaveLength(2);
      expect(end).toMatchObject({ end: 'crash', exitCode: null });
    }
    expect(await readFile(file('whole'), 'utf8')).toBe(whole);
    expect(await recoverByteRecordings(join(folder, 'sessions'))).toEqual([]);
  });

  it('has nothing to recover where there is no folder yet', async () => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await recoverSessions(join(folder, 'nowhere'), log);
    expect(log.error).not.toHaveBeenCalled();
  });
});

describe('the recorder of a stream', () => {
  const recorder = (requirement: { level: 'metadata' | 'full'; required: boolean; input: boolean }) =>
    recordStream({
      ...{ folder: join(folder, 'sessions'), id: 'a1', subject: SUBJECT, tty: false, requirement },
      ...{ now: clock().now, onProblem: vi.fn() },
    });

  it('keeps no byte where policy asks for metadata', async () => {
    const recording = recorder({ level: 'metadata', required: true, input: true });
    recording.tap.output('stdout', Buffer.from('a secret'));
    recording.tap.input(Buffer.from('typed'));
    recording.tap.connection({ event: 'open', connection: 0, port: 80 });
    recording.tap.data(0, 'out', Buffer.from('bytes'));
    recording.close({ exitCode: 0, reason: null });
    expect((await readByteRecording(file())).records).toEqual([{ t: 0, event: 'open', connection: 0, port: 80 }]);
  });

  it.each([
    ['only where input is on', false, []],
    ['as far as it was echoed', true, ['l', 's']],
  ])('keeps what was typed at a terminal %s', async (_, input, expected) => {
    const requirement = { level: 'full' as const, required: true, input };
    const recording = recordStream({
      ...{ folder: join(folder, 'sessions'), id: 'a1', subject: SUBJECT, tty: true, requirement },
      ...{ now: clock().now, onProblem: vi.fn() },
    });
    for (const character of ['l', 's']) {
      recording.tap.input(Buffer.from(character));
      recording.tap.output('stdout', Buffer.from(character));
    }
    recording.close({ exitCode: 0, reason: null });
    const [, ...events] = (await readFile(join(folder, 'sessions', 'a1.cast'), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('[') || line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const of = (code: string) => events.filter((event) => event[1] === code).map((event) => event[2]);
    expect(of('i')).toEqual(expected);
    expect(of('o').join('')).toBe('ls');
  });

  it('keeps the beginning of each forwarded connection, and what was sent only where input is on', async () => {
    const recording = recorder({ level: 'full', required: true, input: false });
    recording.tap.data(0, 'in', Buffer.from('GET /'));
    for (let index = 0; index < 10; index += 1) recording.tap.data(0, 'out', Buffer.alloc(1000, 'x'));
    recording.tap.data(1, 'out', Buffer.from('another'));
    recording.close({ exitCode: null, reason: 'ended' });
    const { records, end } = await readByteRecording(file());
    const sizes = records.map((record) => ('bytes' in record ? Buffer.from(record.bytes, 'base64').length : 0));
    expect(sizes).toEqual([4096, 7]);
    expect(end).toMatchObject({ end: 'closed', reason: 'ended' });
  });
});
