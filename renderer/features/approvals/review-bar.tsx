import { Button, Modal, TextInput } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { needsNote } from '../../live/approval-order.ts';
import { useLive } from '../../live/live-queries.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { consequence } from './approval-words.ts';
import styles from './approvals.module.css';
import type { Review } from './use-review.ts';

/** Approve once or deny, with a note for the journal; production asks a second time. */
export function ReviewBar({ approval, review }: { readonly approval: ApprovalRequest; readonly review: Review }) {
  const clusters = useLive('clusters.list').data ?? [];
  const cluster = clusters.find((entry) => entry.slug === approval.intent.cluster)?.context ?? approval.intent.cluster;
  const required = needsNote(approval);
  return (
    <div className={styles.foot}>
      {review.failure ? <ProblemNotice title="The decision was not taken" error={review.failure} /> : null}
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
          onClick={review.approve}
        >
          Approve once
        </Button>
        <Button
          leftSection={<IconBan size={14} aria-hidden />}
          rightSection={<KeyHint>d</KeyHint>}
          disabled={!review.ready}
          onClick={review.deny}
        >
          Deny
        </Button>
      </div>
      <Modal opened={review.confirming} onClose={review.back} title={`Approve on production cluster ${cluster}?`}>
        <div className={styles.confirm}>
          <p className={styles.consequence}>{consequence(approval.intent)}</p>
          <p className={styles.line}>
            {approval.intent.request.method} {approval.intent.request.target}
          </p>
          <p>It runs at once, exactly this request, one time.</p>
          <div className={styles.buttons}>
            <Button variant="filled" data-autofocus disabled={!review.ready} onClick={review.confirm}>
              Approve once on {cluster}
            </Button>
            <Button onClick={review.back}>Back</Button>
          </div>
        </div>
      </Modal>
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
