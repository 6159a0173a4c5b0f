import { chmod, copyFile, writeFile } from 'node:fs/promises';
import type { BrowserWindow, WebContents } from 'electron';
import type { RecordingContent, RecordingEntry } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import type { TerminalService } from '../terminals/terminal-service.ts';

/** What {@link Recordings} shows; `recording-windows.ts` shows it with Electron. */
export interface RecordingWindows {
  /** The window that replays it. */
  openPlayer(
    id: string,
    title: string,
  ): Pick<BrowserWindow, 'show' | 'webContents'> & {
    on(event: 'closed', listener: () => void): unknown;
  };
  /** Asks where to write a file, in front of the page that wants it; null where that was cancelled. */
  chooseFile(sender: WebContents, proposal: { readonly name: string; readonly kind: string }): Promise<string | null>;
}

/** The recordings on disk, as the terminal host lists them, and the windows that replay them. */
export class Recordings {
  readonly #service: Pick<TerminalService, 'call'>;
  readonly #windows: RecordingWindows;
  readonly #players = new Map<string, Pick<BrowserWindow, 'show' | 'webContents'>>();

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
    for (const [played, window] of this.#players) {
      if (window.webContents !== sender || played === id) continue;
      throw new HostError('sender-refused', 'This window plays another recording');
    }
  }

  /** Shows the window that plays it already, or opens one. */
  async play(id: string): Promise<void> {
    const open = this.#players.get(id);
    if (open) {
      open.show();
      return;
    }
    const { entry } = await this.read(id);
    const window = this.#windows.openPlayer(id, entry.title);
    this.#players.set(id, window);
    window.on('closed', () => this.#players.delete(id));
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
      await chmod(file, 0o600);
      return;
    }
    const { cast } = await this.read(id);
    await writeFile(file, cast, { mode: 0o600 });
  }
}
