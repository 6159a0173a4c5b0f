import { ActionIcon, Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconClock, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { requestLine } from '../../../model/request-words.ts';
import { consequence } from '../../decision/approval-words.ts';
import { newlyPending, pendingApprovals, stepSelection } from '../../live/approval-order.ts';
import { InnerFrame } from '../../live/inner-frame.tsx';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import type { AppShortcut } from '../../live/shortcuts.ts';
import { bringsPanel, leadsThrough, shownRequest } from '../../live/waiting-place.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { useStoredState } from '../../ui/stored-state.ts';
import { useNow } from '../../ui/use-now.ts';
import { useReturnFocus } from '../../ui/use-return-focus.ts';
import styles from './approvals.module.css';

/** The frame in the panel, to give it the keyboard. */
export const WAITING_FRAME = 'waiting-frame';

/**
 * What waits, sliding in over the right of whatever is open. It never takes the focus: a person who types in the
 * terminal must not decide by a key that was meant for the shell. Ctrl+Shift+A (Cmd+Shift+A) goes to it. Which request it
 * shows is this document's to say; the request itself and the decision are a document of their own.
 */
export function WaitingPanel(props: {
  /** False on the screen that shows what waits by itself. */
  readonly shown: boolean;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}) {
  const { waiting, setWaiting, guarded, go } = useNavigation();
  const approvals = useLive('approvals.list').data;
  const now = useNow(1_000);
  const pending = pendingApprovals(approvals ?? [], now);
  const [stored, store] = useStoredState('waiting.later', readIds);
  const [announced, setAnnounced] = useState('');
  const [aside, setAside] = useState<ApprovalRequest | null>(null);
  const before = useRef<readonly ApprovalRequest[]>([]);
  const panel = useRef<HTMLElement>(null);
  const later = new Set(stored);
  const requests = leadsThrough(waiting, pending, later);
  const shown = shownRequest(waiting, requests);
  const out = props.shown && !guarded && waiting !== null && shown !== null;

  useEffect(() => {
    if (approvals === undefined) return;
    const newest = newlyPending(before.current, approvals).at(-1);
    if (newest !== undefined) setAnnounced(`Waiting for your approval: ${consequence(newest.intent)}`);
    const brings = bringsPanel(before.current, approvals, new Set(stored));
    before.current = approvals;
    if (brings === null || !props.shown) return;
    if (guarded) setAside(brings);
    // One that is out already stays on its request: the new one is counted beside it.
    else if (!out) setWaiting({ id: brings.id, openedBy: 'request' });
  }, [approvals, stored, guarded, out, props.shown, setWaiting]);

  // It stays on the request that it shows, also when one comes that is due sooner.
  const shownId = shown?.id ?? null;
  useEffect(() => {
    if (waiting === null || approvals === undefined) return;
    if (shownId === null) setWaiting(null);
    else if (shownId !== waiting.id) setWaiting({ ...waiting, id: shownId });
  }, [waiting, approvals, shownId, setWaiting]);

  useReturnFocus(panel, out);
  const step = (by: 1 | -1) => {
    const id = stepSelection(
      requests.map((approval) => approval.id),
      shownId,
      by,
    );
    if (waiting !== null) setWaiting({ ...waiting, id });
  };
  const putOff = () => {
    // What nobody waits for any more is forgotten, so that the list does not grow.
    store(pending.map(({ id }) => id));
    setWaiting(null);
  };
  const onKey = (key: string): boolean => {
    if (key === 'Escape') putOff();
    else if (key === 'j') step(1);
    else if (key === 'k') step(-1);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !onKey(event.key)) return;
    event.preventDefault();
  };
  const asideWaits = guarded && aside !== null && pending.some(({ id }) => id === aside.id);

  return (
    <>
      <div className="visually-hidden" role="status" aria-live="assertive">
        {announced}
      </div>
      {asideWaits ? (
        <div className={styles.aside} role="status">
          <IconClock size={16} aria-hidden />
          <span>
            Waits for you: <Identifier>{requestLine(aside.intent.request)}</Identifier>
          </span>
          <Button size="compact-xs" onClick={() => go('approvals', aside.id)}>
            Review
          </Button>
          <ActionIcon
            aria-label="Decide later"
            title="Decide later"
            onClick={() => {
              store([...later, aside.id].filter((id) => pending.some((approval) => approval.id === id)));
              setAside(null);
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ) : null}
      {out ? (
        <section
          id="waiting-panel"
          ref={panel}
          className={styles.waiting}
          aria-label="Waiting for you"
          onKeyDown={onKeyDown}
        >
          <div className={styles.waitingHeader}>
            <h2>Waiting for you</h2>
            {requests.length > 1 ? (
              <span className={styles.step}>
                {requests.indexOf(shown) + 1} of {requests.length}
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
            <ActionIcon aria-label="Decide later" title="Decide later (Esc)" onClick={putOff}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </div>
          <InnerFrame
            document="approvals"
            id={WAITING_FRAME}
            className={styles.frame}
            title="The request that waits"
            show={{ type: 'showApproval', id: shown.id }}
            onKey={onKey}
            onShortcut={props.onShortcut}
          />
        </section>
      ) : null}
    </>
  );
}

function readIds(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}
