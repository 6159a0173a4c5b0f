import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the focus inside a part of the page whose contents change under it: when the button that had it goes, and
 * nothing else took it, the part itself (or its first button) gets it. Never takes it from elsewhere.
 * @param state what changes the contents.
 * @returns handlers for the container.
 */
export function useHeldFocus(container: RefObject<HTMLElement | null>, state: unknown) {
  const inside = useRef(false);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    const part = container.current;
    if (part === null || !inside.current || document.activeElement !== document.body) return;
    (part.tabIndex === -1 && part.hasAttribute('tabindex') ? part : part.querySelector<HTMLElement>('button'))?.focus();
  }, [container, state]);
  return {
    onFocus: () => {
      inside.current = true;
    },
    // Without a next one the element went away by itself, or the focus left the window.
    onBlur: (event: FocusEvent<HTMLElement>) => {
      if (event.relatedTarget !== null) inside.current = event.currentTarget.contains(event.relatedTarget);
    },
  };
}
