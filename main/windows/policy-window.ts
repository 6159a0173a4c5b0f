import { BrowserWindow } from 'electron';
import { POLICY_ORIGIN } from '../protection/content-security-policy.ts';
import { windowBackground } from './colour-scheme.ts';
import { pagePreferences } from './main-window.ts';

/**
 * The one window in which a change of the policy is confirmed; asked for again, it comes to the front. A document of its
 * own, so that whatever gets into the main one cannot say yes.
 */
export function policyWindow(preload: string): { open(): void; tell(name: string, payload: unknown): void } {
  let window: BrowserWindow | null = null;
  return {
    open() {
      if (window !== null && !window.isDestroyed()) {
        window.show();
        window.focus();
        return;
      }
      const opened = new BrowserWindow({
        title: 'Change of the policy',
        width: 860,
        height: 680,
        minWidth: 560,
        minHeight: 420,
        show: false,
        autoHideMenuBar: true,
        backgroundColor: windowBackground(),
        webPreferences: pagePreferences(preload),
      });
      window = opened;
      opened.once('ready-to-show', () => opened.show());
      opened.on('closed', () => {
        if (window === opened) window = null;
      });
      void opened.loadURL(`${POLICY_ORIGIN}/index.html`);
    },
    tell(name, payload) {
      if (window !== null && !window.isDestroyed()) window.webContents.send('gatehouse:event', name, payload);
    },
  };
}
