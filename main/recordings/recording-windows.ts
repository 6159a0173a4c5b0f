import { extname } from 'node:path';
import { BrowserWindow, dialog } from 'electron';
import { openPlayerWindow } from '../windows/player-window.ts';
import type { RecordingWindows } from './recordings.ts';

/** @param preload the built preload script of the player's window. */
export function recordingWindows(preload: string): RecordingWindows {
  return {
    openPlayer: (id, title) => openPlayerWindow(preload, id, title),
    chooseFile: async (sender, { name, kind }) => {
      const options: Electron.SaveDialogOptions = {
        title: 'Export recording',
        defaultPath: name,
        filters: [{ name: kind, extensions: [extname(name).slice(1)] }],
      };
      const parent = BrowserWindow.fromWebContents(sender);
      const { filePath, canceled } = parent
        ? await dialog.showSaveDialog(parent, options)
        : await dialog.showSaveDialog(options);
      return canceled || !filePath ? null : filePath;
    },
  };
}
