import type { ApprovalRequest } from '../../model/approval.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import {
  type Answer,
  type Argument,
  type Bridge,
  type CallHandlers,
  type CallName,
  type ClusterEntry,
  type EventName,
  type Payload,
  type Problem,
  type Reply,
  type RevealedValue,
  settingsSchema,
  type TerminalEntry,
} from '../../preload/contract.ts';
import * as data from './bridge-data.ts';

/** A bridge without main: answers from memory with believable data, so that the screens can be seen in a browser. */
export interface BridgeDouble extends Bridge {
  /** Tells the screens something, as main does. */
  emit<Name extends EventName>(name: Name, payload: Payload<Name>): void;
  /** A request that waits appears. */
  askApproval(): void;
  /** What was asked to be copied. */
  readonly copied: string[];
  readonly calls: Array<{ readonly name: CallName; readonly argument: unknown }>;
}

/** Every call of the contract, answered as it says; a reveal waits for its approval and is answered apart. */
type Handlers = Omit<CallHandlers, 'secrets.reveal'>;

/** @param options.firstRun no cluster is connected and nothing has happened yet. */
export function createBridgeDouble(options: { readonly firstRun?: boolean } = {}): BridgeDouble {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const waitingReveals = new Map<string, (reply: Reply<RevealedValue>) => void>();
  const copied: string[] = [];
  const calls: BridgeDouble['calls'] = [];
  let settings = data.settings;
  let clusters = options.firstRun ? data.clusters.map(data.disconnected) : data.clusters;
  let terminals: readonly TerminalEntry[] = options.firstRun ? [] : data.terminals;
  let approvals: readonly ApprovalRequest[] = options.firstRun ? [] : data.approvals;
  let upgrade = data.policyUpgrade;
  let streams: readonly LiveStream[] = options.firstRun ? [] : data.streams;

  const emit: BridgeDouble['emit'] = (name, payload) => {
    for (const listener of listeners.get(name) ?? []) (listener as (value: typeof payload) => void)(payload);
  };
  const setCluster = (slug: string, state: ClusterEntry['state']) => {
    clusters = clusters.map((cluster) => (cluster.slug === slug ? { ...cluster, state } : cluster));
    emit('clusters.changed', clusters);
    return clusters.find((cluster) => cluster.slug === slug) ?? fail('unknown-cluster', `no cluster ${slug}`);
  };
  const setTerminals = (next: readonly TerminalEntry[]) => {
    terminals = next;
    emit('terminals.changed', terminals);
  };
  const setApproval = (approval: ApprovalRequest) => {
    approvals = [...approvals.filter((other) => other.id !== approval.id), approval];
    emit('approvals.changed', approval);
    return approval;
  };

  const handlers: Handlers = {
    'app.info': () => data.info,
    'app.copyProblem': (which) => void copied.push(which === 'gateway' ? which : which.reference),
    'app.copyReport': () => void copied.push('the report'),
    'app.openFolder': () =>
      fail('folder-missing', 'The folder is not there any more; it is made again at the next start'),
    'app.openLicences': () => undefined,
    'settings.read': () => settings,
    'settings.write': (change) => {
      settings = settingsSchema.parse({ ...settings, ...change });
      emit('settings.changed', settings);
      return settings;
    },
    'gateway.status': () => data.gateway,
    'gateway.restart': () => undefined,
    'workspace.placeAtStart': () => null,
    'workspace.moved': () => undefined,
    'clusters.list': () => clusters,
    'clusters.addKubeconfig': () => clusters,
    'clusters.connect': (slug) => setCluster(slug, 'connected'),
    'clusters.signIn': (slug) => setCluster(slug, 'connected'),
    'clusters.look': () => undefined,
    'clusters.disconnect': (slug) => void setCluster(slug, 'available'),
    'clusters.startDemo': () => setCluster('demo', 'connected'),
    'clusters.stopDemo': () => void setCluster('demo', 'available'),
    'clusters.copyOutsideLine': () => "export KUBECONFIG='/home/mira/.config/Gatehouse/kubeconfigs/outside.yaml'",
    'terminals.list': () => terminals,
    'terminals.open': ({ cluster }) => {
      const opened = data.terminalOn(
        clusters.find((entry) => entry.slug === cluster) ?? fail('unknown-cluster', cluster),
      );
      setTerminals([...terminals, opened]);
      return opened;
    },
    'terminals.foreground': () => null,
    'terminals.close': (id) => setTerminals(terminals.filter((terminal) => terminal.id !== id)),
    'terminals.restart': (id) => {
      setTerminals(
        terminals.map((terminal) =>
          terminal.id === id ? { ...terminal, state: 'open', exitCode: null, bypass: null } : terminal,
        ),
      );
      return terminals.find((terminal) => terminal.id === id) ?? fail('terminal-unknown', `no terminal ${id}`);
    },
    'terminals.setNamespace': ({ id, namespace }) => {
      setTerminals(terminals.map((terminal) => (terminal.id === id ? { ...terminal, namespace } : terminal)));
      return terminals.find((terminal) => terminal.id === id) ?? fail('terminal-unknown', `no terminal ${id}`);
    },
    'secrets.namespaces': () => data.namespaces,
    'secrets.list': ({ namespace }) =>
      data.secrets.filter((secret) => namespace === null || secret.namespace === namespace),
    'approvals.list': () => approvals,
    'approvals.shows': () => undefined,
    'approvals.earlier': () => [],
    'approvals.review': ({ id, verdict, comment }) => {
      const pending = approvals.find((approval) => approval.id === id);
      if (pending?.state !== 'PENDING') return fail('approval-not-pending', 'It was decided or has expired meanwhile');
      const reviewed = setApproval(data.reviewed(pending, verdict, comment));
      const answer = waitingReveals.get(id);
      waitingReveals.delete(id);
      answer?.(
        verdict === 'approve'
          ? { ok: true, value: data.revealed(settings.revealSeconds) }
          : { ok: false, problem: problem('approval-denied', 'The reveal was denied') },
      );
      return reviewed;
    },
    'streams.list': () => streams,
    'streams.end': ({ auditId }) => {
      const before = streams.length;
      streams = streams.filter((stream) => stream.auditId !== auditId);
      emit('streams.changed', streams);
      return streams.length < before;
    },
    'journal.query': ({ before }) =>
      options.firstRun ? [] : data.journal.filter((record) => before === undefined || record.seq < before),
    'journal.copy': (records) => void copied.push(records.join()),
    'recordings.list': () => (options.firstRun ? [] : data.recordings),
    'recordings.read': () => data.recording,
    'recordings.play': () => undefined,
    'recordings.export': () => undefined,
    'policy.state': () => data.policy,
    'policy.upgrade': () => upgrade,
    'signIn.question': () => null,
    'signIn.answer': () => undefined,
    'signIn.cancel': () => undefined,
    'policy.waiting': () => data.waitingPolicy,
    'policy.review': () => undefined,
    'policy.accept': () => data.policy,
    'policy.takeOver': ({ parts }) => {
      upgrade = data.upgraded(upgrade, parts);
      return { ...data.takenOver, taken: parts };
    },
  };

  async function answer<Name extends keyof Handlers>(
    name: Name,
    argument: Argument<Name>,
  ): Promise<Reply<Answer<Name>>> {
    const handler = handlers[name] as (
      argument: Argument<Name>,
      caller: undefined,
    ) => Answer<Name> | Promise<Answer<Name>>;
    try {
      return { ok: true, value: await handler(argument, undefined) };
    } catch (error) {
      return { ok: false, problem: (error as { problem: Problem }).problem };
    }
  }

  return {
    emit,
    copied,
    calls,
    askApproval: () => void setApproval(data.waitingImpersonation(new Date())),
    invoke: (name, argument) => {
      calls.push({ name, argument });
      if (name !== 'secrets.reveal') return answer(name as keyof Handlers, argument as never) as never;
      const asked = data.waitingReveal(argument as Argument<'secrets.reveal'>, new Date());
      setApproval(asked);
      // The reply's type is that of `secrets.reveal`, which the generic name hides.
      return new Promise<Reply<RevealedValue>>((resolve) => waitingReveals.set(asked.id, resolve)) as never;
    },
    on: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}

function problem(code: string, message: string): Problem {
  return { code, message, details: 'at the bridge double', reference: null };
}

function fail(code: string, message: string): never {
  throw Object.assign(new Error(message), { problem: problem(code, message) });
}
