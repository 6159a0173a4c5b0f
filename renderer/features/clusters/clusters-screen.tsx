import { Button } from '@mantine/core';
import { IconFileImport, IconFiles } from '@tabler/icons-react';
import { useState } from 'react';
import type { ClusterEntry } from '../../../preload/contract.ts';
import { useLive } from '../../live/live-queries.ts';
import { useSelection } from '../../live/navigation.tsx';
import { clusterWords } from '../../live/reach-words.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { actionWord } from './action-word.ts';
import { ClusterDetails } from './cluster-details.tsx';
import { filterClusters } from './cluster-filter.ts';
import { ClusterStateBadge } from './cluster-state-badge.tsx';
import styles from './clusters.module.css';
import { OutsideLineButton } from './outside-line-button.tsx';
import { type ClusterActions, useClusterActions } from './use-cluster-actions.ts';

const fileName = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

/** Why a cluster cannot be used, or worked with, now. */
function problemOf({ problem, reach, gone, file }: ClusterEntry): string | null {
  return problem ?? (gone ? `Gone from ${file}` : (reach?.problem ?? null));
}

function columns(actions: ClusterActions): ReadonlyArray<Column<ClusterEntry>> {
  return [
    {
      id: 'context',
      title: 'Context',
      width: 240,
      least: 220,
      grow: 1,
      value: (row) => row.context,
      render: (row) => (
        <>
          <span title={row.context}>
            {row.context === '' ? fileName(row.file) : <Identifier>{row.context}</Identifier>}
          </span>
          {row.production ? <StateBadge tone="production" word="production" filled /> : null}
          {row.demo ? <span className={styles.demo}>demo</span> : null}
          {row.passedOver.length > 0 ? (
            <span className={styles.doubled} title={`Several kubeconfig files define it: ${fileName(row.file)} counts`}>
              <IconFiles size={14} role="img" aria-label="defined more than once" />
            </span>
          ) : null}
        </>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: 132,
      value: (row) => clusterWords(row).word,
      render: (row) => <ClusterStateBadge cluster={row} />,
    },
    {
      id: 'action',
      title: 'Action',
      width: 128,
      render: (row) =>
        row.state === 'unusable' ? null : (
          <Button
            size="compact-xs"
            loading={actions.busy === row.slug || row.state === 'connecting'}
            aria-label={`${actionWord(row)}${row.state === 'connected' || row.state === 'signed-out' ? ' on' : ''} ${row.context}`}
            onClick={(event) => {
              event.stopPropagation();
              actions.connect(row);
            }}
          >
            {actionWord(row)}
          </Button>
        ),
    },
    {
      id: 'server',
      title: 'Server',
      width: 300,
      least: 160,
      grow: 2,
      value: (row) => row.server,
      render: (row) =>
        problemOf(row) === null ? (
          <span>
            <Identifier>{row.server}</Identifier>
          </span>
        ) : (
          <span className={styles.reason} title={problemOf(row) ?? ''}>
            {problemOf(row)}
          </span>
        ),
    },
    {
      id: 'namespace',
      title: 'Namespace',
      width: 112,
      least: 88,
      spare: 1,
      value: (row) => row.namespace,
      render: (row) => (
        <span>
          <Identifier>{row.namespace}</Identifier>
        </span>
      ),
    },
    {
      id: 'file',
      title: 'Kubeconfig',
      width: 120,
      least: 88,
      spare: 2,
      value: (row) => row.file,
      render: (row) => (
        <span title={row.file}>
          <Identifier>{fileName(row.file)}</Identifier>
        </span>
      ),
    },
  ];
}

/** Contexts of the person's kubeconfig files: which can be used, why not, connect. */
export function ClustersScreen({ title }: { readonly title: string }) {
  const clusters = useLive('clusters.list');
  const actions = useClusterActions();
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useSelection();
  const all = clusters.data ?? [];
  const shown = filterClusters(all, typed);
  const chosen = all.find((cluster) => cluster.slug === selected);
  const firstRun = clusters.data !== undefined && !all.some((cluster) => cluster.state === 'connected');

  const firstUsable = shown.find((cluster) => cluster.state !== 'unusable');

  return (
    <ListScreen
      id="clusters"
      title={title}
      source={clusters}
      loading="Loading clusters"
      problem="The clusters could not be read"
      filters={
        <SearchField
          label="Filter clusters"
          width={260}
          autoFocus
          value={typed}
          onChange={setTyped}
          onEnter={() => {
            if (typed !== '' && firstUsable) actions.connect(firstUsable);
          }}
        />
      }
      filter={{
        on: typed !== '',
        noMatch: `No cluster matches “${typed}”`,
        clear: 'Clear filter',
        onClear: () => setTyped(''),
      }}
      actions={
        <>
          <OutsideLineButton />
          {firstRun ? null : <ImportButton actions={actions} />}
        </>
      }
      above={
        <>
          {actions.failure ? <ProblemNotice title={actions.failure.title} error={actions.failure.error} /> : null}
          {firstRun ? <Welcome actions={actions} /> : null}
        </>
      }
      // The first steps above say what to do.
      empty={null}
      columns={columns(actions)}
      rows={shown}
      rowId={(row) => row.slug}
      selected={selected}
      onSelect={setSelected}
      onOpen={(row) => {
        if (row.state !== 'unusable') actions.connect(row);
      }}
      panel={chosen ? <ClusterDetails cluster={chosen} actions={actions} onClose={() => setSelected(null)} /> : null}
    />
  );
}

function ImportButton({ actions }: { readonly actions: ClusterActions }) {
  return (
    <Button
      leftSection={<IconFileImport size={14} aria-hidden />}
      loading={actions.busy === 'import'}
      onClick={actions.addKubeconfig}
    >
      Import kubeconfig…
    </Button>
  );
}

function Welcome({ actions }: { readonly actions: ClusterActions }) {
  return (
    <section className={styles.welcome} aria-label="First steps">
      <h2>Open a guarded terminal</h2>
      <ol className={styles.steps}>
        <li>
          <b>1</b>Connect a cluster of your kubeconfig, or try the demo cluster that comes with the app.
        </li>
        <li>
          <b>2</b>Work with plain kubectl in the terminal that opens. Secret values come back masked.
        </li>
        <li>
          <b>3</b>What is dangerous waits here for your approval before it reaches the cluster.
        </li>
      </ol>
      <div className={styles.actions}>
        <Button variant="filled" loading={actions.busy === 'demo'} onClick={actions.startDemo}>
          Try the demo cluster
        </Button>
        <ImportButton actions={actions} />
      </div>
    </section>
  );
}
