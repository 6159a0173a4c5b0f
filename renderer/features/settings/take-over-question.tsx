import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import type { BuiltInPart, PolicyUpgraded } from '../../../model/policy-upgrade.ts';
import { count, partInWords } from '../../../model/policy-upgrade-words.ts';
import { useInvoke } from '../../live/bridge.ts';
import { Identifier } from '../../ui/identifier.tsx';
import styles from './policy-upgrade.module.css';

interface TakeOverQuestionProps {
  readonly opened: boolean;
  /** Of the folder as the parts were shown: another one is not written into. */
  readonly digest: string;
  readonly parts: readonly BuiltInPart[];
  readonly onClose: () => void;
  readonly onTaken: (result: PolicyUpgraded) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Says what is written where and what follows, and writes it on a yes. */
export function TakeOverQuestion({ opened, digest, parts, onClose, onTaken, onFailed }: TakeOverQuestionProps) {
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const files = [...new Set(parts.map(({ file }) => file))].join(', ');
  const take = () => {
    setBusy(true);
    invoke('policy.takeOver', { digest, parts: parts.map(({ id }) => id) })
      .then(onTaken, onFailed)
      .finally(() => {
        setBusy(false);
        onClose();
        // After a failure too: what was shown may be old.
        void queryClient.invalidateQueries({ queryKey: ['policy.upgrade'] });
      });
  };
  // The Enter that opened the question must not answer it while the key is still down.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.repeat) event.preventDefault();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={`Take over ${count(parts)}?`}>
      <div className={styles.question}>
        <ul className={styles.asked}>
          {parts.map((part) => (
            <li key={part.id}>
              <Identifier>{part.id}</Identifier> {partInWords(part).reach}
            </li>
          ))}
        </ul>
        <p>
          {`Written into ${files}; the files as they are now are copied beside them first. `}
          The new policy is in force at once, and what waits for your approval ends.
        </p>
        <div className={styles.buttons}>
          <Button data-autofocus variant="filled" disabled={busy} onClick={take} onKeyDown={onKeyDown}>
            Take over
          </Button>
          <Button onClick={onClose}>Back</Button>
        </div>
      </div>
    </Modal>
  );
}
