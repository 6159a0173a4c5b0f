import { ActionIcon, Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { newlyPending, pendingApprovals, stepSelection } from '../../live/approval-order.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import { useHeldFocus } from '../../ui/use-held-focus.ts';
import { useNow } from '../../ui/use-now.ts';
import { useReturnFocus } from '../../ui/use-return-focus.ts';
import { ApprovalDetails } from './approval-details.tsx';
import { consequence } from './approval-words.ts';
import styles from './approvals.module.css';
import { ReviewBar } from './review-bar.tsx';
import { useReview } from './use-review.ts';

/**
 * What waits, sliding in over the right of whatever is open. It never takes the focus: a person who types in the
 * terminal must not decide by a key that was meant for the shell. Ctrl+Shift+A (Cmd+Shift+A) goes to it.
 */
export function WaitingPanel() {
  const { waitingOpen, setWaitingOpen, go } = useNavigation();
  const approvals = useLive('approvals.list').data;
  const now = useNow(1_000);
  const pending = pendingApprovals(approvals ?? [], now);
  const [selected, setSelected] = useState<string | null>(null);
  const [announced, setAnnounced] = useState('');
  const before = useRef<readonly ApprovalRequest[]>([]);
  const panel = useRef<HTMLElement>(null);

  useEffect(() => {
    if (approvals === undefined) return;
    const news = newlyPending(before.current, approvals);
    before.current = approvals;
    const newest = news.at(-1);
    if (newest === undefined) return;
    setAnnounced(`Waiting for your approval: ${consequence(newest.intent)}`);
    setWaitingOpen(true);
  }, [approvals, setWaitingOpen]);

  const shown = pending.find((approval) => approval.id === selected) ?? pending[0] ?? null;
  const review = useReview(shown);
  useReturnFocus(panel, waitingOpen && shown !== null);
  // The button that decided one request has gone when the next comes into view.
  const held = useHeldFocus(panel, shown?.id ?? null);
  const ids = pending.map((approval) => approval.id);
  const step = (by: 1 | -1) => setSelected(stepSelection(ids, shown?.id ?? null, by));
  const onKeyDown = (event: KeyboardEvent) => {
    // React brings up what happens in the question over it too, which has its own keys.
    if (!panel.current?.contains(event.target as Node)) return;
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape') setWaitingOpen(false);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || review.confirming) return;
    if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'a') review.approve();
    else if (event.key === 'd') review.deny();
    else if (event.key === 'Enter' && event.target === panel.current) document.getElementById('approve-once')?.focus();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="visually-hidden" role="status" aria-live="assertive">
        {announced}
      </div>
      {waitingOpen && shown ? (
        <section
          id="waiting-panel"
          ref={panel}
          className={styles.waiting}
          aria-label="Waiting for you"
          tabIndex={-1}
          onKeyDown={onKeyDown}
          {...held}
        >
          <div className={styles.waitingHeader}>
            <h2>Waiting for you</h2>
            {pending.length > 1 ? (
              <span className={styles.step}>
                {pending.indexOf(shown) + 1} of {pending.length}
                <ActionIcon aria-label="Previous request" onClick={() => step(-1)}>
                  <IconChevronUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon aria-label="Next request" onClick={() => step(1)}>
                  <IconChevronDown size={16} aria-hidden />
                </ActionIcon>
              </span>
            ) : null}
            <Button size="compact-xs" variant="subtle" onClick={() => go('approvals', shown.id)}>
              All approvals
            </Button>
            <ActionIcon aria-label="Decide later" title="Decide later (Esc)" onClick={() => setWaitingOpen(false)}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard */}
          <div className={styles.waitingBody} tabIndex={0} role="group" aria-label="The request">
            <ApprovalDetails approval={shown} />
          </div>
          <ReviewBar approval={shown} review={review} />
        </section>
      ) : null}
    </>
  );
}
