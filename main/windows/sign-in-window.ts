import type { BrowserWindow } from 'electron';
import type { SignInQuestion } from '../../preload/contract.ts';
import { SIGN_IN_ORIGIN } from '../protection/content-security-policy.ts';
import { openDocumentWindow } from './document-window.ts';

/**
 * The window in which a credential plugin asks a person: a document of its own, so that whatever gets into the main one
 * neither reads what is typed nor answers. Each question has a fresh one: what is half typed for one plugin must not
 * reach the next.
 * @param cancel a person closed it, or its page is gone.
 */
export function signInWindow(preload: string, cancel: (id: string) => void): (question: SignInQuestion | null) => void {
  let shown: { readonly id: string; readonly window: BrowserWindow } | null = null;

  function open(id: string): BrowserWindow {
    const window = openDocumentWindow(preload, `${SIGN_IN_ORIGIN}/index.html`, {
      title: 'Sign in',
      width: 560,
      height: 420,
      minWidth: 400,
      minHeight: 320,
      minimizable: false,
      fullscreenable: false,
    });
    window.on('closed', () => {
      if (shown?.window !== window) return;
      shown = null;
      cancel(id);
    });
    window.webContents.on('render-process-gone', () => {
      if (!window.isDestroyed()) window.destroy();
    });
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
