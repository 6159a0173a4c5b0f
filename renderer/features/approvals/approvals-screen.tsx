import { useEffect, useRef } from 'react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { requestLine } from '../../../model/request-words.ts';
import { ApprovalStateBadge } from '../../decision/approval-state-badge.tsx';
import { consequence } from '../../decision/approval-words.ts';
import { newlyPending, orderApprovals, pendingApprovals, stepSelection } from '../../live/approval-order.ts';
import { sessionWords } from '../../live/identity-words.ts';
import { focusInnerFrame, InnerFrame } from '../../live/inner-frame.tsx';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation, useSelection } from '../../live/navigation.tsx';
import type { AppShortcut } from '../../live/shortcuts.ts';
import type { Column } from '../../ui/data-table.tsx';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './approvals.module.css';

const FRAME = 'approval-frame';

const COLUMNS: ReadonlyArray<Column<ApprovalRequest>> = [
  { id: 'state', title: 'State', width: 116, render: (row) => <ApprovalStateBadge approval={row} /> },
  {
    id: 'code',
    title: 'Code',
    width: 64,
    spare: 3,
    render: (row) => (
      <span>
        <Identifier>{row.code}</Identifier>
      </span>
    ),
  },
  {
    id: 'request',
    title: 'Request',
    width: 300,
    least: 200,
    grow: 3,
    render: (row) => (
      <span title={consequence(row.intent)}>
        <Identifier>{requestLine(row.intent.request)}</Identifier>
      </span>
    ),
  },
  {
    id: 'as',
    title: 'As',
    width: 180,
    least: 100,
    grow: 1,
    spare: 2,
    render: (row) =>
      row.intent.effective === null ? null : (
        <span>
          <Identifier>{row.intent.effective.user}</Identifier>
        </span>
      ),
  },
  {
    id: 'cluster',
    title: 'Cluster',
    width: 104,
    least: 72,
    spare: 5,
    render: (row) => (
      <span>
        <Identifier>{row.intent.cluster}</Identifier>
      </span>
    ),
  },
  {
    id: 'from',
    title: 'From',
    width: 150,
    least: 110,
    spare: 4,
    render: (row) => <span>{sessionWords(row.intent.principal)}</span>,
  },
  { id: 'asked', title: 'Asked', width: 96, spare: 1, render: (row) => <RelativeTime time={row.createdAt} /> },
];

/** What waits now, on top, and what was decided. */
export function ApprovalsScreen(props: {
  readonly title: string;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}) {
  const { item } = useNavigation();
  const approvals = useLive('approvals.list');
  const now = useNow(1_000);
  const current = approvals.data ?? [];
  const earlier = (useLive('approvals.earlier').data ?? []).filter(({ id }) => current.every((one) => one.id !== id));
  const rows = orderApprovals([...current, ...earlier]);
  const waiting = pendingApprovals(rows, now);
  const [selected, setSelected] = useSelection();
  useEffect(() => {
    if (item !== null) setSelected(item);
  }, [item, setSelected]);
  // What was just asked is open without a click, unless another is; once decided it stays in view with its result.
  const before = useRef<readonly ApprovalRequest[]>([]);
  const { data } = approvals;
  useEffect(() => {
    if (data === undefined) return;
    const newest = newlyPending(before.current, data).reduce<string | null>(
      (last, { id }) => (last === null || id > last ? id : last),
      null,
    );
    before.current = data;
    if (newest !== null) setSelected((current) => current ?? newest);
  }, [data, setSelected]);
  const chosen = rows.find((approval) => approval.id === selected) ?? null;

  return (
    <ListScreen
      id="approvals"
      title={props.title}
      source={approvals}
      loading="Loading approvals"
      problem="The approvals could not be read"
      filters={<span role="status">{waiting.length === 0 ? 'Nothing waits' : `${waiting.length} waiting`}</span>}
      empty={
        <EmptyState title="Nothing has asked for your approval yet">
          <p>
            When the policy says that a request needs a person, kubectl waits and the request appears here and over
            whatever screen is open. Try <Identifier>kubectl --as=ana get pods</Identifier>.
          </p>
        </EmptyState>
      }
      columns={COLUMNS}
      rows={rows}
      rowId={(row) => row.id}
      selected={selected}
      onSelect={setSelected}
      onOpen={() => focusInnerFrame(FRAME)}
      onKey={(key) => {
        // The keys that decide count where the request is in view: they lead there.
        if (key !== 'a' && key !== 'd') return false;
        focusInnerFrame(FRAME);
        return true;
      }}
      panel={
        chosen ? (
          <DetailsPanel
            id="approval"
            title={requestLine(chosen.intent.request)}
            onClose={() => setSelected(null)}
            frame={(close) => (
              <InnerFrame
                document="approvals"
                id={FRAME}
                className={styles.frame}
                title={`Request ${chosen.code}`}
                show={{ type: 'showApproval', id: chosen.id }}
                onKey={(key) => {
                  if (key === 'Escape') close();
                  else
                    setSelected(
                      stepSelection(
                        rows.map(({ id }) => id),
                        chosen.id,
                        key === 'j' ? 1 : -1,
                      ),
                    );
                }}
                onShortcut={props.onShortcut}
              />
            )}
          />
        ) : null
      }
    />
  );
}
