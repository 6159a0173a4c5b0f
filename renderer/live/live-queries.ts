import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Answer, CallName, Payload } from '../../preload/contract.ts';
import { withApproval } from './approval-order.ts';
import { type LiveBridge, useInvoke } from './bridge.ts';

/** Calls without an argument whose answer main keeps fresh by an event, or that do not change. */
export type LiveCall = Extract<
  CallName,
  | 'app.info'
  | 'settings.read'
  | 'gateway.status'
  | 'clusters.list'
  | 'terminals.list'
  | 'approvals.list'
  | 'approvals.earlier'
  | 'recordings.list'
  | 'streams.list'
  | 'policy.state'
  | 'policy.upgrade'
>;

/** The cache of one document: events keep it fresh, so nothing is read again by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } },
  });
}

/** One of main's lists, kept fresh by events. */
export function useLive<Name extends LiveCall>(name: Name): UseQueryResult<Answer<Name>> {
  const invoke = useInvoke();
  return useQuery<Answer<Name>>({
    queryKey: [name],
    // Every live call takes nothing; the contract's types cannot say that of a generic name.
    queryFn: () => invoke<LiveCall>(name, undefined) as Promise<Answer<Name>>,
  });
}

/** Writes every event of main into the query cache. Returns an unsubscribe function. */
export function followEvents(bridge: Pick<LiveBridge, 'on'>, client: QueryClient): () => void {
  const set =
    <Name extends LiveCall>(name: Name) =>
    (value: Answer<Name>) =>
      client.setQueryData([name], value);
  const stops = [
    bridge.on('settings.changed', set('settings.read')),
    bridge.on('gateway.changed', (status: Payload<'gateway.changed'>) => {
      const before = client.getQueryData<Payload<'gateway.changed'>>(['gateway.status']);
      set('gateway.status')(status);
      // Streams end with the gateway that carried them.
      if (status.state !== 'running') set('streams.list')([]);
      // A gateway that came back has forgotten what waited: read it anew.
      if (status.state === 'running' && before?.state !== 'running') {
        void client.invalidateQueries({ queryKey: ['approvals.list'] });
        void client.invalidateQueries({ queryKey: ['approvals.earlier'] });
        void client.invalidateQueries({ queryKey: ['policy.state'] });
        void client.invalidateQueries({ queryKey: ['policy.upgrade'] });
        void client.invalidateQueries({ queryKey: ['streams.list'] });
        void client.invalidateQueries({ queryKey: ['secrets'] });
      }
    }),
    bridge.on('clusters.changed', set('clusters.list')),
    bridge.on('terminals.changed', set('terminals.list')),
    bridge.on('recordings.changed', set('recordings.list')),
    bridge.on('streams.changed', set('streams.list')),
    bridge.on('policy.changed', (state) => {
      set('policy.state')(state);
      void client.invalidateQueries({ queryKey: ['policy.upgrade'] });
      void client.invalidateQueries({ queryKey: ['policy.waiting'] });
    }),
    bridge.on('approvals.changed', (approval) => {
      client.setQueryData<Answer<'approvals.list'>>(['approvals.list'], (list) => withApproval(list ?? [], approval));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
