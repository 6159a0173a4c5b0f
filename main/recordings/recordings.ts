import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { BrowserWindow, dialog, type WebContents } from 'electron';
import type { RecordingContent, RecordingEntry } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import type { TerminalService } from '../terminals/terminal-service.ts';
import { openPlayerWindow } from '../windows/player-window.ts';

/** The recordings on disk, as the terminal host lists them, and the windows that replay them. */
export class Recordings {
  readonly #service: Pick<TerminalService, 'call'>;
  readonly #preload: string;
  readonly #players = new Map<string, BrowserWindow>();

  constructor(service: Pick<TerminalService, 'call'>, preload: string) {
    this.#service = service;
    this.#preload = preload;
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
    const window = openPlayerWindow(this.#preload, id, entry.title);
    this.#players.set(id, window);
    window.on('closed', () => this.#players.delete(id));
  }

  /** Asks where to, in front of the window that wants it, and writes a copy. */
  async export(id: string, sender: WebContents): Promise<void> {
    const parent = BrowserWindow.fromWebContents(sender);
    const bytes = await this.#service.call('byteRecording', id);
    const extension = bytes === null ? 'cast' : 'jsonl';
    const options: Electron.SaveDialogOptions = {
      title: 'Export recording',
      defaultPath: `${id}.${extension}`,
      filters: [{ name: bytes === null ? 'asciicast' : 'JSON lines', extensions: [extension] }],
    };
    const { filePath, canceled } = parent
      ? await dialog.showSaveDialog(parent, options)
      : await dialog.showSaveDialog(options);
    if (canceled || !filePath) return;
    if (bytes !== null) {
      await copyFile(bytes, filePath);
      await chmod(filePath, 0o600);
      return;
    }
    const { cast } = await this.read(id);
    await writeFile(filePath, cast, { mode: 0o600 });
  }
}
