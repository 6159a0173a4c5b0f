import { useEffect, useRef, useState } from 'react';
import { type OuterKey, readFromInner, type ToInner } from './inner-document.ts';
import type { AppShortcut } from './shortcuts.ts';

/**
 * A document of its own inside the main document: another origin, another process. It is told what to show, and tells which
 * keys it has no use for; what is decided or revealed in it, this document never learns from it.
 */
export function InnerFrame(props: {
  readonly document: 'approvals' | 'secret';
  readonly id: string;
  readonly className?: string | undefined;
  /** What a screen reader calls it. */
  readonly title: string;
  readonly show: ToInner;
  readonly onKey: (key: OuterKey) => void;
  readonly onShortcut?: ((shortcut: AppShortcut) => void) | undefined;
}) {
  const { show, onKey, onShortcut } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  const heard = useRef({ onKey, onShortcut });
  heard.current = { onKey, onShortcut };

  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => {
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const message = readFromInner(event.data);
      if (message?.type === 'ready') {
        setReady(true);
        // It was given the keyboard before it could take it.
        if (document.activeElement === frame.current) post(frame.current, { type: 'focus' });
      } else if (message?.type === 'key') heard.current.onKey(message.key);
      else if (message?.type === 'shortcut') heard.current.onShortcut?.(message.shortcut);
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, []);

  const shown = JSON.stringify(show);
  useEffect(() => {
    if (ready) post(frame.current, JSON.parse(shown));
  }, [ready, shown]);

  return (
    <iframe
      ref={frame}
      id={props.id}
      className={props.className}
      src={addressOf(props.document)}
      title={props.title}
      allow="clipboard-write"
    />
  );
}

/** Gives the keyboard to an inner document. */
export function focusInnerFrame(id: string): void {
  const frame = document.getElementById(id);
  if (!(frame instanceof HTMLIFrameElement)) return;
  frame.focus();
  post(frame, { type: 'focus' });
}

function post(frame: HTMLIFrameElement | null, message: ToInner): void {
  // Always this frame's own window; '*' only because a custom scheme's origin is not equal everywhere.
  frame?.contentWindow?.postMessage(message, '*');
}

/** Its own origin in the app; a plain server that shows the screens serves it beside the window. */
function addressOf(name: 'approvals' | 'secret'): string {
  return location.protocol === 'app:' ? `app://${name}/index.html` : `./${name}-frame/index.html`;
}
