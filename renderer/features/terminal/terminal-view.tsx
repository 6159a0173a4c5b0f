import { useCallback, useEffect, useRef, useState } from 'react';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { readFromFrame, type ToFrame } from '../../live/frame-messages.ts';
import { useLive } from '../../live/live-queries.ts';
import { useScheme } from '../../live/scheme.ts';
import type { AppShortcut } from '../../live/shortcuts.ts';
import { BypassBanner } from './bypass-banner.tsx';
import { FindBar } from './find-bar.tsx';
import styles from './terminal.module.css';

/** The frame is its own origin in the app; a plain server that shows the screens serves it beside the window. */
function frameAddress(id: string): URL {
  const address =
    location.protocol === 'app:'
      ? new URL('app://terminal/index.html')
      : new URL('./terminal-frame/index.html', location.href);
  address.searchParams.set('id', id);
  return address;
}

/** One terminal: its frame, the find bar over it. */
export function TerminalView(props: {
  readonly terminal: TerminalEntry;
  readonly shown: boolean;
  readonly finding: boolean;
  /** A question is in front of all terminals. */
  readonly asking: boolean;
  readonly onFind: (finding: boolean) => void;
  readonly onShortcut: (shortcut: AppShortcut) => void;
  readonly onRestart: () => void;
}) {
  const { terminal, shown, finding, asking, onFind, onShortcut } = props;
  const { id } = terminal;
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  const [found, setFound] = useState<{ index: number; count: number } | null>(null);
  /** The KUBECONFIG that the person chose to look past; another one asks anew. */
  const [past, setPast] = useState<string | null>(null);
  const blocked = terminal.bypass !== null && terminal.bypass.kubeconfig !== past;
  const settings = useLive('settings.read').data;
  const scheme = useScheme();
  const address = frameAddress(id);

  const post = useCallback((message: ToFrame) => {
    // Always this frame's own window and origin; '*' only because a custom scheme's origin is not equal everywhere.
    frame.current?.contentWindow?.postMessage(message, '*');
  }, []);

  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => {
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const message = readFromFrame(event.data);
      switch (message?.type) {
        case 'ready':
          setReady(true);
          break;
        case 'found':
          setFound({ index: message.index, count: message.count });
          break;
        case 'shortcut':
          onShortcut(message.shortcut);
          break;
        default:
      }
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, [onShortcut]);

  useEffect(() => {
    if (!ready || settings === undefined) return;
    const { terminalFontFamily: fontFamily, terminalFontSize: fontSize, screenReaderMode } = settings;
    post({ type: 'look', look: { scheme, fontFamily, fontSize, screenReaderMode } });
  }, [ready, settings, scheme, post]);

  useEffect(() => {
    if (!ready || !shown || finding || asking || blocked) return;
    frame.current?.focus();
    post({ type: 'focus' });
  }, [ready, shown, finding, asking, blocked, post]);

  const endFind = () => {
    onFind(false);
    setFound(null);
    post({ type: 'findEnded' });
  };
  const title = `Terminal on ${terminal.clusterName}, namespace ${terminal.namespace}`;
  return (
    <>
      <iframe
        ref={frame}
        className={styles.frame}
        hidden={!shown}
        inert={blocked}
        src={address.href}
        title={title}
        allow="clipboard-write"
      />
      {shown && finding ? (
        <FindBar
          found={found}
          onFind={(text, direction) => post({ type: 'find', text, direction })}
          onClose={endFind}
        />
      ) : null}
      {shown && blocked && terminal.bypass ? (
        <BypassBanner
          bypass={terminal.bypass}
          onRestart={props.onRestart}
          onPast={() => setPast(terminal.bypass?.kubeconfig ?? null)}
        />
      ) : null}
    </>
  );
}
