import { Button, Modal, TextInput } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import type { LiveStream } from '../../../model/live-stream.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import styles from './activity.module.css';
import { lossWords, streamLine } from './stream-words.ts';

/** Ends a stream, after it was said what is lost. A stream that ends meanwhile takes the question with it. */
export function EndStreamButton({ stream, compact }: { readonly stream: LiveStream; readonly compact?: boolean }) {
  const invoke = useInvoke();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const cluster = useLive('clusters.list').data?.find(({ slug }) => slug === stream.cluster);
  const line = streamLine(stream);

  const ask = () => {
    setReason('');
    setFailure(null);
    setAsking(true);
  };
  const end = () => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    invoke('streams.end', { auditId: stream.auditId, comment: reason.trim() === '' ? null : reason.trim() })
      .then(() => setAsking(false))
      .catch(setFailure)
      .finally(() => setBusy(false));
  };
  // The Enter that opened the question must not answer it while the key is still down.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.repeat) end();
  };

  return (
    <>
      <Button size={compact ? 'compact-xs' : 'xs'} aria-label={`End ${line}`} onClick={ask}>
        End…
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="End this stream?">
        <div className={styles.confirm}>
          <p className={styles.ending}>
            {line} on {cluster?.context ?? stream.cluster}
          </p>
          {stream.command.length > 0 ? <p className={styles.command}>{stream.command.join(' ')}</p> : null}
          <p>{lossWords(stream)}</p>
          <TextInput
            data-autofocus
            label="Reason"
            // kubectl says of a port-forward that it is lost, and not why.
            placeholder={`Optional; ${stream.kind === 'portforward' ? 'the journal keeps it' : 'the client prints it'}`}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          {failure ? <ProblemNotice title="The stream was not ended" error={failure} /> : null}
          <div className={styles.buttons}>
            <Button
              variant="filled"
              leftSection={<IconPlugConnectedX size={14} aria-hidden />}
              disabled={busy}
              onClick={end}
            >
              End stream
            </Button>
            <Button onClick={() => setAsking(false)}>Back</Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
