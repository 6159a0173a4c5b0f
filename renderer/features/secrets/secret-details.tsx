import { useEffect } from 'react';
import type { SecretEntry } from '../../../preload/contract.ts';
import { InnerFrame } from '../../live/inner-frame.tsx';
import { useNavigation } from '../../live/navigation.tsx';
import type { AppShortcut } from '../../live/shortcuts.ts';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import styles from './secrets.module.css';

/** The details of one Secret, in a document of their own: a value that is revealed there never is in this one. */
export function SecretDetails(props: {
  readonly cluster: string;
  readonly secret: SecretEntry;
  readonly onClose: () => void;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}) {
  const { cluster, secret } = props;
  const { setGuarded } = useNavigation();
  useEffect(() => {
    setGuarded(true);
    return () => setGuarded(false);
  }, [setGuarded]);
  return (
    <DetailsPanel
      id="secret"
      title={secret.name}
      onClose={props.onClose}
      frame={(close) => (
        <InnerFrame
          document="secret"
          id={SECRET_FRAME}
          className={styles.frame}
          title={`Secret ${secret.name}`}
          show={{ type: 'showSecret', shown: { cluster, secret } }}
          onKey={(key) => {
            if (key === 'Escape') close();
          }}
          onShortcut={props.onShortcut}
        />
      )}
    />
  );
}

export const SECRET_FRAME = 'secret-frame';
