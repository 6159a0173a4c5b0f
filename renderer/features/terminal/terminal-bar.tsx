import { ActionIcon, Popover, Select } from '@mantine/core';
import { IconPlayerRecordFilled, IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import styles from './terminal.module.css';

/** Of the terminal in front: its namespace, whether and why it is recorded, search. */
export function TerminalBar(props: {
  readonly terminal: TerminalEntry;
  readonly onFind: () => void;
  readonly onClose: () => void;
  readonly onFailure: (title: string, error: unknown) => void;
}) {
  const { terminal } = props;
  const invoke = useInvoke();
  const namespaces = useQuery({
    queryKey: ['secrets', 'namespaces', terminal.cluster],
    queryFn: () => invoke('secrets.namespaces', terminal.cluster),
    enabled: terminal.state === 'open',
    staleTime: 30_000,
  });
  const names = [...new Set([terminal.namespace, ...(namespaces.data ?? [])])].sort();
  return (
    <div className={styles.bar}>
      <Select
        w={200}
        searchable
        aria-label="Namespace"
        data={names}
        value={terminal.namespace}
        disabled={terminal.state !== 'open'}
        maxDropdownHeight={280}
        styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12 } }}
        onDropdownOpen={() => void namespaces.refetch()}
        onChange={(namespace) => {
          if (namespace === null || namespace === terminal.namespace) return;
          invoke('terminals.setNamespace', { id: terminal.id, namespace }).catch((error: unknown) =>
            props.onFailure('The namespace was not changed', error),
          );
        }}
      />
      <div className={styles.barEnd}>
        {terminal.state === 'waiting' ? null : <RecordingIndicator terminal={terminal} />}
        <ActionIcon aria-label="Find in terminal" title="Find (Ctrl+Shift+F)" onClick={props.onFind}>
          <IconSearch size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label="Close terminal" title="Close terminal (Ctrl+Shift+W)" onClick={props.onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}

const RECORDING = {
  recording: [
    'REC',
    'Recorded because every terminal of Gatehouse is: what the shell prints, its size and the API requests it makes. What you type is not recorded, unless the settings say so; what the shell echoes is.',
  ],
  failed: [
    'REC failed',
    'The recording could not be written, so this terminal is not recorded any more. Check the free space of the recordings folder, then restart the shell.',
  ],
  ended: ['REC ended', 'The shell has ended and its recording is complete: see Recordings.'],
} as const satisfies Record<TerminalEntry['recording']['state'], readonly [string, string]>;

function RecordingIndicator({ terminal }: { readonly terminal: TerminalEntry }) {
  const [word, why] = RECORDING[terminal.recording.state];
  return (
    <Popover position="bottom-end" width={320} shadow="none" transitionProps={{ duration: 80 }}>
      <Popover.Target>
        <button
          type="button"
          className={styles.rec}
          data-off={terminal.recording.state === 'ended' || undefined}
          aria-label={`${word}: why`}
        >
          <IconPlayerRecordFilled size={12} aria-hidden />
          {word}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.why ?? ''}>{why}</Popover.Dropdown>
    </Popover>
  );
}
