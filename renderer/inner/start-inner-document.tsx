import { type ReactNode, StrictMode } from 'react';
import { type FromInner, readToInner, type ToInner } from '../live/inner-document.ts';
import { LiveDocument } from '../live/live-document.tsx';
import { appShortcut, isMac } from '../live/shortcuts.ts';
import { startDocument } from '../live/start-document.tsx';

/** Draws a document that is a frame of the main document, on a bridge of its own, and forwards the keys that are not its own. */
export function startInnerDocument(children: ReactNode): void {
  window.addEventListener('keydown', holdRepeats, { capture: true });
  window.addEventListener('keydown', forwardKey);
  // A frame that got the keyboard back has nothing focused in it any more.
  window.addEventListener('focus', () => {
    if (document.activeElement === document.body) document.querySelector('main')?.focus();
  });
  startDocument((props) => (
    <StrictMode>
      <LiveDocument {...props}>{children}</LiveDocument>
    </StrictMode>
  ));
}

/** Hears the main document, and nobody else. Returns an unsubscribe function. */
export function onToInner(listener: (message: ToInner) => void): () => void {
  const listen = (event: MessageEvent<unknown>) => {
    const message = event.source === window.parent ? readToInner(event.data) : null;
    if (message !== null) listener(message);
  };
  window.addEventListener('message', listen);
  return () => window.removeEventListener('message', listen);
}

export function tellOuter(message: FromInner): void {
  window.parent.postMessage(message, '*');
}

/** A key that is held down presses a button once: what it was held down for may have been something else. */
function holdRepeats(event: KeyboardEvent): void {
  if (!event.repeat || (event.key !== 'Enter' && event.key !== ' ')) return;
  event.preventDefault();
  event.stopPropagation();
}

function forwardKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const shortcut = appShortcut(event, isMac(), false);
  if (shortcut !== null && shortcut !== 'find') {
    event.preventDefault();
    tellOuter({ type: 'shortcut', shortcut });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') tellOuter({ type: 'key', key: 'Escape' });
  else if ((event.key === 'j' || event.key === 'k') && !isTyping(event)) tellOuter({ type: 'key', key: event.key });
}

/** True while keys write into a field. */
export function isTyping(event: { readonly target: EventTarget | null }): boolean {
  return event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
}
