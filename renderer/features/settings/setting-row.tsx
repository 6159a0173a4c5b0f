import type { ReactNode } from 'react';
import styles from './settings.module.css';

/** One setting or fact: what it is, a hint, its control. */
export function SettingRow(props: {
  readonly label: string;
  readonly hint?: string;
  /** The id of the control that the label belongs to; without it the row shows a fact. */
  readonly labels?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <div className={styles.what}>
        {props.labels ? <label htmlFor={props.labels}>{props.label}</label> : <span>{props.label}</span>}
        {props.hint ? <span className={styles.hint}>{props.hint}</span> : null}
      </div>
      <div className={styles.control}>{props.children}</div>
    </div>
  );
}

export function SettingSection(props: { readonly id: string; readonly title: string; readonly children: ReactNode }) {
  return (
    <section id={props.id} className={styles.section} aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`} tabIndex={-1}>
        {props.title}
      </h2>
      {props.children}
    </section>
  );
}
