import { useEffect } from 'react';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { requestLine } from '../../../model/request-words.ts';
import { isPending, orderApprovals, pendingApprovals } from '../../live/approval-order.ts';
import { sessionWords } from '../../live/identity-words.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation, useSelection } from '../../live/navigation.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ListScreen } from '../../ui/list-screen.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ApprovalDetails, ApprovalStateBadge } from './approval-details.tsx';
import { consequence } from './approval-words.ts';
import { ReviewBar } from './review-bar.tsx';
import { useReview } from './use-review.ts';

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
export function ApprovalsScreen({ title }: { readonly title: string }) {
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
  // What waits is open without a click; once decided it stays in view with its result.
  const first = waiting[0]?.id ?? null;
  useEffect(() => {
    if (first !== null) setSelected((current) => current ?? first);
  }, [first, setSelected]);
  const chosen = rows.find((approval) => approval.id === selected) ?? null;
  const decidable = chosen !== null && isPending(chosen, now);
  const review = useReview(decidable ? chosen : null);

  return (
    <ListScreen
      id="approvals"
      title={title}
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
      onOpen={() => document.getElementById('approve-once')?.focus()}
      onKey={(key) => {
        if (key === 'a') review.approve();
        else if (key === 'd') review.deny();
        else return false;
        return true;
      }}
      panel={
        chosen ? (
          <DetailsPanel
            id="approval"
            title={requestLine(chosen.intent.request)}
            onClose={() => setSelected(null)}
            footer={decidable ? <ReviewBar approval={chosen} review={review} /> : null}
          >
            <ApprovalDetails approval={chosen} earlier={earlier.includes(chosen)} />
          </DetailsPanel>
        ) : null
      }
    />
  );
}
