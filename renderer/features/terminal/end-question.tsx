import { Button, Modal } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useInvoke } from '../../live/bridge.ts';
import { Identifier } from '../../ui/identifier.tsx';
import styles from './terminal.module.css';

/** What a person is about to do to a terminal in which a program runs. */
export interface PendingEnd {
  readonly kind: 'close' | 'restart';
  readonly program: string;
  readonly go: () => void;
}

/** Before a shell is ended, the host is asked what runs in it; only where something does is the person asked. */
export function useEndQuestion(): {
  readonly question: PendingEnd | null;
  readonly askFirst: (terminal: string, kind: PendingEnd['kind'], go: () => void) => void;
  readonly answer: (end: boolean) => void;
} {
  const invoke = useInvoke();
  const [question, setQuestion] = useState<PendingEnd | null>(null);
  const askFirst = useCallback(
    (terminal: string, kind: PendingEnd['kind'], go: () => void) => {
      // Where it cannot be known, a program may be running.
      invoke('terminals.foreground', terminal)
        .catch(() => 'a program')
        .then((program) => (program === null ? go() : setQuestion({ kind, program, go })));
    },
    [invoke],
  );
  const answer = (end: boolean) => {
    setQuestion(null);
    if (end) question?.go();
  };
  return { question, askFirst, answer };
}

const WORDS = {
  close: ['Close this terminal?', 'Close terminal', 'It ends with the terminal.'],
  restart: ['Restart this shell?', 'Restart shell', 'It ends with the shell.'],
} as const satisfies Record<PendingEnd['kind'], readonly string[]>;

/** Asks before a running program is ended; Enter and Escape keep it. */
export function EndQuestion(props: {
  readonly question: PendingEnd | null;
  readonly onAnswer: (end: boolean) => void;
}) {
  const { question, onAnswer } = props;
  const [title, doIt, consequence] = WORDS[question?.kind ?? 'close'];
  return (
    // The terminal takes the keyboard back itself: its frame alone would have it, and not the field in the frame.
    <Modal opened={question !== null} onClose={() => onAnswer(false)} title={title} returnFocus={false}>
      <p className={styles.endWords}>
        <Identifier>{question?.program ?? ''}</Identifier> is running in it. {consequence}
      </p>
      <div className={styles.actions}>
        <Button variant="filled" data-autofocus onClick={() => onAnswer(false)}>
          Keep it
        </Button>
        <Button onClick={() => onAnswer(true)}>{doIt}</Button>
      </div>
    </Modal>
  );
}
