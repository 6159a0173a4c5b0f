import { Button } from '@mantine/core';
import type { ClusterEntry } from '../../../preload/contract.ts';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { Facts, Section } from '../../ui/facts.tsx';
import { sentence } from '../../ui/sentence.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { ClusterStateBadge } from './cluster-state-badge.tsx';
import styles from './clusters.module.css';
import type { ClusterActions } from './use-cluster-actions.ts';

export function ClusterDetails(props: {
  readonly cluster: ClusterEntry;
  readonly actions: ClusterActions;
  readonly onClose: () => void;
}) {
  const { cluster, actions } = props;
  const busy = actions.busy === cluster.slug || cluster.state === 'connecting';
  return (
    <DetailsPanel id="cluster" title={cluster.context === '' ? cluster.file : cluster.context} onClose={props.onClose}>
      {cluster.state !== 'unusable' ? (
        <div className={styles.panelActions}>
          <Button variant="filled" loading={busy} onClick={() => actions.connect(cluster)}>
            {cluster.state === 'connected' ? 'Open terminal' : cluster.state === 'failed' ? 'Try again' : 'Connect'}
          </Button>
          {cluster.state === 'connected' ? (
            <Button onClick={() => actions.disconnect(cluster)}>
              {cluster.demo ? 'Stop demo cluster' : 'Disconnect'}
            </Button>
          ) : null}
        </div>
      ) : null}
      {cluster.problem === null ? null : (
        <Section title={cluster.state === 'failed' ? 'Why it failed' : 'Why it cannot be used'}>
          <p>{sentence(cluster.problem)}</p>
        </Section>
      )}
      <Facts
        facts={[
          { term: 'State', value: <ClusterStateBadge cluster={cluster} /> },
          {
            term: 'Kind',
            value: cluster.production ? <StateBadge tone="production" word="production" filled /> : null,
          },
          { term: 'Server', value: cluster.server },
          { term: 'User', value: cluster.user },
          { term: 'Namespace', value: cluster.namespace },
          { term: 'Kubeconfig', value: cluster.file },
          { term: 'Gateway path', value: cluster.context === '' ? null : `/c/${cluster.slug}` },
        ]}
      />
    </DetailsPanel>
  );
}
