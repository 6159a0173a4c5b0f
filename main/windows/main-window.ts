import { BrowserWindow, screen } from 'electron';
import { MAIN_ORIGIN } from '../protection/content-security-policy.ts';
import type { SettingsStore, WindowPlace } from '../settings/settings-store.ts';
import { windowBackground } from './colour-scheme.ts';

/** Every setting that Electron's checklist asks for, also those that are its defaults today. */
export function pagePreferences(preload: string): Electron.WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    disableBlinkFeatures: 'Auxclick',
  };
}

/** Opens the app's window where it was last time. */
export function openMainWindow(preload: string, settings: SettingsStore): BrowserWindow {
  const place = onSomeDisplay(settings.window);
  const window = new BrowserWindow({
    title: 'Gatehouse',
    width: place?.width ?? 1280,
    height: place?.height ?? 820,
    ...(place?.x != null && place.y != null ? { x: place.x, y: place.y } : {}),
    minWidth: 760,
    minHeight: 480,
    show: false,
    backgroundColor: windowBackground(),
    // Terminals, approvals and Secrets are frames with a bridge of their own. In a sandboxed page this means preload alone.
    webPreferences: { ...pagePreferences(preload), nodeIntegrationInSubFrames: true },
  });
  if (place?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => rememberPlace(window, settings));
  void window.loadURL(`${MAIN_ORIGIN}/index.html`);
  return window;
}

export function rememberPlace(window: BrowserWindow, settings: SettingsStore): void {
  settings.window = { ...window.getNormalBounds(), maximized: window.isMaximized() };
}

/** A place of last time whose display is gone would open the window where nobody sees it. */
function onSomeDisplay(place: WindowPlace | null): WindowPlace | null {
  if (!place || place.x === null || place.y === null) return place;
  const { x, y } = place;
  const seen = screen.getAllDisplays().some(({ workArea }) => {
    return (
      x < workArea.x + workArea.width - 80 &&
      x + place.width > workArea.x + 80 &&
      y >= workArea.y - 20 &&
      y < workArea.y + workArea.height - 80
    );
  });
  return seen ? place : { ...place, x: null, y: null };
}
