import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { toProblem, useInvoke } from '../live/bridge.ts';
import { Identifier } from '../ui/identifier.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { exactTime, position } from '../ui/time-words.ts';
import { currentRequest, limitIdle } from './idle-limit.ts';
import styles from './player.module.css';
import { PlayerControls } from './player-controls.tsx';
import { usePlayer } from './use-player.ts';

/** Longest pause that is kept while idle time is skipped, in seconds. */
const IDLE_LIMIT = 2;

/** A recording: its output, beside it the API requests that a terminal's session made, each a place to jump to. */
export function PlayerScreen({ id }: { readonly id: string }) {
  const invoke = useInvoke();
  const content = useQuery({ queryKey: ['recordings.read', id], queryFn: () => invoke('recordings.read', id) });
  const [skipIdle, setSkipIdle] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [exportFailure, setExportFailure] = useState<unknown>(null);
  const recording = useMemo(
    () => (content.data ? limitIdle(content.data, skipIdle ? IDLE_LIMIT : null) : null),
    [content.data, skipIdle],
  );
  const player = usePlayer(recording, speed);
  const entry = content.data?.entry;
  useEffect(() => {
    if (entry) document.title = `Recording: ${entry.title}`;
  }, [entry]);

  // Space plays and pauses wherever the focus is, but where Space already means something.
  const { toggle, step } = player;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const own = target.closest('button, input, select, [role="option"], [role="combobox"]') !== null;
      const slider = target.matches('input[type="range"]');
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === ' ' && (!own || slider)) toggle();
      else if (event.key === 'ArrowLeft' && !own) step(-5_000);
      else if (event.key === 'ArrowRight' && !own) step(5_000);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [toggle, step]);

  if (content.isError) {
    return (
      <main>
        <h1 className="visually-hidden">Recording</h1>
        <ProblemNotice
          title="The recording could not be read"
          error={content.error}
          onRetry={() => void content.refetch()}
        />
      </main>
    );
  }
  if (entry === undefined || recording === null) return <SkeletonRows label="Loading recording" />;
  const current = currentRequest(recording.requests, player.time);

  return (
    // A stream through the gateway is one request itself, and makes none.
    <main className={styles.window} data-alone={entry.kind === 'terminal' ? undefined : true}>
      <header className={styles.header}>
        <h1>{entry.title}</h1>
        <span className={styles.when}>
          {exactTime(Date.parse(entry.startedAt)).slice(0, 19)} · {entry.principal}
        </span>
        {entry.end === 'crash' ? <StateBadge tone="warning" word="Ended by a crash" filled /> : null}
        {entry.end === 'open' ? <StateBadge tone="recording" word="Still recording" filled /> : null}
        <span className={styles.headerEnd}>
          {exportFailure ? <span role="alert">{toProblem(exportFailure).message}</span> : null}
          <Button onClick={() => void invoke('recordings.export', id).catch(setExportFailure)}>Export…</Button>
        </span>
      </header>
      <section className={styles.stage} aria-label="Output">
        <div ref={player.container} />
      </section>
      {entry.kind === 'terminal' ? (
        <section className={styles.requests} aria-label="API requests">
          <h2>API requests</h2>
          {recording.requests.length === 0 ? <p className={styles.none}>This session made no request.</p> : null}
          <ol className={styles.list}>
            {recording.requests.map((request, index) => (
              <li key={request.auditId}>
                <button
                  type="button"
                  className={styles.request}
                  aria-current={index === current || undefined}
                  onClick={() => player.seek(request.atMs)}
                >
                  <time>{position(request.atMs)}</time>
                  <Identifier>{request.label}</Identifier>
                  <span className={styles.outcome}>
                    <RequestOutcome outcome={request.outcome} />
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </section>
      ) : null}
      <PlayerControls
        player={player}
        durationMs={recording.durationMs}
        marks={recording.requests.map((request) => request.atMs)}
        speed={speed}
        onSpeed={setSpeed}
        skipIdle={skipIdle}
        onSkipIdle={setSkipIdle}
      />
    </main>
  );
}

/** The decision, or what became of the approval that it asked for, as the recording's markers say it. */
const OUTCOMES: Readonly<Record<string, readonly ['allowed' | 'denied' | 'waiting' | 'unknown', string]>> = {
  allow: ['allowed', 'Allowed'],
  deny: ['denied', 'Denied'],
  refused: ['denied', 'Refused'],
  requireApproval: ['waiting', 'Needed approval'],
  pending: ['unknown', 'Not decided'],
  approved: ['allowed', 'Approved'],
  denied: ['denied', 'Denied'],
  expired: ['unknown', 'Expired'],
  cancelled: ['unknown', 'Cancelled'],
  superseded: ['unknown', 'Policy changed'],
};

function RequestOutcome({ outcome }: { readonly outcome: string }) {
  const [tone, word] = OUTCOMES[outcome] ?? ['neutral', outcome];
  return <StateBadge tone={tone} word={word} />;
}
