import { Button } from '@mantine/core';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type TextZoom, zoomedText } from '../../../model/terminal-text.ts';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import { type AppShortcut, appShortcut, isMac, isOfTerminals } from '../../live/shortcuts.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { EndQuestion, useEndQuestion } from './end-question.tsx';
import styles from './terminal.module.css';
import { TerminalBar } from './terminal-bar.tsx';
import { TerminalLines } from './terminal-lines.tsx';
import { TerminalTabs } from './terminal-tabs.tsx';
import { TerminalView } from './terminal-view.tsx';
import { WaitingTerminal } from './waiting-terminal.tsx';

/** The shells of the person, each with KUBECONFIG forced to the gateway. Stays mounted while other screens are open. */
export function TerminalScreen(props: {
  readonly title: string;
  readonly shown: boolean;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}) {
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const { screen, item, go, cluster, chooseCluster, activeTerminal, activateTerminal } = useNavigation();
  const terminals = useLive('terminals.list').data ?? [];
  const [failure, setFailure] = useState<{ title: string; error: unknown } | null>(null);
  const [finding, setFinding] = useState(false);
  const area = useRef<HTMLDivElement>(null);
  const active = terminals.find((terminal) => terminal.id === activeTerminal) ?? terminals.at(-1) ?? null;
  const activeId = active?.id ?? null;

  // Until the place is known, the one that was in front before a restart may still be to come.
  const placed = screen !== null;
  useEffect(() => {
    if (placed && activeId !== activeTerminal) activateTerminal(activeId);
  }, [placed, activeId, activeTerminal, activateTerminal]);

  // The cluster of the terminal in front is the one that the frame shows: its name, its production line.
  const activeCluster = active?.cluster ?? null;
  useEffect(() => {
    if (props.shown && activeId !== null && activeCluster !== null) chooseCluster(activeCluster);
  }, [props.shown, activeId, activeCluster, chooseCluster]);

  const fail = useCallback((title: string, error: unknown) => setFailure({ title, error }), []);
  const open = useCallback(
    (slug: string) => {
      setFailure(null);
      invoke('terminals.open', { cluster: slug, namespace: null, ...sizeOf(area.current) })
        .then((terminal) => {
          remember(queryClient, terminal);
          activateTerminal(terminal.id);
        })
        .catch((error: unknown) => fail('The terminal could not be opened', error));
    },
    [invoke, queryClient, activateTerminal, fail],
  );

  // `new` or `new:<cluster>` asks for a terminal, once; anything else is the id of one that is open.
  const current = cluster?.slug ?? null;
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (!props.shown || item === asked.current) return;
    asked.current = item;
    if (item === null) return;
    go('terminal');
    if (item !== 'new' && !item.startsWith('new:')) {
      activateTerminal(item);
      return;
    }
    const slug = item === 'new' ? current : item.slice('new:'.length);
    if (slug === null) go('clusters');
    else open(slug);
  }, [props.shown, item, current, go, open, activateTerminal]);

  const { question, askFirst, answer } = useEndQuestion();
  const end = (id: string) => {
    invoke('terminals.close', id).catch((error: unknown) => fail('The terminal could not be closed', error));
  };
  const close = (id: string) => askFirst(id, 'close', () => end(id));
  const startAnew = (terminal: TerminalEntry) => {
    invoke('terminals.restart', terminal.id)
      .then((started) => {
        remember(queryClient, started);
        activateTerminal(started.id);
      })
      .catch((error: unknown) => fail('The shell could not be started', error));
  };

  const restart = (terminal: TerminalEntry) => askFirst(terminal.id, 'restart', () => startAnew(terminal));

  const settings = useLive('settings.read').data;
  const zoom = (to: TextZoom) => {
    if (settings === undefined) return;
    void invoke('settings.write', { terminalFontSize: zoomedText(settings.terminalFontSize, to) });
  };
  const activateNext = (step: number) => {
    const next =
      terminals[(terminals.findIndex(({ id }) => id === activeId) + step + terminals.length) % terminals.length];
    if (next) activateTerminal(next.id);
  };
  const obey = (shortcut: AppShortcut) => {
    if (shortcut === 'find') setFinding(active !== null);
    else if (shortcut === 'nextTerminal') activateNext(1);
    else if (shortcut === 'previousTerminal') activateNext(-1);
    else if (shortcut === 'closeTerminal' && activeId !== null) close(activeId);
    else if (shortcut === 'largerText') zoom('larger');
    else if (shortcut === 'smallerText') zoom('smaller');
    else if (shortcut === 'usualText') zoom('usual');
    else props.onShortcut(shortcut);
  };
  // Keys that are pressed beside the terminal: in the tabs, in the bar. What is in front of all of it keeps its own.
  const obeyed = useRef(obey);
  obeyed.current = obey;
  const listening = props.shown && question === null;
  useEffect(() => {
    if (!listening) return;
    const listen = (event: KeyboardEvent) => {
      const shortcut = appShortcut(event, isMac(), false);
      if (shortcut === null || !isOfTerminals(shortcut)) return;
      event.preventDefault();
      obeyed.current(shortcut);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [listening]);
  const onShortcut = useCallback((shortcut: AppShortcut) => obeyed.current(shortcut), []);

  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">{props.title}</h1>
      {terminals.length > 0 ? (
        <TerminalTabs
          terminals={terminals}
          active={activeId}
          onActivate={activateTerminal}
          onClose={close}
          onOpen={open}
        />
      ) : null}
      {failure ? <ProblemNotice title={failure.title} error={failure.error} /> : null}
      {active ? (
        <TerminalBar
          terminal={active}
          onFind={() => setFinding(true)}
          onClose={() => close(active.id)}
          onFailure={fail}
        />
      ) : null}
      <div
        ref={area}
        className={styles.frames}
        {...(active ? { role: 'tabpanel', id: 'terminal-panel', 'aria-labelledby': `tab-${active.id}` } : {})}
      >
        {terminals.length === 0 ? <NoTerminal onOpen={open} /> : null}
        {active?.state === 'waiting' ? <WaitingTerminal key={active.id} terminal={active} /> : null}
        {terminals
          .filter(({ state }) => state !== 'waiting')
          .map((terminal) => (
            <TerminalView
              key={terminal.id}
              terminal={terminal}
              shown={props.shown && terminal.id === activeId}
              finding={finding}
              asking={question !== null}
              onFind={setFinding}
              onShortcut={onShortcut}
              onRestart={() => restart(terminal)}
            />
          ))}
      </div>
      {active ? <TerminalLines terminal={active} onRestart={() => restart(active)} /> : null}
      <EndQuestion question={question} onAnswer={answer} />
    </div>
  );
}

function NoTerminal({ onOpen }: { readonly onOpen: (cluster: string) => void }) {
  const { cluster, go } = useNavigation();
  if (cluster === null) {
    return (
      <EmptyState
        title="Connect a cluster first"
        actions={
          <Button variant="filled" onClick={() => go('clusters')}>
            Choose a cluster
          </Button>
        }
      >
        <p>A terminal belongs to a cluster: its kubectl goes through the gateway to that cluster.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No terminal is open"
      actions={
        <Button variant="filled" onClick={() => onOpen(cluster.slug)}>
          Open terminal
        </Button>
      }
    >
      <p>
        Your shell, with kubectl led through the gateway to <Identifier>{cluster.context}</Identifier>. It is recorded.
      </p>
    </EmptyState>
  );
}

/** Puts the entry into the list at once; main's event follows and says the same. */
function remember(queryClient: QueryClient, terminal: TerminalEntry): void {
  queryClient.setQueryData<readonly TerminalEntry[]>(['terminals.list'], (list = []) =>
    list.some((entry) => entry.id === terminal.id)
      ? list.map((entry) => (entry.id === terminal.id ? terminal : entry))
      : [...list, terminal],
  );
}

/** About how many columns and rows fit; the frame says it exactly once its font is measured. */
function sizeOf(area: HTMLElement | null): { columns: number; rows: number } {
  const columns = Math.floor(((area?.clientWidth ?? 0) - 24) / 7.8);
  const rows = Math.floor(((area?.clientHeight ?? 0) - 50) / 18);
  return { columns: Math.min(Math.max(columns, 80), 1000), rows: Math.min(Math.max(rows, 24), 1000) };
}
