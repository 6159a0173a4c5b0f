import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { ApprovalDetails } from '../decision/approval-details.tsx';
import { ReviewBar } from '../decision/review-bar.tsx';
import { reviewKey } from '../decision/review-key.ts';
import { useReview } from '../decision/use-review.ts';
import { onToInner, tellOuter } from '../inner/start-inner-document.tsx';
import { isPending } from '../live/approval-order.ts';
import { useLive } from '../live/live-queries.ts';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { useHeldFocus } from '../ui/use-held-focus.ts';
import { useNow } from '../ui/use-now.ts';
import styles from './approval-document.module.css';

/** One request, whole, and the decision on it. Which one is the main document's to say; everything on it is main's own word. */
export function ApprovalDocument() {
  const [id, setId] = useState<string | null>(null);
  const approvals = useLive('approvals.list').data;
  const now = useNow(1_000);
  const earlier = useLive('approvals.earlier').data?.find((candidate) => candidate.id === id) ?? null;
  const approval = approvals?.find((candidate) => candidate.id === id) ?? earlier;
  const decidable = approval !== null && isPending(approval, now);
  const review = useReview(decidable ? approval : null);
  const page = useRef<HTMLElement>(null);
  // The button that decided has gone when its request is decided, or another comes into view.
  const held = useHeldFocus(page, `${id} ${decidable} ${review.confirming}`);

  useEffect(() => {
    const stop = onToInner((message) => {
      if (message.type === 'showApproval') setId(message.id);
      else if (message.type === 'focus') page.current?.focus();
    });
    tellOuter({ type: 'ready' });
    return stop;
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (reviewKey(event, review)) event.preventDefault();
    else if (event.key === 'Enter' && event.target === page.current) {
      document.getElementById('approve-once')?.focus();
      event.preventDefault();
    }
  };
  return (
    <main ref={page} className={styles.page} aria-label="The request" tabIndex={-1} onKeyDown={onKeyDown} {...held}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard */}
      <div className={styles.body} tabIndex={0} role="group" aria-label="Details">
        {approval ? (
          <ApprovalDetails approval={approval} earlier={approval === earlier} />
        ) : (
          <SkeletonRows label="Loading" />
        )}
      </div>
      {decidable ? <ReviewBar approval={approval} review={review} /> : null}
    </main>
  );
}
