import { Checkbox } from '@mantine/core';
import { useId } from 'react';
import type { BuiltInPart, PartState } from '../../../model/policy-upgrade.ts';
import { partInWords } from '../../../model/policy-upgrade-words.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { sentence } from '../../ui/sentence.ts';
import { StateBadge, type Tone } from '../../ui/state-badge.tsx';
import styles from './policy-upgrade.module.css';

const BADGES: Readonly<Record<PartState, readonly [tone: Tone, word: string]>> = {
  new: ['waiting', 'New'],
  old: ['waiting', 'Older in your folder'],
  absent: ['neutral', 'Not in your folder'],
  changed: ['neutral', 'Changed by you'],
  moved: ['neutral', 'Moved by you'],
  dropped: ['neutral', 'Built in no longer'],
  same: ['allowed', 'As in this version'],
};

interface BuiltInPartItemProps {
  readonly part: BuiltInPart;
  readonly chosen: boolean;
  readonly onChoose: (id: string, on: boolean) => void;
}

/** One rule or set: what it does and what for, how it stands, in what it differs; a box where it can be taken over. */
export function BuiltInPartItem({ part, chosen, onChoose }: BuiltInPartItemProps) {
  const { about, state, differences, reach } = partInWords(part);
  const [tone, word] = BADGES[part.state];
  const box = useId();
  const words = `${box}-words`;
  return (
    <li className={styles.part}>
      {part.available ? (
        <Checkbox
          id={box}
          size="xs"
          aria-describedby={words}
          checked={chosen}
          onChange={(event) => onChoose(part.id, event.currentTarget.checked)}
        />
      ) : (
        <span />
      )}
      <div className={styles.partBody}>
        <div className={styles.partHead}>
          <label htmlFor={part.available ? box : undefined}>
            <Identifier>{part.id}</Identifier>
          </label>
          <StateBadge tone={tone} word={word} />
        </div>
        <div id={words}>
          <p>{sentence(about)}</p>
          {part.comment === '' || !part.available ? null : <p className={styles.dim}>{part.comment}</p>}
          <p className={styles.dim}>
            {sentence(
              [state, reach, part.needs.length === 0 ? '' : `with ${part.needs.join(', ')}`].filter(Boolean).join('; '),
            )}
          </p>
          {differences.length === 0 ? null : (
            <ul className={styles.differences} aria-label={`In what ${part.id} of this version differs`}>
              {differences.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </li>
  );
}
