import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteRecordingOf, listKept, readKept } from '../../../main/terminal-host/kept-recordings.ts';
import type { RecordedStream } from '../../../proxy/recording/asciicast.ts';
import { openRecording } from '../../../proxy/recording/recording-writer.ts';
import { recordStream } from '../../../proxy/recording/stream-recorder.ts';

let root: string;
let folders: { readonly recordings: string; readonly sessions: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-kept-'));
  folders = { recordings: join(root, 'recordings'), sessions: join(root, 'sessions') };
});
afterEach(() => rmSync(root, { recursive: true }));

const START = Date.UTC(2026, 0, 1);
const subject = {
  id: 'x',
  principal: 'local:ada',
  cluster: 'demo',
  clusterName: 'Demo',
  namespace: 'shop',
  session: 's',
};
const onProblem = (error: Error) => {
  throw error;
};

function terminal(id: string, at: number) {
  openRecording({
    ...{ folder: folders.recordings, id, now: () => START + at, onProblem },
    header: { columns: 80, rows: 24, terminalType: 'xterm', title: 'Demo / shop', shell: 'bash', subject },
  }).close('exit', 0);
}

function stream(id: string, at: number, { tty = false, kind = 'exec' as RecordedStream['kind'] } = {}) {
  const command = kind === 'exec' ? ['sh', '-c', 'date'] : [];
  return recordStream({
    ...{ folder: folders.sessions, id, tty, now: () => START + at, onProblem },
    subject: {
      ...subject,
      stream: { kind, pod: 'web-0', container: '', command, transport: '', kubectlSession: null, userAgent: '' },
    },
    requirement: { level: 'full', required: true, input: false },
  });
}

describe('the recordings that are kept', () => {
  test('are those of terminals and of streams in one list, the newest first', async () => {
    terminal('t-1', 0);
    stream('exec-tty', 2_000, { tty: true }).close({ exitCode: 0, reason: null });
    stream('exec-bytes', 1_000).close({ exitCode: 3, reason: 'ended by local:ada' });
    stream('forward', 3_000, { kind: 'portforward' });
    const kept = await listKept(folders, new Map());
    expect(kept.map(({ id, kind, format, title, end }) => [id, kind, format, title, end])).toEqual([
      ['forward', 'portforward', 'bytes', 'port-forward shop/web-0', 'open'],
      ['exec-tty', 'exec', 'asciicast', 'exec shop/web-0: sh -c date', 'exit'],
      ['exec-bytes', 'exec', 'bytes', 'exec shop/web-0: sh -c date', 'closed'],
      ['t-1', 'terminal', 'asciicast', 'Demo / shop', 'exit'],
    ]);
    expect(kept[2]).toMatchObject({ cluster: 'Demo', namespace: 'shop', principal: 'local:ada' });
  });

  test('pass over what is no recording, and one that was cut off counts as open', async () => {
    stream('cut', 0).close({ exitCode: 0, reason: null });
    appendFileSync(join(folders.sessions, 'cut.jsonl'), '{"t":1,"dir":"o');
    appendFileSync(join(folders.sessions, 'other.jsonl'), '{"hello":1}\n');
    expect((await listKept(folders, new Map())).map(({ id, end }) => [id, end])).toEqual([['cut', 'open']]);
  });

  test('play from either folder; those of bytes are files to copy', async () => {
    terminal('t-1', 0);
    stream('exec-tty', 0, { tty: true }).close({ exitCode: 0, reason: null });
    stream('exec-bytes', 0).close({ exitCode: 0, reason: null });
    expect((await readKept(folders, 't-1')).entry.kind).toBe('terminal');
    expect((await readKept(folders, 'exec-tty')).entry.kind).toBe('exec');
    await expect(readKept(folders, 'exec-bytes')).rejects.toMatchObject({ code: 'recording-unknown' });
    await expect(readKept(folders, 'removed')).rejects.toMatchObject({ code: 'recording-unknown' });
    expect(await byteRecordingOf(folders, 'exec-bytes')).toBe(join(folders.sessions, 'exec-bytes.jsonl'));
    expect(await byteRecordingOf(folders, 'exec-tty')).toBeNull();
    await expect(byteRecordingOf(folders, '../recordings/t-1')).rejects.toThrow(RangeError);
  });
});
