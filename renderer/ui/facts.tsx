import type { ReactNode } from 'react';
import { Identifier } from './identifier.tsx';
import styles from './ui.module.css';

export interface Fact {
  readonly term: string;
  /** Null or empty leaves the line out; a string is an identifier. */
  readonly value: ReactNode;
}

/** Terms and what they are, in two aligned columns. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(({ value }) => value !== null && value !== '' && value !== undefined)
        .map(({ term, value }) => [
          <dt key={`${term} term`}>{term}</dt>,
          <dd key={`${term} value`}>{typeof value === 'string' ? <Identifier>{value}</Identifier> : value}</dd>,
        ])}
    </dl>
  );
}

export function Section(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

/** A block of text of the machine's: a body, a target, a command. */
export function CodeBlock({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre className={styles.code} tabIndex={0} role="region" aria-label={label}>
      {children}
    </pre>
  );
}
