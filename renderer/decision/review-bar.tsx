import { Button, TextInput } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ApprovalRequest } from '../../model/approval.ts';
import { clientHasGone, goneWords } from '../../model/approval-words.ts';
import { needsNote } from '../live/approval-order.ts';
import { useLive } from '../live/live-queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { consequence } from './approval-words.ts';
import styles from './decision.module.css';
import type { Review } from './use-review.ts';

/** Approve once or deny, with a note for the journal; what a key chose, and production, are asked a second time. */
export function ReviewBar({ approval, review }: { readonly approval: ApprovalRequest; readonly review: Review }) {
  const required = needsNote(approval);
  return (
    <div className={styles.foot}>
      {review.failure ? <ProblemNotice title="The decision was not taken" error={review.failure} /> : null}
      {review.confirming ? (
        <Confirmation approval={approval} review={review} />
      ) : (
        <>
          <TextInput
            aria-label={required ? 'Note for the journal (required)' : 'Note for the journal'}
            placeholder={required ? 'Note for the journal (required)' : 'Note for the journal (optional)'}
            maxLength={500}
            value={review.note}
            onChange={(event) => review.setNote(event.currentTarget.value)}
          />
          <div className={styles.buttons}>
            <Button
              id="approve-once"
              variant="filled"
              leftSection={<IconCheck size={14} aria-hidden />}
              rightSection={<KeyHint>a</KeyHint>}
              disabled={!review.ready || (required && review.note.trim() === '')}
              onClick={(event) => review.decide('approve', event)}
            >
              Approve once
            </Button>
            <Button
              leftSection={<IconBan size={14} aria-hidden />}
              rightSection={<KeyHint>d</KeyHint>}
              disabled={!review.ready}
              onClick={(event) => review.decide('deny', event)}
            >
              Deny
            </Button>
          </div>
        </>
      )}
      {review.hint === null ? null : (
        <p className={styles.hint} role="status">
          {review.hint}
        </p>
      )}
    </div>
  );
}

/** Says once more what happens, in place of the buttons: the same press as before does nothing here. */
function Confirmation({ approval, review }: { readonly approval: ApprovalRequest; readonly review: Review }) {
  const { intent } = approval;
  const { request } = intent;
  const cluster = useLive('clusters.list').data?.find((entry) => entry.slug === intent.cluster);
  const where = cluster?.context ?? intent.cluster;
  const approving = review.confirming === 'approve';
  const button = useRef<HTMLButtonElement>(null);
  // A button that is disabled cannot have the keyboard; it gets it as soon as it can be pressed.
  useEffect(() => {
    if (review.ready) button.current?.focus();
  }, [review.ready]);
  return (
    <div className={styles.confirm} role="group" aria-labelledby="confirm-title">
      <h3 id="confirm-title">
        {approving ? 'Approve' : 'Deny'} on {cluster?.production ? 'production ' : ''}cluster {where}?
      </h3>
      <p className={styles.consequence}>{consequence(intent)}</p>
      <p className={styles.line}>
        {request.method} {request.target}
      </p>
      {approving ? (
        <p>
          {clientHasGone(approval, Date.now())
            ? `${goneWords(approval)}.`
            : 'It runs at once, exactly this request, one time.'}
        </p>
      ) : null}
      <div className={styles.buttons}>
        <Button ref={button} variant="filled" disabled={!review.ready} onClick={review.confirm}>
          {approving ? 'Approve once' : 'Deny'} on {where}
        </Button>
        <Button onClick={review.back}>Back</Button>
      </div>
    </div>
  );
}

/** The key that does the same while the request has the focus. */
function KeyHint({ children }: { readonly children: string }) {
  return (
    <span className={styles.key} aria-hidden="true">
      {children}
    </span>
  );
}
