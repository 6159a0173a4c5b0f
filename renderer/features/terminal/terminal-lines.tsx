import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconTerminal2 } from '@tabler/icons-react';
import { clientHasGone } from '../../../model/approval-words.ts';
import { requestLine } from '../../../model/request-words.ts';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { pendingApprovals } from '../../live/approval-order.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BroughtBackLine } from './brought-back-line.tsx';
import { ClusterLine } from './cluster-line.tsx';
import styles from './terminal.module.css';

/** Lines under the terminal: a request of it that waits, kubectl that is missing, the shell that ended. */
export function TerminalLines(props: { readonly terminal: TerminalEntry; readonly onRestart: () => void }) {
  const { terminal } = props;
  const { setWaiting, waiting: panel } = useNavigation();
  const now = useNow(1_000);
  const asked = pendingApprovals(useLive('approvals.list').data ?? [], now).filter(
    ({ intent }) => intent.principal.session.kind === 'inAppTerminal' && intent.principal.session.id === terminal.id,
  );
  // What kubectl waits for now is said before what it has given up.
  const waiting = asked.find((approval) => !clientHasGone(approval, now)) ?? asked[0];
  const gone = waiting !== undefined && clientHasGone(waiting, now);
  const clusters = useLive('clusters.list').data;
  const cluster = clusters?.find(({ slug }) => slug === terminal.cluster);
  return (
    <>
      {clusters !== undefined && terminal.state === 'open' ? (
        <ClusterLine cluster={cluster} name={terminal.clusterName} />
      ) : null}
      <BroughtBackLine terminal={terminal} />
      {waiting ? (
        <div className={styles.line} data-tone="waiting" role="status">
          <IconClock size={16} aria-hidden />
          <span>
            {gone ? 'kubectl has gone, and its request still waits: ' : 'kubectl waits for your approval: '}
            <Identifier>{requestLine(waiting.intent.request)}</Identifier> (<Identifier>{waiting.code}</Identifier>)
          </span>
          {panel?.id === waiting.id ? null : (
            <Button className={styles.lineEnd ?? ''} onClick={() => setWaiting({ id: waiting.id, openedBy: 'person' })}>
              Review
            </Button>
          )}
        </div>
      ) : null}
      {terminal.kubectlMissing ? (
        <div className={styles.line} data-tone="waiting" role="status">
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            kubectl is not on this shell's PATH. Install it (kubernetes.io, Install tools), or add its folder to PATH
            and restart the shell.
          </span>
        </div>
      ) : null}
      {terminal.state === 'exited' ? (
        <div className={styles.line} role="status">
          <IconTerminal2 size={16} aria-hidden />
          <span>
            {terminal.exitCode === null ? 'The shell ended.' : `The shell ended with exit code ${terminal.exitCode}.`}
          </span>
          <Button className={styles.lineEnd ?? ''} onClick={props.onRestart}>
            Restart
          </Button>
        </div>
      ) : null}
    </>
  );
}
