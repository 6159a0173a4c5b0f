import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { RuleChange, WaitingChange } from '../../model/policy-change.ts';
import { againstInWords } from '../../model/policy-change-words.ts';
import { useInvoke } from '../live/bridge.ts';
import { Identifier } from '../ui/identifier.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sentence } from '../ui/sentence.ts';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import page from '../ui/window-page.module.css';
import styles from './review.module.css';

/**
 * A click that was on its way to something else when the window opened or came to the front, or the change became another,
 * accepts nothing.
 */
const UNTIL_IT_WAS_SEEN_MS = 600;

/** A change of the policy folder, rule by rule, and the person's word on it. Nothing is accepted but what is shown. */
export function ReviewScreen({ close }: { readonly close: () => void }) {
  const invoke = useInvoke();
  const waiting = useQuery({ queryKey: ['policy.waiting'], queryFn: () => invoke('policy.waiting', undefined) });
  const [failure, setFailure] = useState<unknown>(null);
  const [accepting, setAccepting] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const change = waiting.data;
  // Another change has come under the person's eyes: the focus goes back to what changes nothing.
  const digest = change?.digest;
  const [read, setRead] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (digest === undefined) return;
    keep.current?.focus();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      setRead(undefined);
      if (document.hasFocus()) timer = setTimeout(() => setRead(digest), UNTIL_IT_WAS_SEEN_MS);
    };
    begin();
    window.addEventListener('focus', begin);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', begin);
    };
  }, [digest]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [close]);

  if (waiting.isError) {
    return (
      <main className={page.window}>
        <h1 className="visually-hidden">Change of the policy</h1>
        <ProblemNotice
          title="The change could not be read"
          error={waiting.error}
          onRetry={() => void waiting.refetch()}
        />
      </main>
    );
  }
  if (change === undefined) return <SkeletonRows label="Loading the change" />;
  const accept = (shown: WaitingChange) => {
    setAccepting(true);
    invoke('policy.accept', shown.digest).then(close, (error: unknown) => {
      setAccepting(false);
      setFailure(error);
      void waiting.refetch();
    });
  };
  return (
    <main className={page.window}>
      <header className={page.header}>
        <h1>Change of the policy</h1>
        <p>
          {change === null
            ? 'Nothing waits: the folder says what is in force, or has a mistake that must be mended first.'
            : `${change.why}. Did you make this change?`}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
      <div className={`${page.body} ${styles.changes}`} tabIndex={0} role="group" aria-label="What changes">
        {failure === null ? null : <ProblemNotice title="The change was not accepted" error={failure} />}
        {change === null ? null : <Changes change={change} />}
      </div>
      <footer className={`${page.footer} ${page.actions}`}>
        {change === null ? null : (
          <span className={styles.digest}>
            SHA-256 <Identifier>{change.digest.slice(0, 16)}</Identifier>
          </span>
        )}
        <Button ref={keep} onClick={close}>
          {change === null ? 'Close' : 'Keep the old policy'}
        </Button>
        {change === null ? null : (
          <Button variant="default" disabled={accepting || read !== change.digest} onClick={() => accept(change)}>
            Accept the change
          </Button>
        )}
      </footer>
    </main>
  );
}

function Changes({ change: { rules, against } }: { readonly change: WaitingChange }) {
  const opening = rules.filter(({ opens }) => opens.length > 0);
  const others = rules.filter(({ opens }) => opens.length === 0);
  const beside = againstInWords({ against });
  return (
    <>
      <p className={styles.against}>
        {rules.length === 0 ? `It says the same as ${beside}.` : `Told against ${beside}.`}
      </p>
      <RuleList title="What opens" rules={opening} />
      <RuleList title="What does not open" rules={others} />
    </>
  );
}

const KINDS: Readonly<Record<RuleChange['kind'], string>> = { added: 'Added', removed: 'Removed', changed: 'Changed' };

function RuleList({ title, rules }: { readonly title: string; readonly rules: readonly RuleChange[] }) {
  if (rules.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className={styles.rules} aria-label={title}>
        {rules.map((rule) => (
          <li key={rule.id} className={styles.rule}>
            <div className={styles.name}>
              <Identifier>{rule.id}</Identifier>
              <StateBadge tone={rule.opens.length > 0 ? 'warning' : 'neutral'} word={KINDS[rule.kind]} />
              <span className={styles.file}>{rule.file}</span>
            </div>
            <p>{sentence(rule.about)}</p>
            <ul className={styles.reach}>
              {rule.opens.map((opens) => (
                <li key={`opens ${opens}`} data-opens>
                  {sentence(opens)}
                </li>
              ))}
              {rule.closes.map((closes) => (
                <li key={`closes ${closes}`}>{sentence(closes)}</li>
              ))}
              {rule.differences.map((difference) => (
                <li key={`differs ${difference}`} className={styles.difference}>
                  {difference}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
