import type { PolicyWarning } from '../../../model/policy-state.ts';
import { Identifier } from '../../ui/identifier.tsx';
import styles from './settings.module.css';

/** What of the policy in force can match nothing here: it holds all the same, so this is said calmly, and nowhere else. */
export function PolicyWarnings({ warnings }: { readonly warnings: readonly PolicyWarning[] }) {
  return (
    <div className={styles.unmatched}>
      <h3 id="policy-warnings-title">Matches nothing here</h3>
      <p className={styles.hint}>The policy is in force, but what it says here is about nothing that there is.</p>
      <ul className={styles.problems} aria-labelledby="policy-warnings-title">
        {warnings.map(({ file, line, column, rule, message }) => (
          <li key={`${file}:${line}:${column} ${rule} ${message}`} className={styles.warning}>
            <Identifier>{line === 0 ? file : `${file}:${line}:${column}`}</Identifier> <Identifier>{rule}</Identifier>
            <p>{message}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
