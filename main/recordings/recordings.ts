import { chmod, copyFile, writeFile } from 'node:fs/promises';
import type { BrowserWindow, WebContents } from 'electron';
import type { RecordingContent, RecordingEntry } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import type { TerminalService } from '../terminals/terminal-service.ts';

type PlayerWindow = Pick<BrowserWindow, 'show' | 'webContents'> & {
  on(event: 'closed', listener: () => void): unknown;
};

/** What {@link Recordings} shows; `recording-windows.ts` shows it with Electron. */
export interface RecordingWindows {
  /** The window that replays it. */
  openPlayer(id: string, title: string): PlayerWindow;
  /** Asks where to write a file, in front of the page that wants it; null where that was cancelled. */
  chooseFile(sender: WebContents, proposal: { readonly name: string; readonly kind: string }): Promise<string | null>;
}

/** The recordings on disk, as the terminal host lists them, and the windows that replay them. */
export class Recordings {
  readonly #service: Pick<TerminalService, 'call'>;
  readonly #windows: RecordingWindows;
  /** From when each is asked for: a second click while a recording is read opens no second window. */
  readonly #players = new Map<string, Promise<PlayerWindow>>();
  readonly #played = new Map<WebContents, string>();

  constructor(service: Pick<TerminalService, 'call'>, windows: RecordingWindows) {
    this.#service = service;
    this.#windows = windows;
  }

  list(): Promise<RecordingEntry[]> {
    return this.#service.call('recordings', undefined);
  }

  read(id: string): Promise<RecordingContent> {
    return this.#service.call('readRecording', id);
  }

  /** A player's window gets the recording that it was opened for and no other. @throws {HostError} `sender-refused`. */
  requireOwn(id: string, sender: WebContents): void {
    const played = this.#played.get(sender);
    if (played === undefined || played === id) return;
    throw new HostError('sender-refused', 'This window plays another recording');
  }

  /** Shows the window that plays it already, or opens one. */
  async play(id: string): Promise<void> {
    const open = this.#players.get(id);
    if (open) {
      (await open).show();
      return;
    }
    const opening = this.#open(id);
    this.#players.set(id, opening);
    await opening.catch((error: unknown) => {
      this.#players.delete(id);
      throw error;
    });
  }

  async #open(id: string): Promise<PlayerWindow> {
    const { entry } = await this.read(id);
    const window = this.#windows.openPlayer(id, entry.title);
    // Kept apart, because a window that is closed has none any more.
    const { webContents } = window;
    this.#played.set(webContents, id);
    window.on('closed', () => {
      this.#players.delete(id);
      this.#played.delete(webContents);
    });
    return window;
  }

  /** Asks where to, in front of the page that wants it, and writes a copy. */
  async export(id: string, sender: WebContents): Promise<void> {
    const bytes = await this.#service.call('byteRecording', id);
    const proposal =
      bytes === null ? { name: `${id}.cast`, kind: 'asciicast' } : { name: `${id}.jsonl`, kind: 'JSON lines' };
    const file = await this.#windows.chooseFile(sender, proposal);
    if (file === null) return;
    if (bytes !== null) {
      await copyFile(bytes, file);
    } else {
      const { cast } = await this.read(id);
      await writeFile(file, cast, { mode: 0o600 });
    }
    // A copy has the mode of what it copies, and a file that was there before keeps its own.
    await chmod(file, 0o600);
  }
}
