import type { ApprovalRequest, Intent } from '../../model/approval.ts';
import { clientHasGone, goneWords } from '../../model/approval-words.ts';
import { sessionWords } from '../live/identity-words.ts';
import { useLive } from '../live/live-queries.ts';
import { CountdownRing } from '../ui/countdown-ring.tsx';
import { CodeBlock, Facts, Section } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { sentence } from '../ui/sentence.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { byteSize, countdown, countdownWords } from '../ui/time-words.ts';
import { useNow } from '../ui/use-now.ts';
import { ApprovalStateBadge } from './approval-state-badge.tsx';
import { consequence } from './approval-words.ts';
import styles from './decision.module.css';

/** What is left to decide it, as a ring and in words. */
export function ExpiryCountdown({ approval }: { readonly approval: ApprovalRequest }) {
  const now = useNow(1_000);
  if (approval.state !== 'PENDING') return null;
  const left = countdown(Date.parse(approval.createdAt), Date.parse(approval.expiresAt), now);
  return (
    <span className={styles.countdown}>
      <CountdownRing fraction={left.fraction} />
      {left.over ? 'time is over' : `${countdownWords(left.seconds)} left`}
    </span>
  );
}

/** The exact request that a person decides on: nothing of it is shortened away. */
export function ApprovalDetails(props: {
  readonly approval: ApprovalRequest;
  /** From before the gateway started: read from the journal. */
  readonly earlier?: boolean;
}) {
  const { approval, earlier = false } = props;
  const { intent } = approval;
  const { request } = intent;
  const gone = clientHasGone(approval, useNow(1_000));
  const cluster = useLive('clusters.list').data?.find((entry) => entry.slug === intent.cluster);
  return (
    <>
      <div className={styles.meta}>
        <ApprovalStateBadge approval={approval} />
        <Identifier>{approval.code}</Identifier>
        {cluster?.production ? <StateBadge tone="production" word="production" filled /> : null}
        <ExpiryCountdown approval={approval} />
      </div>
      {earlier ? (
        <p className={styles.why}>
          From before the restart, as the journal keeps it. A body, if there was one, is not kept.
        </p>
      ) : null}
      <p className={styles.consequence}>{consequence(intent)}</p>
      <p className={styles.why} data-waiting={approval.state === 'PENDING' || undefined}>
        {sentence(intent.message)}
      </p>
      {gone ? (
        <p className={styles.gone} role="status">
          {goneWords(approval)}.
        </p>
      ) : null}
      <p className={styles.line}>
        {request.method} {request.target}
      </p>
      <RequestBody intent={intent} />
      <Facts
        facts={[
          { term: 'Cluster', value: cluster?.context ?? intent.cluster },
          {
            term: 'As',
            value:
              intent.effective === null ? null : (
                <span className={styles.as}>
                  <Identifier>{intent.effective.user}</Identifier>
                </span>
              ),
          },
          { term: 'With groups', value: intent.effective?.groups.join(', ') ?? null },
          { term: 'With uid', value: intent.effective?.uid ?? null },
          { term: 'With extra', value: extraWords(intent.effective) },
          { term: 'Who', value: intent.principal.user },
          { term: 'From', value: sessionWords(intent.principal) },
          { term: 'Command', value: request.kubectlCommand },
          { term: 'Reason', value: intent.reason === null ? null : <span>{intent.reason}</span> },
          { term: 'Asked', value: <RelativeTime time={approval.createdAt} /> },
          {
            term: 'Client',
            value: approval.state === 'PENDING' ? <span>{gone ? 'has gone' : 'waits on the line'}</span> : null,
          },
          { term: intent.rules.length === 1 ? 'Rule' : 'Rules', value: intent.rules.join(', ') },
        ]}
      />
      {approval.review ? (
        <Section title="Decision">
          <Facts
            facts={[
              { term: 'By', value: approval.review.by },
              { term: 'When', value: <RelativeTime time={approval.review.at} /> },
              { term: 'Note', value: approval.review.comment ? <span>{approval.review.comment}</span> : null },
              {
                term: 'Grant',
                value: approval.grant ? <span>{GRANT_WORDS[approval.grant.state]}</span> : null,
              },
            ]}
          />
        </Section>
      ) : null}
    </>
  );
}

/** What a write carries: it is as much a part of the request as its target. */
function RequestBody({ intent }: { readonly intent: Intent }) {
  if (intent.bodyBytes === 0 && intent.bodyPreview === null) return null;
  if (intent.bodyPreview === null) {
    return (
      <p className={styles.body}>
        Its body ({byteSize(intent.bodyBytes)}) is not text and cannot be shown: kubectl sends built-in kinds as
        protobuf.
      </p>
    );
  }
  return (
    <div className={styles.body}>
      <CodeBlock label={`Body of the request, masked, ${byteSize(intent.bodyBytes)}`}>
        {pretty(intent.bodyPreview)}
      </CodeBlock>
    </div>
  );
}

function extraWords(effective: Intent['effective']): string | null {
  if (effective === null) return null;
  return Object.entries(effective.extra)
    .map(([key, values]) => `${key}=${values.join(',')}`)
    .join(' ');
}

const GRANT_WORDS = {
  ACTIVE: 'not used yet',
  CONSUMED: 'used once',
  EXPIRED: 'expired unused',
  REVOKED: 'revoked',
} as const;

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
