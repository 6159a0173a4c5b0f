import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { CopyButton } from './copy-button.tsx';
import { useSurroundings } from './surroundings.ts';
import styles from './ui.module.css';

/** What happened, what to do, the code to quote, and the details to copy. */
export function ProblemNotice(props: {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { explain, copyDetails } = useSurroundings();
  const problem = explain(props.error);
  const { reference } = problem;
  return (
    <div className={styles.notice} role="alert">
      <IconAlertTriangle className={styles.noticeIcon} size={18} aria-hidden />
      <div className={styles.noticeBody}>
        <strong>{props.title}</strong>
        <span>{problem.message}</span>
        <code className={styles.noticeCode}>{problem.code}</code>
        <div className={styles.noticeActions}>
          {props.onRetry ? <Button onClick={props.onRetry}>Try again</Button> : null}
          {reference === null ? null : <CopyButton label="Copy details" copy={() => copyDetails(reference)} />}
        </div>
      </div>
    </div>
  );
}
