import { Button } from '@mantine/core';
import type { ClusterEntry } from '../../../preload/contract.ts';
import { canSignIn, isTroubled } from '../../live/reach-words.ts';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { Facts, Section } from '../../ui/facts.tsx';
import { sentence } from '../../ui/sentence.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { actionWord } from './action-word.ts';
import { ClusterStateBadge } from './cluster-state-badge.tsx';
import styles from './clusters.module.css';
import { PassedOverSection } from './passed-over-section.tsx';
import { reachFacts } from './reach-facts.tsx';
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
            {actionWord(cluster)}
          </Button>
          {cluster.state === 'connected' && canSignIn(cluster) ? (
            <Button disabled={busy} onClick={() => actions.signIn(cluster)}>
              Sign in again
            </Button>
          ) : null}
          {cluster.state === 'connected' ? (
            <Button disabled={busy} onClick={() => actions.look(cluster)}>
              Check now
            </Button>
          ) : null}
          {cluster.state === 'connected' ? (
            <Button onClick={() => actions.disconnect(cluster)}>
              {cluster.demo ? 'Stop demo cluster' : 'Disconnect'}
            </Button>
          ) : null}
        </div>
      ) : null}
      <div className={styles.sections}>
        {cluster.problem === null ? null : (
          <Section title={cluster.state === 'failed' ? 'Why it failed' : 'Why it cannot be used'}>
            <p>{sentence(cluster.problem)}</p>
          </Section>
        )}
        {isTroubled(cluster) && cluster.reach?.problem ? (
          <Section title={cluster.reach.state === 'sign-in' ? 'Why to sign in' : 'What is wrong'}>
            <p>{sentence(cluster.reach.problem)}</p>
          </Section>
        ) : null}
        {cluster.state === 'signed-out' ? (
          <Section title="Signed out">
            <p>
              It was connected when Gatehouse ended. Its credential comes from {cluster.plugin ?? 'a plugin'}, which may
              open a browser, so nothing was asked of it yet. Sign in to reconnect.
            </p>
          </Section>
        ) : null}
        {cluster.gone ? (
          <Section title="Gone from the kubeconfig">
            <p>
              No kubeconfig file has this context any more. It stays here until it is disconnected; requests are refused
              until a file has it again.
            </p>
          </Section>
        ) : null}
        <PassedOverSection passedOver={cluster.passedOver} />
      </div>
      <Facts
        facts={[
          { term: 'State', value: <ClusterStateBadge cluster={cluster} /> },
          {
            term: 'Kind',
            value: cluster.production ? <StateBadge tone="production" word="production" filled /> : null,
          },
          ...reachFacts(cluster),
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
