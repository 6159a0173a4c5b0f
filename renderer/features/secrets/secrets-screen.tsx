import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClusterEntry, SecretEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { focusInnerFrame } from '../../live/inner-frame.tsx';
import { useNavigation } from '../../live/navigation.tsx';
import type { AppShortcut } from '../../live/shortcuts.ts';
import type { Column } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { MaskedChip } from '../../ui/masked-chip.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { ScreenLayout } from '../../ui/screen-layout.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { age, exactTime } from '../../ui/time-words.ts';
import { SECRET_FRAME, SecretDetails } from './secret-details.tsx';
import { filterSecrets } from './secret-filter.ts';
import styles from './secrets.module.css';

const text = (value: string) => (
  <span title={value}>
    <Identifier>{value}</Identifier>
  </span>
);

const COLUMNS: ReadonlyArray<Column<SecretEntry>> = [
  {
    id: 'name',
    title: 'Name',
    width: 220,
    least: 150,
    grow: 2,
    value: (row) => row.name,
    render: (row) => text(row.name),
  },
  {
    id: 'namespace',
    title: 'Namespace',
    width: 120,
    least: 116,
    spare: 1,
    value: (row) => row.namespace,
    render: (row) => text(row.namespace),
  },
  {
    id: 'keys',
    title: 'Keys',
    width: 220,
    least: 130,
    grow: 2,
    spare: 2,
    value: (row) => row.keys.length,
    render: (row) => text(row.keys.join(', ')),
  },
  { id: 'values', title: 'Values', width: 112, spare: 6, render: () => <MaskedChip /> },
  {
    id: 'type',
    title: 'Type',
    width: 150,
    least: 132,
    grow: 1,
    spare: 4,
    value: (row) => row.type,
    render: (row) => text(row.type),
  },
  {
    id: 'age',
    title: 'Age',
    width: 60,
    spare: 3,
    end: true,
    value: (row) => -Date.parse(row.createdAt),
    render: (row) => (
      <time dateTime={row.createdAt} title={exactTime(Date.parse(row.createdAt))}>
        {age(Date.parse(row.createdAt), Date.now())}
      </time>
    ),
  },
  {
    id: 'owners',
    title: 'Owners',
    width: 150,
    least: 90,
    spare: 5,
    value: (row) => row.owners.join(),
    render: (row) => text(row.owners.join(', ')),
  },
];

/** Secrets of the chosen cluster: what there is, never what it says, until one value is asked for and allowed. */
export function SecretsScreen(props: { readonly title: string; readonly onShortcut: (shortcut: AppShortcut) => void }) {
  const { title } = props;
  const { cluster, go } = useNavigation();
  if (cluster === null) {
    return (
      <ScreenLayout title={title}>
        <EmptyState
          title="Connect a cluster to see its Secrets"
          actions={
            <Button variant="filled" onClick={() => go('clusters')}>
              Choose a cluster
            </Button>
          }
        >
          <p>Names, keys and types are shown; values stay masked until you reveal one.</p>
        </EmptyState>
      </ScreenLayout>
    );
  }
  return <ClusterSecrets key={cluster.slug} title={title} cluster={cluster} onShortcut={props.onShortcut} />;
}

function ClusterSecrets(props: {
  readonly title: string;
  readonly cluster: ClusterEntry;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}) {
  const { title, cluster } = props;
  const invoke = useInvoke();
  const [namespace, setNamespace] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const secrets = useQuery({
    queryKey: ['secrets', 'list', cluster.slug, namespace],
    queryFn: () => invoke('secrets.list', { cluster: cluster.slug, namespace }),
    staleTime: 15_000,
  });
  const rows = filterSecrets(secrets.data ?? [], typed);
  const idOf = (secret: SecretEntry) => `${secret.namespace}/${secret.name}`;
  const chosen = secrets.data?.find((secret) => idOf(secret) === selected);
  // A column that says nothing of these rows leaves its room to the others.
  const columns = COLUMNS.filter(
    ({ id }) =>
      !(id === 'namespace' && namespace !== null) &&
      !(id === 'owners' && !secrets.data?.some(({ owners }) => owners.length > 0)),
  );
  const choose = (next: string | null) => {
    setNamespace(next);
    setSelected(null);
  };

  return (
    <ListScreen
      id="secrets"
      title={title}
      source={secrets}
      loading="Loading secrets"
      problem="The Secrets could not be listed"
      filters={
        <SearchField
          label="Search secrets"
          placeholder="Search names, keys, types"
          width={260}
          value={typed}
          onChange={setTyped}
        />
      }
      filter={{
        on: typed !== '',
        noMatch: `No Secret matches “${typed}”`,
        clear: 'Clear search',
        onClear: () => setTyped(''),
      }}
      actions={
        <>
          {secrets.data === undefined ? null : (
            <span role="status">{rows.length === 1 ? '1 Secret' : `${rows.length} Secrets`}</span>
          )}
          <ActionIcon aria-label="Read again" loading={secrets.isFetching} onClick={() => void secrets.refetch()}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </>
      }
      beside={<Namespaces cluster={cluster.slug} chosen={namespace} onChoose={choose} />}
      empty={
        <EmptyState
          title="No Secrets here"
          actions={<Button onClick={() => void secrets.refetch()}>Read again</Button>}
        />
      }
      columns={columns}
      rows={rows}
      rowId={idOf}
      selected={selected}
      onSelect={setSelected}
      onOpen={() => focusInnerFrame(SECRET_FRAME)}
      initialSort={{ column: 'name', descending: false }}
      panel={
        chosen ? (
          <SecretDetails
            cluster={cluster.slug}
            secret={chosen}
            onClose={() => setSelected(null)}
            onShortcut={props.onShortcut}
          />
        ) : null
      }
    />
  );
}

function Namespaces(props: {
  readonly cluster: string;
  readonly chosen: string | null;
  readonly onChoose: (namespace: string | null) => void;
}) {
  const invoke = useInvoke();
  const [typed, setTyped] = useState('');
  const namespaces = useQuery({
    queryKey: ['secrets', 'namespaces', props.cluster],
    queryFn: () => invoke('secrets.namespaces', props.cluster),
    staleTime: 30_000,
  });
  const names = (namespaces.data ?? []).filter((name) => name.includes(typed.trim().toLowerCase()));
  return (
    <nav className={styles.namespaces} aria-label="Namespaces">
      <div className={styles.namespaceFilter}>
        <TextInput
          placeholder="Filter namespaces"
          aria-label="Filter namespaces"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <div className={styles.namespaceList}>
        <button
          type="button"
          className={styles.namespace}
          data-all
          aria-current={props.chosen === null || undefined}
          onClick={() => props.onChoose(null)}
        >
          All namespaces
        </button>
        {namespaces.isError ? (
          <ProblemNotice
            title="Namespaces could not be listed"
            error={namespaces.error}
            onRetry={() => void namespaces.refetch()}
          />
        ) : null}
        {names.map((name) => (
          <button
            key={name}
            type="button"
            className={styles.namespace}
            aria-current={props.chosen === name || undefined}
            onClick={() => props.onChoose(name)}
          >
            {name}
          </button>
        ))}
      </div>
    </nav>
  );
}
