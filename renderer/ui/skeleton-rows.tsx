import { useEffect, useState } from 'react';
import styles from './ui.module.css';

const WIDTHS = ['72%', '56%', '64%', '48%', '68%', '52%', '60%', '44%'];

/** Rows to come. Nothing for the first 300 ms: what is quick should not flicker. */
export function SkeletonRows({ label }: { readonly label: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div className={styles.skeletons} role="status" aria-label={label}>
      {WIDTHS.map((width) => (
        <div key={width} className={styles.skeleton} style={{ width }} />
      ))}
    </div>
  );
}
