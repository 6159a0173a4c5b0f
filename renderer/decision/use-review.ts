import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ApprovalRequest } from '../../model/approval.ts';
import { clientHasGone } from '../../model/approval-words.ts';
import { isPending, needsNote, withApproval } from '../live/approval-order.ts';
import { useInvoke } from '../live/bridge.ts';
import { useLive } from '../live/live-queries.ts';
import { useNow } from '../ui/use-now.ts';
import { hasKeyboard, hasRested } from './hands.ts';
import { useSeen } from './use-seen.ts';

export type Verdict = 'approve' | 'deny';

export interface Review {
  /** False until the request has been seen for a moment, and while a vote is under way. */
  readonly ready: boolean;
  /** Why it cannot be decided now, for the person; null: it can, or will in a moment. */
  readonly hint: string | null;
  readonly failure: unknown;
  readonly note: string;
  setNote(note: string): void;
  /** What needs a second yes: anything that a key decided, and approvals on production clusters. */
  readonly confirming: Verdict | null;
  /** @param press the click; one that a key made asks a second time. */
  decide(verdict: Verdict, press: Press): void;
  confirm(press: Press): void;
  back(): void;
}

/** A click or a key. */
export interface Press {
  readonly timeStamp: number;
  /** Of a click: how many of the pointer's; 0 where a key or a program made it. */
  readonly detail: number;
}

const HIDDEN = 'Something covers this request. It can be decided while all of it is in view.';
const TOO_SOON = 'That came too soon to be meant for this request. Look at it, then press again.';

/** The decision of one person on one approval request: main is told what is before their eyes, and then their vote. */
export function useReview(approval: ApprovalRequest | null): Review {
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const clusters = useLive('clusters.list').data ?? [];
  const now = useNow(1_000);
  const [voting, setVoting] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [note, setNote] = useState('');
  const [confirming, setConfirming] = useState<Verdict | null>(null);
  const [tooSoon, setTooSoon] = useState(false);
  const id = approval?.id ?? null;
  // What approving it means is another thing once nobody waits for it.
  const what = approval === null ? null : `${id} ${clientHasGone(approval, now)} ${confirming}`;
  const { seen, hidden } = useSeen(what);

  useEffect(() => {
    setFailure(null);
    setNote('');
    setConfirming(null);
    setTooSoon(false);
    invoke('approvals.shows', id).catch(setFailure);
  }, [invoke, id]);

  const ready = approval !== null && seen && !voting && isPending(approval, Date.now());
  const production = clusters.find((cluster) => cluster.slug === approval?.intent.cluster)?.production ?? false;

  const vote = (verdict: Verdict) => {
    if (id === null) return;
    setVoting(true);
    setFailure(null);
    invoke('approvals.review', { id, verdict, comment: note.trim() === '' ? null : note.trim() })
      .then((reviewed) => {
        queryClient.setQueryData<readonly ApprovalRequest[]>(['approvals.list'], (list = []) => {
          // Events overtake this answer: one that says that the grant was used already is the newer.
          const decided = list.some((known) => known.id === id && known.state !== 'PENDING');
          return decided ? list : withApproval(list, reviewed);
        });
      })
      .catch(setFailure)
      .finally(() => {
        setConfirming(null);
        setVoting(false);
      });
  };
  /** Whether a press counts: it was made by whoever has seen this request here. */
  const counts = ({ timeStamp, detail }: Press) => {
    const meant = ready && (detail === 0 ? hasKeyboard(timeStamp) : hasRested(timeStamp));
    setTooSoon(!meant);
    return meant;
  };
  return {
    ready,
    hint: hidden && approval !== null ? HIDDEN : tooSoon ? TOO_SOON : null,
    failure,
    note,
    setNote,
    confirming,
    decide: (verdict, press) => {
      const noteMissing = verdict === 'approve' && approval !== null && needsNote(approval) && note.trim() === '';
      if (noteMissing || !counts(press)) return;
      if (press.detail === 0 || (production && verdict === 'approve')) setConfirming(verdict);
      else vote(verdict);
    },
    confirm: (press) => {
      if (confirming !== null && counts(press)) vote(confirming);
    },
    back: () => setConfirming(null),
  };
}
