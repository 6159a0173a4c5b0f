import type { ReactNode } from 'react';
import styles from './ui.module.css';

export interface ScreenLayoutProps {
  readonly title: string;
  /** Beside the title: filters. */
  readonly filters?: ReactNode;
  /** At the end: actions. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** A details panel, at the right. */
  readonly panel?: ReactNode;
}

/** A screen: its heading with what filters or acts on the whole of it, then its body. */
export function ScreenLayout(props: ScreenLayoutProps) {
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <h1>{props.title}</h1>
        {props.filters}
        <div className={styles.headerEnd}>{props.actions}</div>
      </header>
      <div className={styles.split}>
        <div className={styles.splitMain}>{props.children}</div>
        {props.panel}
      </div>
    </div>
  );
}
