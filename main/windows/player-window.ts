import { BrowserWindow } from 'electron';
import { PLAYER_ORIGIN } from '../protection/content-security-policy.ts';
import { windowBackground } from './colour-scheme.ts';
import { pagePreferences } from './main-window.ts';

/** Replays one recording. A window of its own, because its policy must let WebAssembly compile. */
export function openPlayerWindow(preload: string, recordingId: string, title: string): BrowserWindow {
  const window = new BrowserWindow({
    title: `Recording: ${title}`,
    width: 1100,
    height: 760,
    minWidth: 640,
    minHeight: 420,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: windowBackground(),
    webPreferences: pagePreferences(preload),
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${PLAYER_ORIGIN}/index.html?id=${encodeURIComponent(recordingId)}`);
  return window;
}
