import { type FocusEvent, useEffect, useRef } from 'react';
import type { LiveStream } from '../../../model/live-stream.ts';
import { useLive } from '../../live/live-queries.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { age, exactTime } from '../../ui/time-words.ts';
import { useNow } from '../../ui/use-now.ts';
import styles from './activity.module.css';
import { EndStreamButton } from './end-stream.tsx';
import { streamLine } from './stream-words.ts';

/** What people hold open in the clusters right now, above the journal. Nothing is shown while nothing is open. */
export function OpenStreams({ onSelect }: { readonly onSelect: (auditId: string) => void }) {
  const streams = useLive('streams.list').data ?? [];
  const section = useRef<HTMLElement>(null);
  const inside = useRef(false);
  const { length } = streams;

  // A stream that ended took its buttons, and perhaps the focus, with it: whoever was here goes on at the next one, or
  // in the journal below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows what is open
  useEffect(() => {
    if (!inside.current) return;
    const timer = setTimeout(() => {
      if (document.activeElement !== document.body) return;
      const next = section.current?.querySelector<HTMLElement>('button');
      (next ?? document.querySelector<HTMLElement>('[role="grid"]'))?.focus();
    }, AFTER_THE_QUESTION);
    return () => clearTimeout(timer);
  }, [length]);

  if (length === 0) return null;
  return (
    <section
      ref={section}
      className={styles.open}
      aria-label="Open now"
      onFocus={() => {
        inside.current = true;
      }}
      // Without a next one the element went away by itself, or the focus left the window.
      onBlur={({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
        if (relatedTarget !== null) inside.current = currentTarget.contains(relatedTarget);
      }}
    >
      <h2>
        Open now <span className={styles.count}>{length}</span>
      </h2>
      <ul>
        {streams.map((stream) => (
          <OpenStream key={stream.auditId} stream={stream} onSelect={onSelect} />
        ))}
      </ul>
    </section>
  );
}

/** Milliseconds until a dialog has closed and given the focus back. */
const AFTER_THE_QUESTION = 200;

function OpenStream(props: { readonly stream: LiveStream; readonly onSelect: (auditId: string) => void }) {
  const { stream, onSelect } = props;
  const now = useNow(1_000);
  const cluster = useLive('clusters.list').data?.find(({ slug }) => slug === stream.cluster);
  const started = Date.parse(stream.startedAt);
  const command = stream.command.join(' ');
  return (
    <li>
      <button
        type="button"
        className={styles.subject}
        title={command === '' ? streamLine(stream) : `${streamLine(stream)}: ${command}`}
        onClick={() => onSelect(stream.auditId)}
      >
        {streamLine(stream)}
        {command === '' ? null : <span className={styles.dim}> {command}</span>}
      </button>
      <StateBadge
        tone={stream.recorded ? 'recording' : 'neutral'}
        word={stream.recorded ? 'Recorded' : 'Not recorded'}
      />
      <span className={styles.where}>
        {cluster?.context ?? stream.cluster}
        {cluster?.production ? <StateBadge tone="production" word="production" filled /> : null}
      </span>
      <span className={styles.who} title={`session ${stream.session}`}>
        {stream.principal}
      </span>
      <time className={styles.since} dateTime={stream.startedAt} title={`since ${exactTime(started)}`}>
        {age(started, now)}
      </time>
      <EndStreamButton stream={stream} compact />
    </li>
  );
}
