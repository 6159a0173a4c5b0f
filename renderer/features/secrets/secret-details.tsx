import type { SecretEntry } from '../../../preload/contract.ts';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { Facts, Section } from '../../ui/facts.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SecretKeyRow } from './secret-key-row.tsx';
import styles from './secrets.module.css';

export function SecretDetails(props: {
  readonly cluster: string;
  readonly secret: SecretEntry;
  readonly onClose: () => void;
}) {
  const { cluster, secret } = props;
  const { namespace, name } = secret;
  return (
    <DetailsPanel id="secret" title={name} onClose={props.onClose}>
      <Facts
        facts={[
          { term: 'Namespace', value: namespace },
          { term: 'Type', value: secret.type },
          { term: 'Created', value: <RelativeTime time={secret.createdAt} /> },
          { term: 'Owners', value: secret.owners.join(', ') },
          { term: 'Immutable', value: secret.immutable ? <span>yes</span> : null },
        ]}
      />
      <Section title={secret.keys.length === 1 ? '1 key' : `${secret.keys.length} keys`}>
        {secret.keys.length === 0 ? <p>This Secret holds nothing.</p> : null}
        <ul className={styles.keys}>
          {secret.keys.map((key) => (
            <SecretKeyRow key={key} target={{ cluster, namespace, name, key }} />
          ))}
        </ul>
      </Section>
    </DetailsPanel>
  );
}
