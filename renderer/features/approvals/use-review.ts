import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { isPending, needsNote, withApproval } from '../../live/approval-order.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';

/** How long a request must have been in view before it can be decided: a key meant for what was there before must not decide it. */
const SETTLE = 500;

export interface Review {
  /** False until the request has been in view for a moment, and while a vote is under way. */
  readonly ready: boolean;
  readonly failure: unknown;
  readonly note: string;
  setNote(note: string): void;
  /** The request that needs a second yes because its cluster is a production one. */
  readonly confirming: boolean;
  approve(): void;
  confirm(): void;
  back(): void;
  deny(): void;
}

/** The decision of one person on one approval request. */
export function useReview(approval: ApprovalRequest | null): Review {
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const clusters = useLive('clusters.list').data ?? [];
  const [settled, setSettled] = useState<string | null>(null);
  const [voting, setVoting] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [note, setNote] = useState('');
  const [confirming, setConfirming] = useState(false);
  const id = approval?.id ?? null;

  useEffect(() => {
    setFailure(null);
    setNote('');
    setConfirming(false);
    if (id === null) return;
    const timer = setTimeout(() => setSettled(id), SETTLE);
    return () => clearTimeout(timer);
  }, [id]);

  const ready = approval !== null && settled === id && !voting && isPending(approval, Date.now());
  const production = clusters.find((cluster) => cluster.slug === approval?.intent.cluster)?.production ?? false;

  const vote = (verdict: 'approve' | 'deny') => {
    if (!ready || id === null) return;
    setVoting(true);
    setFailure(null);
    invoke('approvals.review', { id, verdict, comment: note.trim() === '' ? null : note.trim() })
      .then((reviewed) => {
        queryClient.setQueryData<readonly ApprovalRequest[]>(['approvals.list'], (list = []) => {
          // Events overtake this answer: one that says that the grant was used already is the newer.
          const decided = list.some((known) => known.id === id && known.state !== 'PENDING');
          return decided ? list : withApproval(list, reviewed);
        });
        setConfirming(false);
      })
      .catch((error: unknown) => {
        setFailure(error);
        setConfirming(false);
      })
      .finally(() => setVoting(false));
  };
  return {
    ready,
    failure,
    note,
    setNote,
    confirming,
    approve: () => {
      const noteMissing = approval !== null && needsNote(approval) && note.trim() === '';
      if (!ready || noteMissing) return;
      if (production) setConfirming(true);
      else vote('approve');
    },
    confirm: () => vote('approve'),
    back: () => setConfirming(false),
    deny: () => vote('deny'),
  };
}
