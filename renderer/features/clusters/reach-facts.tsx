import type { ClusterEntry } from '../../../preload/contract.ts';
import type { Fact } from '../../ui/facts.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { duration } from '../../ui/time-words.ts';

/** What the last look at a connected cluster found, for its details. */
export function reachFacts({ reach }: ClusterEntry): Fact[] {
  if (reach === null) return [];
  const { signIn } = reach;
  return [
    { term: 'Version', value: reach.serverVersion },
    { term: 'Answers in', value: reach.latency === null ? null : <span>{duration(reach.latency)}</span> },
    { term: 'Known as', value: signIn.user },
    {
      term: 'Sign-in',
      value: signIn.due ? (
        <span>{signIn.plugin} signs in with the next request</span>
      ) : signIn.expires === null ? null : (
        <Ends at={signIn.expires} />
      ),
    },
    {
      term: 'Certificate',
      value: reach.certificateExpires === null ? null : <Ends at={reach.certificateExpires} />,
    },
    { term: 'Checked', value: <RelativeTime time={reach.checkedAt} /> },
  ];
}

function Ends({ at }: { readonly at: string }) {
  const over = Date.parse(at) <= Date.now();
  return (
    <span>
      {over ? 'ended' : 'ends'} <RelativeTime time={at} />
    </span>
  );
}
