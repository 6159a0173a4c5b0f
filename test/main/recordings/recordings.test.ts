import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebContents } from 'electron';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Recordings, type RecordingWindows } from '../../../main/recordings/recordings.ts';
import type { TerminalService } from '../../../main/terminals/terminal-service.ts';
import * as data from '../../renderer/bridge-data.ts';

/** A player's window, as far as it is looked at. */
class Player extends EventEmitter {
  readonly webContents = {} as WebContents;
  shown = 0;
  show(): void {
    this.shown += 1;
  }
}

function setUp({ bytes = null, file = null }: { readonly bytes?: string | null; readonly file?: string | null } = {}) {
  const players: Player[] = [];
  const proposals: Array<Parameters<RecordingWindows['chooseFile']>> = [];
  const world = { readable: true };
  const answers: Record<string, unknown> = { readRecording: data.recording, byteRecording: bytes };
  const recordings = new Recordings(
    {
      call: (async (name: string) => {
        if (name === 'readRecording' && !world.readable) throw new Error('no such recording');
        return answers[name];
      }) as TerminalService['call'],
    },
    {
      openPlayer: () => {
        const player = new Player();
        players.push(player);
        return player;
      },
      chooseFile: async (...proposal) => {
        proposals.push(proposal);
        return file;
      },
    },
  );
  return { recordings, players, proposals, world };
}
const page = {} as WebContents;
const refused = expect.objectContaining({ code: 'sender-refused' });

describe('a window that plays a recording', () => {
  test('gets that one and no other', async () => {
    const { recordings, players } = setUp();
    await recordings.play('r-1');
    await recordings.play('r-2');
    const sender = players[0]?.webContents ?? page;
    expect(() => recordings.requireOwn('r-1', sender)).not.toThrow();
    expect(() => recordings.requireOwn('r-2', sender)).toThrow(refused);
    expect(() => recordings.requireOwn('r-9', sender)).toThrow(refused);
  });

  test('is no limit for the main window', async () => {
    const { recordings } = setUp();
    await recordings.play('r-1');
    expect(() => recordings.requireOwn('r-2', page)).not.toThrow();
  });

  test('is shown when it is asked for again, also while its recording is still being read', async () => {
    const { recordings, players } = setUp();
    await Promise.all([recordings.play('r-1'), recordings.play('r-1')]);
    await recordings.play('r-1');
    expect(players.map(({ shown }) => shown)).toEqual([2]);
  });

  test('is opened anew once it was closed, or where its recording could not be read before', async () => {
    const { recordings, players, world } = setUp();
    world.readable = false;
    await expect(recordings.play('r-1')).rejects.toThrow('no such recording');
    world.readable = true;
    await recordings.play('r-1');
    players[0]?.emit('closed');
    await recordings.play('r-1');
    expect(players.map(({ shown }) => shown)).toEqual([0, 0]);
  });
});

describe('a copy of a recording', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'gatehouse-recordings-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  test.each(['new', 'over another'])(
    'of a terminal is an asciicast that its owner alone can read (%s)',
    async (where) => {
      const file = join(folder(), 'copy.cast');
      if (where === 'over another') writeFileSync(file, 'before', { mode: 0o644 });
      const { recordings, proposals } = setUp({ file });
      await recordings.export('r-1', page);
      expect(proposals).toEqual([[page, { name: 'r-1.cast', kind: 'asciicast' }]]);
      expect(readFileSync(file, 'utf8')).toBe(data.recording.cast);
      expect(mode(file)).toBe('600');
    },
  );

  test('of bytes is their file, and its owner alone can read it', async () => {
    const path = folder();
    const bytes = join(path, 'kept.jsonl');
    writeFileSync(bytes, '{"at":0}\n', { mode: 0o644 });
    const file = join(path, 'copy.jsonl');
    const { recordings, proposals } = setUp({ bytes, file });
    await recordings.export('r-1', page);
    expect(proposals).toEqual([[page, { name: 'r-1.jsonl', kind: 'JSON lines' }]]);
    expect(readFileSync(file, 'utf8')).toBe('{"at":0}\n');
    expect(mode(file)).toBe('600');
  });

  test('is not even read where the dialog was cancelled', async () => {
    const { recordings, world } = setUp();
    world.readable = false;
    await expect(recordings.export('r-1', page)).resolves.toBeUndefined();
  });
});
