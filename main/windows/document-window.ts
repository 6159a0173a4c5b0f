import { BrowserWindow } from 'electron';
import { windowBackground } from './colour-scheme.ts';
import { pagePreferences } from './main-window.ts';

/** A window of one of our documents beside the main one, shown once it has drawn. @param address of the document. */
export function openDocumentWindow(
  preload: string,
  address: string,
  look: Electron.BrowserWindowConstructorOptions,
): BrowserWindow {
  const window = new BrowserWindow({
    ...look,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: windowBackground(),
    webPreferences: pagePreferences(preload),
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(address);
  return window;
}
