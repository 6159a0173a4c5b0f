import styles from './ui.module.css';

const CIRCUMFERENCE = 2 * Math.PI * 8;

/** What is left of a time, as a ring that empties. Decoration: the seconds stand beside it in words. */
export function CountdownRing({ fraction }: { readonly fraction: number }) {
  return (
    <svg className={styles.ring} viewBox="0 0 20 20" aria-hidden="true">
      <circle className={styles.ringTrack} cx="10" cy="10" r="8" />
      <circle
        className={styles.ringLeft}
        cx="10"
        cy="10"
        r="8"
        strokeDasharray={CIRCUMFERENCE}
        strokeDashoffset={CIRCUMFERENCE * (1 - fraction)}
      />
    </svg>
  );
}
