import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { RecordingEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation, useSelection } from '../../live/navigation.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge, type Tone } from '../../ui/state-badge.tsx';
import { byteSize, exactTime, position } from '../../ui/time-words.ts';
import styles from './recordings.module.css';

const END_LOOK = {
  open: ['recording', 'Recording'],
  exit: ['neutral', 'Ended'],
  closed: ['neutral', 'Closed'],
  crash: ['warning', 'Ended by a crash'],
} as const satisfies Record<RecordingEntry['end'], readonly [Tone, string]>;

const KIND_WORDS = {
  terminal: 'Terminal of the app',
  exec: 'Exec through the gateway',
  attach: 'Attach through the gateway',
  portforward: 'Port-forward through the gateway',
} as const satisfies Record<RecordingEntry['kind'], string>;

function EndBadge({ entry }: { readonly entry: RecordingEntry }) {
  const [tone, word] = END_LOOK[entry.end];
  return <StateBadge tone={tone} word={word} />;
}

const mono = (value: string) => (
  <span title={value}>
    <Identifier>{value}</Identifier>
  </span>
);

const COLUMNS: ReadonlyArray<Column<RecordingEntry>> = [
  {
    id: 'started',
    title: 'Started',
    width: 104,
    value: (row) => Date.parse(row.startedAt),
    render: (row) => <RelativeTime time={row.startedAt} />,
  },
  {
    id: 'title',
    title: 'Session',
    width: 220,
    least: 140,
    grow: 2,
    value: (row) => row.title,
    render: (row) => mono(row.title),
  },
  { id: 'end', title: 'State', width: 148, value: (row) => row.end, render: (row) => <EndBadge entry={row} /> },
  {
    id: 'length',
    title: 'Length',
    width: 72,
    spare: 1,
    end: true,
    value: (row) => row.durationMs,
    render: (row) => <span>{position(row.durationMs)}</span>,
  },
  {
    id: 'requests',
    title: 'Requests',
    width: 84,
    spare: 2,
    end: true,
    value: (row) => row.requests,
    render: (row) => (row.kind === 'terminal' ? <span>{row.requests}</span> : null),
  },
  {
    id: 'size',
    title: 'Size',
    width: 76,
    spare: 3,
    end: true,
    value: (row) => row.bytes,
    render: (row) => <span>{byteSize(row.bytes)}</span>,
  },
  {
    id: 'principal',
    title: 'Who',
    width: 140,
    least: 90,
    grow: 1,
    spare: 4,
    value: (row) => row.principal,
    render: (row) => mono(row.principal),
  },
];

/** Terminal sessions and streams on disk: replay with the API requests beside the output, export. */
export function RecordingsScreen({ title }: { readonly title: string }) {
  const invoke = useInvoke();
  const { item, go } = useNavigation();
  const recordings = useLive('recordings.list');
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useSelection();
  const [failure, setFailure] = useState<{ title: string; error: unknown } | null>(null);
  useEffect(() => {
    if (item !== null) setSelected(item);
  }, [item, setSelected]);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = (recordings.data ?? []).filter((entry) => {
    const text = `${entry.title} ${entry.cluster} ${entry.namespace} ${entry.principal}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const chosen = recordings.data?.find((entry) => entry.id === selected);
  const attempt = (title: string, work: Promise<void>) => {
    setFailure(null);
    work.catch((error: unknown) => setFailure({ title, error }));
  };
  const play = (entry: RecordingEntry) => {
    if (entry.format === 'asciicast') {
      attempt('The recording could not be opened', invoke('recordings.play', entry.id));
    }
  };

  return (
    <ListScreen
      id="recordings"
      title={title}
      source={recordings}
      loading="Loading recordings"
      problem="The recordings could not be listed"
      filters={<SearchField label="Filter recordings" width={240} value={typed} onChange={setTyped} />}
      filter={{
        on: (recordings.data?.length ?? 0) > 0,
        noMatch: `No recording matches “${typed}”`,
        clear: 'Clear filter',
        onClear: () => setTyped(''),
      }}
      above={failure ? <ProblemNotice title={failure.title} error={failure.error} /> : null}
      empty={
        <EmptyState
          title="Nothing has been recorded yet"
          actions={
            <Button variant="filled" onClick={() => go('terminal', 'new')}>
              Open terminal
            </Button>
          }
        >
          <p>
            Each terminal of the app is recorded from its first byte to its last, and so is each exec, attach and
            port-forward that the policy wants recorded.
          </p>
        </EmptyState>
      }
      columns={COLUMNS}
      rows={rows}
      rowId={(row) => row.id}
      selected={selected}
      onSelect={setSelected}
      onOpen={play}
      initialSort={{ column: 'started', descending: true }}
      panel={
        chosen ? (
          <DetailsPanel id="recording" title={chosen.title} onClose={() => setSelected(null)}>
            <div className={styles.actions}>
              {chosen.format === 'asciicast' ? (
                <Button
                  variant="filled"
                  leftSection={<IconPlayerPlay size={14} aria-hidden />}
                  onClick={() => play(chosen)}
                >
                  Play
                </Button>
              ) : null}
              <Button
                onClick={() => attempt('The recording could not be exported', invoke('recordings.export', chosen.id))}
              >
                Export…
              </Button>
            </div>
            <Facts
              facts={[
                { term: 'State', value: <EndBadge entry={chosen} /> },
                { term: 'Of', value: <span>{KIND_WORDS[chosen.kind]}</span> },
                { term: 'Started', value: exactTime(Date.parse(chosen.startedAt)) },
                { term: 'Length', value: <span>{position(chosen.durationMs)}</span> },
                { term: 'Who', value: chosen.principal },
                { term: 'Cluster', value: chosen.cluster },
                { term: 'Namespace', value: chosen.namespace },
                { term: 'Requests', value: chosen.kind === 'terminal' ? <span>{chosen.requests}</span> : null },
                { term: 'Size', value: <span>{byteSize(chosen.bytes)}</span> },
                { term: 'Id', value: chosen.id },
              ]}
            />
            {chosen.format === 'bytes' ? (
              <p className={styles.note}>
                No terminal was attached, so there is nothing to play. The export has its bytes with their times, as
                JSON lines.
              </p>
            ) : null}
            {chosen.kind === 'terminal' ? null : (
              <div className={styles.more}>
                <Button onClick={() => go('activity', chosen.id)}>Show request</Button>
              </div>
            )}
            {chosen.end === 'crash' ? (
              <p className={styles.crash}>
                {chosen.kind === 'terminal' ? 'The app' : 'The gateway'} ended without closing this recording. It is
                whole up to the last second before that.
              </p>
            ) : null}
          </DetailsPanel>
        ) : null
      }
    />
  );
}
