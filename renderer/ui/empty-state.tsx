import type { ReactNode } from 'react';
import styles from './ui.module.css';

/** Nothing here yet: why, and the one thing to do about it. */
export function EmptyState(props: {
  readonly title: string;
  readonly children?: ReactNode;
  /** One primary action; at most one more beside it. */
  readonly actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <h2>{props.title}</h2>
      {props.children}
      {props.actions ? <div className={styles.emptyActions}>{props.actions}</div> : null}
    </div>
  );
}
