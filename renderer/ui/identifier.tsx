import styles from './ui.module.css';

/** A name, command or value that a machine reads: always monospace. */
export function Identifier({ children }: { readonly children: string }) {
  return <span className={styles.identifier}>{children}</span>;
}
