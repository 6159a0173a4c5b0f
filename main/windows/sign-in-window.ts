import { BrowserWindow } from 'electron';
import type { SignInQuestion } from '../../preload/contract.ts';
import { SIGN_IN_ORIGIN } from '../protection/content-security-policy.ts';
import { windowBackground } from './colour-scheme.ts';
import { pagePreferences } from './main-window.ts';

/**
 * The window in which a credential plugin asks a person: a document of its own, so that whatever gets into the main one
 * neither reads what is typed nor answers. Each question has a fresh one: what is half typed for one plugin must not
 * reach the next.
 * @param cancel a person closed it, or its page is gone.
 */
export function signInWindow(preload: string, cancel: (id: string) => void): (question: SignInQuestion | null) => void {
  let shown: { readonly id: string; readonly window: BrowserWindow } | null = null;

  function open(id: string): BrowserWindow {
    const window = new BrowserWindow({
      title: 'Sign in',
      width: 560,
      height: 420,
      minWidth: 400,
      minHeight: 320,
      show: false,
      minimizable: false,
      fullscreenable: false,
      autoHideMenuBar: true,
      backgroundColor: windowBackground(),
      webPreferences: pagePreferences(preload),
    });
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => {
      if (shown?.window !== window) return;
      shown = null;
      cancel(id);
    });
    window.webContents.on('render-process-gone', () => {
      if (!window.isDestroyed()) window.destroy();
    });
    void window.loadURL(`${SIGN_IN_ORIGIN}/index.html`);
    return window;
  }

  return (question) => {
    if (shown !== null && shown.id !== question?.id) {
      const { window } = shown;
      shown = null;
      window.destroy();
    }
    if (question === null) return;
    shown ??= { id: question.id, window: open(question.id) };
    shown.window.webContents.send('gatehouse:event', 'signIn.changed', question);
  };
}
