import type { BrowserWindow } from 'electron';
import { PLAYER_ORIGIN } from '../protection/content-security-policy.ts';
import { openDocumentWindow } from './document-window.ts';

/** Replays one recording. A window of its own, because its policy must let WebAssembly compile. */
export function openPlayerWindow(preload: string, recordingId: string, title: string): BrowserWindow {
  return openDocumentWindow(preload, `${PLAYER_ORIGIN}/index.html?id=${encodeURIComponent(recordingId)}`, {
    title: `Recording: ${title}`,
    width: 1100,
    height: 760,
    minWidth: 640,
    minHeight: 420,
  });
}
