import { Button, TextInput, VisuallyHidden } from '@mantine/core';
import { IconClock, IconEye, IconEyeOff } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ApprovalRequest } from '../../model/approval.ts';
import { ApprovalDetails } from '../decision/approval-details.tsx';
import { ReviewBar } from '../decision/review-bar.tsx';
import type { Review } from '../decision/use-review.ts';
import { BridgeProblem } from '../live/bridge.ts';
import { useLive } from '../live/live-queries.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { CountdownRing } from '../ui/countdown-ring.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { MaskedChip } from '../ui/masked-chip.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { countdown } from '../ui/time-words.ts';
import { useHeldFocus } from '../ui/use-held-focus.ts';
import { useNow } from '../ui/use-now.ts';
import type { RevealState } from './reveal-state.ts';
import styles from './secret-document.module.css';
import { type SecretKey, useReveal } from './use-reveal.ts';

/** One key of a Secret: masked, asked for with a reason, decided on here, or revealed for a short time. */
export function SecretKeyRow(props: {
  readonly target: SecretKey;
  /** The request for this key that waits, if one does. */
  readonly request: ApprovalRequest | null;
  /** The decision on it, where it is this key's turn. */
  readonly review: Review | null;
  readonly onWaiting: (waits: boolean) => void;
}) {
  const { target } = props;
  const reveal = useReveal(target);
  const seconds = useLive('settings.read').data?.revealSeconds ?? 30;
  const { state } = reveal;
  const row = useRef<HTMLLIElement>(null);
  const held = useHeldFocus(row, `${state.kind} ${props.review !== null} ${props.review?.confirming}`);
  const waits = state.kind === 'waiting';
  const { onWaiting } = props;
  const told = useRef(onWaiting);
  told.current = onWaiting;
  useEffect(() => {
    if (!waits) return;
    told.current(true);
    return () => told.current(false);
  }, [waits]);
  return (
    <li ref={row} className={styles.key} {...held}>
      <div className={styles.keyLine}>
        <span className={styles.keyName}>
          <Identifier>{target.key}</Identifier>
        </span>
        {state.kind === 'revealed' ? <StateBadge tone="revealed" word="Revealed" filled /> : <MaskedChip />}
        {state.kind === 'masked' || state.kind === 'refused' ? (
          <Button size="compact-xs" leftSection={<IconEye size={14} aria-hidden />} onClick={reveal.ask}>
            <span>
              Reveal <VisuallyHidden component="span">{target.key}</VisuallyHidden> for {seconds} s
            </span>
          </Button>
        ) : null}
      </div>
      {state.kind === 'asking' ? <ReasonForm target={target} onSend={reveal.send} onCancel={reveal.hide} /> : null}
      {waits ? <WaitingReveal request={props.request} review={props.review} onCancel={reveal.hide} /> : null}
      {state.kind === 'refused' ? (
        <ProblemNotice title="The value was not revealed" error={new BridgeProblem(state.problem)} />
      ) : null}
      {state.kind === 'revealed' ? <RevealedBlock keyName={target.key} state={state} onHide={reveal.hide} /> : null}
    </li>
  );
}

function ReasonForm(props: {
  readonly target: SecretKey;
  readonly onSend: (reason: string) => void;
  readonly onCancel: () => void;
}) {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '') props.onSend(reason.trim());
  };
  return (
    <form className={styles.ask} onSubmit={submit}>
      <TextInput
        label={`Why do you need ${props.target.key}?`}
        description="Kept in the journal with your name."
        autoFocus
        required
        withAsterisk={false}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          // Taken here: the panel around it closes at Esc too.
          event.preventDefault();
          props.onCancel();
        }}
      />
      <div className={styles.buttons}>
        <Button type="submit" variant="filled" disabled={reason.trim() === ''}>
          Ask to reveal
        </Button>
        <Button onClick={props.onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

function WaitingReveal(props: {
  readonly request: ApprovalRequest | null;
  readonly review: Review | null;
  readonly onCancel: () => void;
}) {
  const { request, review } = props;
  return (
    <>
      <div className={styles.waiting} role="status">
        <IconClock size={14} aria-hidden />
        {request ? `Waits for approval ${request.code}` : 'Asking the gateway'}
        <span className={styles.waitingEnd}>
          <Button
            size="compact-xs"
            variant="subtle"
            title="The request stays open under Approvals: deny it there if you no longer need it"
            onClick={props.onCancel}
          >
            Stop waiting
          </Button>
        </span>
      </div>
      {request && review ? (
        <section ref={bringIntoView} className={styles.decision} aria-label={`Approval ${request.code}`}>
          <div className={styles.request}>
            <ApprovalDetails approval={request} />
          </div>
          <ReviewBar approval={request} review={review} />
        </section>
      ) : null}
    </>
  );
}

function RevealedBlock(props: {
  readonly keyName: string;
  readonly state: Extract<RevealState, { kind: 'revealed' }>;
  readonly onHide: () => void;
}) {
  const now = useNow(250);
  const { value, at } = props.state;
  const left = countdown(at, Date.parse(value.expiresAt), now);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard */}
      <pre className={styles.value} tabIndex={0} role="region" aria-label={`Value of ${props.keyName}`}>
        {value.value === '' ? '(empty)' : value.value}
      </pre>
      {value.encoding === 'base64' ? <p>The bytes are not text: this is base64.</p> : null}
      <div className={styles.buttons}>
        <span className={styles.left}>
          <CountdownRing fraction={left.fraction} />
          hidden in {left.seconds} s
        </span>
        <Button leftSection={<IconEyeOff size={14} aria-hidden />} onClick={props.onHide}>
          Hide
        </Button>
        <CopyButton label="Copy value" copy={() => navigator.clipboard.writeText(value.value)} />
      </div>
    </>
  );
}
