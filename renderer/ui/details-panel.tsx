import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useStoredState } from './stored-state.ts';
import styles from './ui.module.css';

const NARROWEST = 280;
const WIDEST = 720;
const clamp = (width: number) => Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)));

/** The details of what is selected in a list: at its right, resizable by mouse and arrow keys, its width remembered. */
export function DetailsPanel(props: {
  /** Names the remembered width. */
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
  readonly actions?: ReactNode;
  /** Below the body, always in view. */
  readonly footer?: ReactNode;
  readonly children?: ReactNode;
  /** A document of its own in place of the body; it is given what closes the panel. */
  readonly frame?: (close: () => void) => ReactNode;
}) {
  const [stored, store] = useStoredState(`panel.${props.id}`, (value) =>
    typeof value === 'number' ? clamp(value) : 400,
  );
  const [dragged, setDragged] = useState<number | null>(null);
  const width = dragged ?? stored;

  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const start = event.clientX;
    handle.setPointerCapture(event.pointerId);
    let last = width;
    const move = (at: globalThis.PointerEvent) => {
      last = clamp(width + start - at.clientX);
      setDragged(last);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener(
      'lostpointercapture',
      () => {
        handle.removeEventListener('pointermove', move);
        setDragged(null);
        store(last);
      },
      { once: true },
    );
  };
  const nudge = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') store(clamp(width + 16));
    else if (event.key === 'ArrowRight') store(clamp(width - 16));
  };

  // What was selected lies in the list beside it: the focus goes back there.
  const panel = useRef<HTMLElement>(null);
  const close = () => {
    const list = panel.current?.parentElement?.querySelector<HTMLElement>('[role="grid"]');
    props.onClose();
    list?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // React brings up what happens in a question over the panel too, which closes by itself.
    if (!panel.current?.contains(event.target as Node)) return;
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };

  return (
    <section ref={panel} className={styles.panel} style={{ width }} aria-label={props.title} onKeyDown={onKeyDown}>
      <div
        className={styles.panelHandle}
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        aria-valuenow={width}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        tabIndex={0}
        onPointerDown={drag}
        onKeyDown={nudge}
      />
      <div className={styles.panelHeader}>
        <h2 title={props.title}>{props.title}</h2>
        {props.actions}
        <ActionIcon aria-label="Close details" title="Close (Esc)" onClick={close}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      {props.frame ? (
        props.frame(close)
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
        <div className={styles.panelBody} tabIndex={0} role="group" aria-label="Details">
          {props.children}
        </div>
      )}
      {props.footer}
    </section>
  );
}
