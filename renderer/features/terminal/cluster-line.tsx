import { Button } from '@mantine/core';
import { IconCloudOff, IconKey, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import type { ClusterEntry } from '../../../preload/contract.ts';
import { toProblem, useInvoke } from '../../live/bridge.ts';
import { canSignIn, isTroubled } from '../../live/reach-words.ts';
import { sentence } from '../../ui/sentence.ts';
import styles from './terminal.module.css';

/** Under a terminal: why its cluster cannot be worked with now, and the way back. */
export function ClusterLine({ cluster, name }: { readonly cluster: ClusterEntry | undefined; readonly name: string }) {
  if (cluster?.state === 'connected') return <ReachLine cluster={cluster} />;
  if (cluster?.state === 'connecting') return null;
  return <NotConnectedLine cluster={cluster} name={name} />;
}

function NotConnectedLine({ cluster, name }: { readonly cluster: ClusterEntry | undefined; readonly name: string }) {
  const invoke = useInvoke();
  const [failure, setFailure] = useState<string | null>(null);
  const why = failure ?? cluster?.problem ?? 'kubectl reaches nothing in this terminal until it is';
  return (
    <div className={styles.line} data-tone="waiting" role="status">
      <IconPlugConnectedX size={16} aria-hidden />
      <span>
        {name} is not connected: {why.replace(/\.$/, '')}.
      </span>
      {cluster === undefined ? null : (
        <Button
          className={styles.lineEnd ?? ''}
          onClick={() => {
            invoke('clusters.connect', cluster.slug).catch((error: unknown) => setFailure(toProblem(error).message));
          }}
        >
          {cluster.state === 'signed-out' ? 'Sign in' : 'Connect'}
        </Button>
      )}
    </div>
  );
}

function ReachLine({ cluster }: { readonly cluster: ClusterEntry }) {
  const invoke = useInvoke();
  const [busy, setBusy] = useState<'look' | 'sign-in' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const problem = isTroubled(cluster) ? (cluster.reach?.problem ?? null) : null;
  if (problem === null && failure === null) return null;
  const run = (what: 'look' | 'sign-in', work: () => Promise<unknown>) => {
    setBusy(what);
    setFailure(null);
    work()
      .catch((error: unknown) => setFailure(toProblem(error).message))
      .finally(() => setBusy(null));
  };
  const Icon = cluster.reach?.state === 'sign-in' ? IconKey : IconCloudOff;
  return (
    <div className={styles.line} data-tone="waiting" role="status">
      <Icon size={16} aria-hidden />
      <span>{sentence(failure ?? problem ?? '')}</span>
      <span className={styles.lineEnd}>
        <Button
          loading={busy === 'look'}
          disabled={busy !== null}
          onClick={() => run('look', () => invoke('clusters.look', cluster.slug))}
        >
          Check now
        </Button>
        {canSignIn(cluster) ? (
          <Button
            ml={8}
            loading={busy === 'sign-in'}
            disabled={busy !== null}
            onClick={() => run('sign-in', () => invoke('clusters.signIn', cluster.slug))}
          >
            Sign in again
          </Button>
        ) : null}
      </span>
    </div>
  );
}
