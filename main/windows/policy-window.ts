import type { BrowserWindow } from 'electron';
import { POLICY_ORIGIN } from '../protection/content-security-policy.ts';
import { openDocumentWindow } from './document-window.ts';

/**
 * The one window in which a change of the policy is confirmed; asked for again, it comes to the front. A document of its
 * own, so that whatever gets into the main one cannot say yes.
 */
export function policyWindow(preload: string): () => void {
  let window: BrowserWindow | null = null;
  return () => {
    if (window !== null && !window.isDestroyed()) {
      window.show();
      window.focus();
      return;
    }
    window = openDocumentWindow(preload, `${POLICY_ORIGIN}/index.html`, {
      title: 'Change of the policy',
      width: 860,
      height: 680,
      minWidth: 560,
      minHeight: 420,
    });
  };
}
