import type { ApprovalRequest, ApprovalState } from '../../../proxy/approvals/approval-authority.ts';
import { useLive } from '../../app/live-queries.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { CodeBlock, Facts, Section } from '../../ui/facts.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge, type Tone } from '../../ui/state-badge.tsx';
import { byteSize, countdown, countdownWords } from '../../ui/time-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { consequence, identityWords, resourceName, sessionWords } from './approval-words.ts';
import styles from './approvals.module.css';

const STATE_LOOK = {
  PENDING: ['waiting', 'Waiting'],
  APPROVED: ['allowed', 'Approved'],
  DENIED: ['denied', 'Denied'],
  EXPIRED: ['unknown', 'Expired'],
  CANCELLED: ['unknown', 'Cancelled'],
  SUPERSEDED: ['unknown', 'Policy changed'],
} as const satisfies Record<ApprovalState, readonly [Tone, string]>;

export function ApprovalStateBadge({ approval }: { readonly approval: ApprovalRequest }) {
  const [tone, word] = STATE_LOOK[approval.state];
  return <StateBadge tone={tone} word={word} filled />;
}

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
export function ApprovalDetails({ approval }: { readonly approval: ApprovalRequest }) {
  const { intent } = approval;
  const { request } = intent;
  const cluster = useLive('clusters.list').data?.find((entry) => entry.slug === intent.cluster);
  const as = identityWords(intent.effective);
  return (
    <>
      <div className={styles.meta}>
        <ApprovalStateBadge approval={approval} />
        <Identifier>{approval.code}</Identifier>
        {cluster?.production ? <StateBadge tone="production" word="production" filled /> : null}
        <ExpiryCountdown approval={approval} />
      </div>
      <p className={styles.consequence}>{consequence(intent)}</p>
      <p className={styles.line}>
        {request.method} {request.target}
      </p>
      <Facts
        facts={[
          { term: 'Cluster', value: cluster?.context ?? intent.cluster },
          { term: 'Verb', value: request.policyVerb },
          { term: 'Resource', value: resourceName(request) },
          { term: 'Namespace', value: request.namespace },
          { term: 'Name', value: request.name },
          { term: 'Key', value: request.revealKey ?? null },
          {
            term: 'As',
            value:
              as === null ? null : (
                <span className={styles.as}>
                  <Identifier>{as}</Identifier>
                </span>
              ),
          },
          { term: 'Who', value: intent.principal.user },
          { term: 'From', value: sessionWords(intent.principal) },
          { term: 'Command', value: request.kubectlCommand },
          { term: 'Reason', value: intent.reason === null ? null : <span>{intent.reason}</span> },
          { term: 'Asked', value: <RelativeTime time={approval.createdAt} /> },
          {
            term: 'Client',
            value:
              approval.state === 'PENDING' ? (
                <span>
                  {approval.held ? 'is waiting on the line' : 'has left; the same request again uses the approval'}
                </span>
              ) : null,
          },
        ]}
      />
      <Section title="Why it waits">
        <p>{intent.message}</p>
        <p>
          {intent.rules.length === 1 ? 'Rule ' : 'Rules '}
          <Identifier>{intent.rules.join(', ')}</Identifier>
        </p>
      </Section>
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
      {intent.bodyPreview === null ? null : (
        <Section title={`Body, masked (${byteSize(intent.bodyBytes)})`}>
          <CodeBlock label="Body of the request, masked">{pretty(intent.bodyPreview)}</CodeBlock>
        </Section>
      )}
      {intent.bodyPreview === null && intent.bodyBytes > 0 ? (
        <Section title="Body">
          <p>{byteSize(intent.bodyBytes)} that cannot be shown as text.</p>
        </Section>
      ) : null}
    </>
  );
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
