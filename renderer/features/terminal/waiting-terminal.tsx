import { Button } from '@mantine/core';
import { useState } from 'react';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';

/** A terminal of the last run whose cluster is not connected: its shell starts as soon as that is. */
export function WaitingTerminal({ terminal }: { readonly terminal: TerminalEntry }) {
  const invoke = useInvoke();
  const clusters = useLive('clusters.list').data;
  const cluster = clusters?.find(({ slug }) => slug === terminal.cluster);
  const [failure, setFailure] = useState<unknown>(null);
  const signsIn = cluster?.state === 'signed-out';
  const connect = () => {
    setFailure(null);
    invoke('clusters.connect', terminal.cluster).catch(setFailure);
  };
  if (clusters === undefined || cluster?.state === 'connecting' || cluster?.state === 'connected') return null;
  return (
    <>
      {failure === null ? null : (
        <ProblemNotice title={`${terminal.clusterName} could not be connected`} error={failure} />
      )}
      <EmptyState
        title={signsIn ? `Sign in to reconnect ${terminal.clusterName}` : `${terminal.clusterName} is not connected`}
        actions={
          cluster === undefined || cluster.state === 'unusable' ? null : (
            <Button variant="filled" onClick={connect}>
              {signsIn ? 'Sign in' : 'Connect'}
            </Button>
          )
        }
      >
        <p>
          This terminal was open in namespace <Identifier>{terminal.namespace}</Identifier> when Gatehouse ended. It
          gets a new shell once its cluster is connected; nothing is run again.
        </p>
        <p>
          {cluster === undefined
            ? 'No kubeconfig file has its context any more.'
            : signsIn
              ? `Its credential comes from ${cluster.plugin ?? 'a plugin'}, which may open a browser.`
              : (cluster.problem ?? '')}
        </p>
      </EmptyState>
    </>
  );
}
