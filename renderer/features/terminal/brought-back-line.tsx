import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { Identifier } from '../../ui/identifier.tsx';
import styles from './terminal.module.css';

/** Of a terminal that a restart brought back: that this is another shell. Stays until it is hidden. */
export function BroughtBackLine({ terminal }: { readonly terminal: TerminalEntry }) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const { id, broughtBack } = terminal;
  if (broughtBack === null || hidden.includes(id)) return null;
  return (
    <div className={styles.line} role="status">
      <IconHistory size={16} aria-hidden />
      <span>
        {broughtBack.gone === null ? (
          <>
            Gatehouse was restarted: a new shell in <Identifier>{broughtBack.folder}</Identifier>. Nothing was run
            again.
          </>
        ) : (
          <>
            Gatehouse was restarted: a new shell in your home, as <Identifier>{broughtBack.gone}</Identifier> is not
            there any more. Nothing was run again.
          </>
        )}
      </span>
      <Button className={styles.lineEnd ?? ''} onClick={() => setHidden([...hidden, id])}>
        Hide
      </Button>
    </div>
  );
}
