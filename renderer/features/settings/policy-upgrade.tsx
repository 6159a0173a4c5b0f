import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { BuiltInPart, PolicyUpgrade, PolicyUpgraded } from '../../../model/policy-upgrade.ts';
import { count, offerInWords } from '../../../model/policy-upgrade-words.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { BuiltInPartItem } from './built-in-part-item.tsx';
import { OpenFolderButton } from './folders-section.tsx';
import styles from './policy-upgrade.module.css';
import { SettingSection } from './setting-row.tsx';

/** What the built-in policy of this version has that the folder lacks, rule by rule, and the way to take it over. */
export function PolicyUpgradeSection() {
  const upgrade = useLive('policy.upgrade');
  const [result, setResult] = useState<PolicyUpgraded | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const broken = useLive('policy.state').data?.problems.length !== 0;
  // What is wrong with a file stands above already, and has to be mended first.
  if (upgrade.isError && broken) return null;
  const tell = (taken: PolicyUpgraded | null, error: unknown) => {
    setResult(taken);
    setFailure(error);
  };
  return (
    <SettingSection id="policy-upgrade" title="Built-in policy of this version">
      {result === null ? null : <Result result={result} shown={upgrade.data?.digest} />}
      {failure ? <ProblemNotice title="Nothing was taken over" error={failure} /> : null}
      {upgrade.isError ? (
        <ProblemNotice
          title="The policy could not be compared with the built-in one"
          error={upgrade.error}
          onRetry={() => void upgrade.refetch()}
        />
      ) : upgrade.data === undefined ? null : (
        <Comparison
          key={upgrade.data.digest}
          upgrade={upgrade.data}
          onTaken={(taken) => tell(taken, null)}
          onFailed={(error) => tell(null, error)}
        />
      )}
    </SettingSection>
  );
}

interface ComparisonProps {
  readonly upgrade: PolicyUpgrade;
  readonly onTaken: (result: PolicyUpgraded) => void;
  readonly onFailed: (error: unknown) => void;
}

function Comparison({ upgrade, onTaken, onFailed }: ComparisonProps) {
  const { parts } = upgrade;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(parts.filter(({ offered }) => offered).map(({ id }) => id)),
  );
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  // Asks in a dialog of the system's, with what each part lets through; null after a no.
  const take = () => {
    setBusy(true);
    invoke('policy.takeOver', { digest: upgrade.digest, parts: wanted.map(({ id }) => id) })
      .then((result) => result !== null && onTaken(result), onFailed)
      .finally(() => {
        setBusy(false);
        // After a failure too: what was shown may be old.
        void queryClient.invalidateQueries({ queryKey: ['policy.upgrade'] });
      });
  };
  const choose = (id: string, on: boolean) => {
    setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((one) => one !== id)));
  };
  const list = (label: string, shown: readonly BuiltInPart[]) => (
    <ul className={styles.parts} aria-label={label}>
      {shown.map((part) => (
        <BuiltInPartItem key={part.id} part={part} chosen={chosen.has(part.id)} onChoose={choose} />
      ))}
    </ul>
  );
  const offered = parts.filter((part) => part.offered);
  const more = parts.filter((part) => part.available && !part.offered);
  const alone = parts.filter(({ available, state }) => !available && state !== 'same');
  const wanted = parts.filter(({ id }) => chosen.has(id));
  return (
    <>
      <p className={styles.offer}>{`${offerInWords(parts) ?? 'This version has nothing new for your folder'}.`}</p>
      {offered.length === 0 ? null : list('To take over', offered)}
      {more.length === 0 ? null : (
        <details className={styles.more}>
          <summary>{`Not in your folder: ${count(more)}`}</summary>
          {list('Not in your folder', more)}
        </details>
      )}
      {alone.length === 0 ? null : (
        <details className={styles.more}>
          <summary>{`Left alone: ${count(alone) || 'a head of a document'}`}</summary>
          {list('Left alone', alone)}
        </details>
      )}
      {offered.length + more.length === 0 ? null : (
        <Button className={styles.take} variant="filled" disabled={busy || wanted.length === 0} onClick={take}>
          {wanted.length === 0 ? 'Take over…' : `Take over ${count(wanted)}…`}
        </Button>
      )}
    </>
  );
}

/** What was written, and how to go back. */
function Result({ result, shown }: { readonly result: PolicyUpgraded; readonly shown: string | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed goes with the list that it stood under; whatever else has the focus keeps it.
  useEffect(() => {
    if (shown !== undefined && document.activeElement === document.body) place.current?.focus();
  }, [shown]);
  return (
    <div ref={place} className={styles.result} role="status" aria-label="What was taken over" tabIndex={-1}>
      <p>
        {`Taken over into ${result.files.join(', ')}: `}
        <Identifier>{result.taken.join(', ')}</Identifier>
      </p>
      {result.copies === null ? null : (
        <>
          <p>To go back, copy the files as they were over the new ones, from this hidden folder:</p>
          <div className={styles.copies}>
            <Identifier>{result.copies}</Identifier>
            <OpenFolderButton folder="policy" label="policy, with the files as they were" />
          </div>
        </>
      )}
    </div>
  );
}
