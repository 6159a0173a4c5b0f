import { Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation, useSelection } from '../../live/navigation.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { duration, exactTime, rowTime } from '../../ui/time-words.ts';
import styles from './activity.module.css';
import { filterRows, type JournalRow, type Outcome } from './journal-rows.ts';
import { OpenStreams } from './open-streams.tsx';
import { RowDetails } from './request-details.tsx';
import { rowLine, rowOutcome } from './row-words.ts';
import { statusWord } from './stream-words.ts';
import { useJournal } from './use-journal.ts';

const mono = (value: string | undefined) =>
  value ? (
    <span title={value}>
      <Identifier>{value}</Identifier>
    </span>
  ) : null;

function RowLine({ row }: { readonly row: JournalRow }) {
  return mono(rowLine(row, useLive('approvals.list').data));
}

const COLUMNS: ReadonlyArray<Column<JournalRow>> = [
  {
    id: 'time',
    title: 'Time',
    width: 92,
    render: (row) => (
      <time dateTime={row.time} title={exactTime(Date.parse(row.time))}>
        {rowTime(Date.parse(row.time), Date.now())}
      </time>
    ),
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: 132,
    render: (row) => {
      const { tone, word } = rowOutcome(row, Date.now());
      return <StateBadge tone={tone} word={word} />;
    },
  },
  { id: 'request', title: 'Request', width: 300, least: 200, grow: 3, render: (row) => <RowLine row={row} /> },
  {
    id: 'as',
    title: 'As',
    width: 150,
    least: 90,
    grow: 1,
    spare: 3,
    render: (row) => mono(row.kind === 'request' ? row.decided.effective?.user : undefined),
  },
  {
    id: 'status',
    title: 'Status',
    width: 64,
    spare: 4,
    end: true,
    render: (row) => (row.kind === 'request' && row.finished ? <span>{statusWord(row.finished)}</span> : null),
  },
  {
    id: 'took',
    title: 'Took',
    width: 76,
    spare: 5,
    end: true,
    render: (row) => (row.kind === 'request' && row.finished ? <span>{duration(row.finished.durationMs)}</span> : null),
  },
  {
    id: 'masked',
    title: 'Masked',
    width: 72,
    spare: 6,
    end: true,
    render: (row) =>
      row.kind === 'request' && row.finished && row.finished.maskedValues > 0 ? (
        <span>{row.finished.maskedValues}</span>
      ) : null,
  },
  {
    id: 'cluster',
    title: 'Cluster',
    width: 96,
    least: 72,
    spare: 7,
    render: (row) => mono(row.kind === 'request' ? row.decided.cluster : undefined),
  },
  {
    id: 'rule',
    title: 'Rule',
    width: 160,
    least: 110,
    grow: 1,
    spare: 8,
    render: (row) => mono(row.kind === 'request' ? row.decided.decision.rule : undefined),
  },
];

const OUTCOMES: ReadonlyArray<{ value: Outcome | 'any'; label: string }> = [
  { value: 'any', label: 'Any outcome' },
  { value: 'allow', label: 'Allowed' },
  { value: 'requireApproval', label: 'Needed approval' },
  { value: 'deny', label: 'Denied by policy' },
  { value: 'refused', label: 'Refused' },
];

/** The journal as it is written: each request, what was decided, and why. */
export function ActivityScreen({ title }: { readonly title: string }) {
  const { item } = useNavigation();
  const journal = useJournal();
  const clusters = useLive('clusters.list').data ?? [];
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [cluster, setCluster] = useState<string | null>(null);
  const [selected, setSelected] = useSelection();
  useEffect(() => {
    if (item !== null) setSelected(item);
  }, [item, setSelected]);
  const filtered = text.trim() !== '' || outcome !== null || cluster !== null;
  const rows = filterRows(journal.rows ?? [], { text, outcome, cluster });
  const chosen = journal.rows?.find((row) => row.key === selected);
  const clear = () => {
    setText('');
    setOutcome(null);
    setCluster(null);
  };
  const slugs = new Set([
    ...clusters.filter((entry) => entry.state === 'connected').map((entry) => entry.slug),
    ...(journal.rows ?? []).flatMap((row) => (row.kind === 'request' ? [row.decided.cluster] : [])),
  ]);

  return (
    <ListScreen
      id="activity"
      title={title}
      source={{ data: journal.rows, error: journal.error, refetch: journal.retry }}
      loading="Loading activity"
      problem="The journal could not be read"
      filters={
        <>
          <SearchField
            label="Filter activity"
            placeholder="Filter by user, resource, rule"
            width={240}
            value={text}
            onChange={setText}
          />
          <Select
            w={150}
            aria-label="Outcome"
            data={[...OUTCOMES]}
            value={outcome ?? 'any'}
            onChange={(value) =>
              setOutcome((OUTCOMES.find((known) => known.value === value && value !== 'any')?.value as Outcome) ?? null)
            }
          />
          <Select
            w={170}
            aria-label="Cluster"
            data={[
              { value: '*', label: 'Any cluster' },
              ...[...slugs].filter(Boolean).map((slug) => ({ value: slug, label: slug })),
            ]}
            value={cluster ?? '*'}
            onChange={(value) => setCluster(value === '*' ? null : value)}
          />
        </>
      }
      filter={{ on: filtered, noMatch: 'Nothing matches this filter', clear: 'Clear filter', onClear: clear }}
      actions={
        journal.rows ? (
          <span className={styles.live} role="status">
            {rows.length === 1 ? '1 row' : `${rows.length} rows`}, live
          </span>
        ) : null
      }
      above={<OpenStreams onSelect={setSelected} />}
      empty={
        <EmptyState title="No request has been made yet">
          <p>Every request that kubectl sends through the gateway appears here as it happens.</p>
        </EmptyState>
      }
      columns={COLUMNS}
      rows={rows}
      rowId={(row) => row.key}
      selected={selected}
      onSelect={setSelected}
      onEnd={journal.readOlder}
      panel={chosen ? <RowDetails row={chosen} onClose={() => setSelected(null)} /> : null}
    />
  );
}
