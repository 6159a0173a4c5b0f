import { IconLock } from '@tabler/icons-react';
import styles from './ui.module.css';

/** A value that is not shown. Its width is fixed: it says nothing of the value's length, not even that it is empty. */
export function MaskedChip() {
  return (
    <span className={styles.chip}>
      <IconLock size={12} aria-hidden />
      masked
    </span>
  );
}
