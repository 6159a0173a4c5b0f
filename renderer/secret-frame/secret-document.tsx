import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ApprovalRequest } from '../../model/approval.ts';
import { reviewKey } from '../decision/review-key.ts';
import { useReview } from '../decision/use-review.ts';
import { onToInner, tellOuter } from '../inner/start-inner-document.tsx';
import { pendingApprovals } from '../live/approval-order.ts';
import type { ShownSecret } from '../live/inner-document.ts';
import { useLive } from '../live/live-queries.ts';
import { Facts, Section } from '../ui/facts.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { useNow } from '../ui/use-now.ts';
import styles from './secret-document.module.css';
import { SecretKeyRow } from './secret-key-row.tsx';

/** One Secret: what it is, its keys, and in here alone the values that are revealed. */
export function SecretDocument() {
  const [shown, setShown] = useState<ShownSecret | null>(null);
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    const stop = onToInner((message) => {
      if (message.type === 'showSecret') setShown(message.shown);
      else if (message.type === 'focus') page.current?.focus();
    });
    tellOuter({ type: 'ready' });
    return stop;
  }, []);

  if (shown === null) return <SkeletonRows label="Loading" />;
  const { cluster, secret } = shown;
  // Another Secret begins anew: what was revealed of the last one goes with it.
  const key = `${cluster}/${secret.namespace}/${secret.name}`;
  return <ShownKeys key={key} shown={shown} page={page} />;
}

function ShownKeys({
  shown,
  page,
}: {
  readonly shown: ShownSecret;
  readonly page: React.RefObject<HTMLElement | null>;
}) {
  const { cluster, secret } = shown;
  const { namespace, name } = secret;
  const [waiting, setWaiting] = useState<readonly string[]>([]);
  const now = useNow(1_000);
  const pending = pendingApprovals(useLive('approvals.list').data ?? [], now).filter(
    ({ intent }) =>
      intent.principal.session.kind === 'app' &&
      intent.cluster === cluster &&
      intent.request.namespace === namespace &&
      intent.request.name === name,
  );
  const requestOf = (key: string): ApprovalRequest | null =>
    pending.find(({ intent }) => intent.request.revealKey === key) ?? null;
  // One is decided at a time: the key that was asked for first.
  const deciding = waiting.map(requestOf).find((request) => request !== null) ?? null;
  const review = useReview(deciding);
  const onKeyDown = (event: KeyboardEvent) => {
    if (deciding !== null && reviewKey(event, review)) event.preventDefault();
  };
  return (
    <main ref={page} className={styles.page} aria-label={`Secret ${name}`} tabIndex={-1} onKeyDown={onKeyDown}>
      <Facts
        facts={[
          { term: 'Name', value: name },
          { term: 'Namespace', value: namespace },
          { term: 'Type', value: secret.type },
          { term: 'Created', value: <RelativeTime time={secret.createdAt} /> },
          { term: 'Owners', value: secret.owners.join(', ') },
          { term: 'Immutable', value: secret.immutable ? <span>yes</span> : null },
        ]}
      />
      <Section title={secret.keys.length === 1 ? '1 key' : `${secret.keys.length} keys`}>
        {secret.keys.length === 0 ? <p>This Secret holds nothing.</p> : null}
        <ul className={styles.keys}>
          {secret.keys.map((key) => (
            <SecretKeyRow
              key={key}
              target={{ cluster, namespace, name, key }}
              request={requestOf(key)}
              review={deciding !== null && deciding === requestOf(key) ? review : null}
              onWaiting={(waits) =>
                setWaiting((keys) => (waits ? [...keys, key] : keys.filter((waited) => waited !== key)))
              }
            />
          ))}
        </ul>
      </Section>
    </main>
  );
}
