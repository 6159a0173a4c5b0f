import { type RefObject, useEffect } from 'react';

/**
 * Gives the focus back to what had it before the person turned to `panel`, once the panel has gone with it. A terminal
 * counts: its frame is what has the focus of the window around it.
 */
export function useReturnFocus(panel: RefObject<HTMLElement | null>, open: boolean): void {
  useEffect(() => {
    if (!open) return;
    let before: HTMLElement | null = null;
    const note = (candidate: unknown) => {
      if (!(candidate instanceof HTMLElement) || candidate === document.body) return;
      // A question over the panel belongs to it.
      const own = panel.current?.contains(candidate) || candidate.closest('[role="dialog"]') !== null;
      if (!own) before = candidate;
    };
    // Before a click or a key moves it, and where it came from.
    const now = () => note(document.activeElement);
    const from = (event: FocusEvent) => note(event.relatedTarget);
    now();
    document.addEventListener('pointerdown', now, true);
    document.addEventListener('keydown', now, true);
    document.addEventListener('focusin', from, true);
    return () => {
      document.removeEventListener('pointerdown', now, true);
      document.removeEventListener('keydown', now, true);
      document.removeEventListener('focusin', from, true);
      if (document.activeElement === document.body && before?.isConnected) before.focus();
    };
  }, [panel, open]);
}
