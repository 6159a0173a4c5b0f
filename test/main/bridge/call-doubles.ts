import { ShownApprovals } from '../../../main/approvals/shown-approvals.ts';
import { type CalledServices, type CallHandlersOptions, callHandlers } from '../../../main/bridge/call-handlers.ts';
import { HostError } from '../../../main/hosts/protocol.ts';
import { readSettings } from '../../../main/settings/read-settings.ts';
import type { ApprovalRequest } from '../../../model/approval.ts';
import type { ClusterEntry, Settings } from '../../../preload/contract.ts';
import * as data from '../../renderer/bridge-data.ts';

export const cluster: ClusterEntry = {
  context: 'lumen-staging',
  slug: 'staging',
  server: 'https://192.0.2.1',
  user: 'dana',
  namespace: 'web',
  file: '/home/dana/.kube/config',
  plugin: null,
  passedOver: [],
  problem: null,
  state: 'connected',
  reach: null,
  gone: false,
  demo: false,
  production: false,
};
export const pending: ApprovalRequest = { ...data.waitingImpersonation(new Date()), id: 'a-1' };
/** Of a problem that the page was told of. */
export const REFERENCE = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
/** Who asks, where a call is told that: the handlers hand it on and look at nothing of it. */
export const caller = { document: 'gatehouse', frame: '7/1', sender: { id: 7 } } as Parameters<
  ReturnType<typeof callHandlers>['recordings.export']
>[1];

/** The document that shows a request and sends the vote. */
export const approvalsCaller = { ...caller, document: 'approvals', frame: '7/3' } as const;

/** The handlers of the bridge, on services that note each step which they are asked for and answer from memory. */
export function setUp(given: { readonly settings?: Partial<Settings> } = {}) {
  const steps: unknown[][] = [];
  const told: unknown[][] = [];
  /** What a test changes before it calls. */
  const world = {
    now: 0,
    settings: readSettings(given.settings),
    chosen: [] as string[],
    pathProblem: '',
    confirmed: true,
    problems: new Map([[REFERENCE, 'code: port-taken']]),
    outside: '/home/dana/kubeconfigs/outside.yaml',
    revealed: data.revealed(30),
    window: { visible: true, minimized: false } as { visible: boolean; minimized: boolean } | null,
    ownRecording: null as string | null,
    approvals: [pending],
  };
  const noted = <Answer>(answer: Answer, ...step: unknown[]): Answer => {
    steps.push(step);
    return answer;
  };
  const gatewayAnswers: Record<string, unknown> = {
    get approvals() {
      return world.approvals;
    },
    review: { ...pending, state: 'APPROVED' },
    streams: data.streams,
    endStream: true,
    journal: data.journal.slice(0, 2),
    policy: data.policy,
    policyUpgrade: data.policyUpgrade,
    waitingPolicy: data.waitingPolicy,
    acceptPolicy: data.policy,
    takeOverPolicy: data.takenOver,
  };
  const services: CalledServices = {
    principal: 'local:dana',
    gateway: {
      status: () => noted(data.gateway, 'gateway.status'),
      signIn: () => noted(null, 'gateway.signIn'),
      restart: async () => noted(undefined, 'gateway.restart'),
      openAccess: async (request) => noted(world.outside, 'gateway.openAccess', request),
      call: (async (name: string, argument: unknown) =>
        noted(gatewayAnswers[name], 'gateway.call', name, argument)) as CalledServices['gateway']['call'],
    },
    clusters: {
      entries: () => noted([cluster], 'clusters.entries'),
      refresh: async () => noted([cluster], 'clusters.refresh'),
      entry: (slug) => (slug === cluster.slug ? cluster : { ...cluster, slug, state: 'signed-out' }),
      connect: async (slug) => noted(cluster, 'clusters.connect', slug),
      disconnect: async (slug) => noted(undefined, 'clusters.disconnect', slug),
      startDemo: async () => noted(cluster, 'clusters.startDemo'),
      stopDemo: async () => noted(undefined, 'clusters.stopDemo'),
      connected: (slug) => {
        if (slug !== cluster.slug) throw new HostError('cluster-not-connected', `Connect ${slug} first`);
        return cluster;
      },
    },
    workspace: {
      placeAtStart: async () => noted(null, 'workspace.placeAtStart'),
      moved: (place) => noted(undefined, 'workspace.moved', place),
    },
    reachWatch: { lookNow: async (slug, look) => noted(undefined, 'reachWatch.lookNow', slug, look) },
    terminals: {
      entries: () => noted(data.terminals, 'terminals.entries'),
      open: async (request) => noted(data.terminalOn(cluster), 'terminals.open', request),
      foreground: async (id) => noted('kubectl', 'terminals.foreground', id),
      close: async (id) => noted(undefined, 'terminals.close', id),
      restart: async (id) => noted({ ...data.terminalOn(cluster), id: 't-2' }, 'terminals.restart', id),
      setNamespace: async (id, namespace) =>
        noted({ ...data.terminalOn(cluster), namespace }, 'terminals.setNamespace', id, namespace),
    },
    secrets: {
      namespaces: async (slug) => noted([...data.namespaces], 'secrets.namespaces', slug),
      list: async (slug, namespace) => noted([...data.secrets], 'secrets.list', slug, namespace),
      reveal: async (request) => noted(world.revealed, 'secrets.reveal', request),
    },
    recordings: {
      list: async () => noted([...data.recordings], 'recordings.list'),
      read: async (id) => noted(data.recording, 'recordings.read', id),
      play: async (id) => noted(undefined, 'recordings.play', id),
      export: async (id, sender) => noted(undefined, 'recordings.export', id, sender),
      requireOwn: (id, sender) => {
        noted(undefined, 'recordings.requireOwn', id, sender);
        if (world.ownRecording !== null && world.ownRecording !== id) {
          throw new HostError('sender-refused', 'This window plays another recording');
        }
      },
    },
  };
  const shownApprovals = new ShownApprovals(() => world.now);
  const options: CallHandlersOptions = {
    folders: {
      policy: '/app/policy',
      data: '/app/data',
      recordings: '/app/recs',
      kubeconfigs: '/app/kc',
      logs: '/app/logs',
    },
    settings: {
      read: () => world.settings,
      write: (change) => {
        world.settings = readSettings({ ...world.settings, ...change });
        return noted(world.settings, 'settings.write', change);
      },
    },
    services: Promise.resolve(services),
    window: () => {
      const { window } = world;
      return window && { isVisible: () => window.visible, isMinimized: () => window.minimized };
    },
    tell: (...event) => void told.push(event),
    shownApprovals,
    appInfo: async () => noted(data.info, 'appInfo'),
    licences: '/app/licences.txt',
    openPath: async (path) => noted(world.pathProblem, 'openPath', path),
    copy: (text) => noted(undefined, 'copy', text),
    problemDetails: (reference) => noted(world.problems.get(reference) ?? null, 'problemDetails', reference),
    confirm: async (question) => noted(world.confirmed, 'confirm', question),
    followTheme: (theme) => noted(undefined, 'followTheme', theme),
    chooseKubeconfigs: async () => noted(world.chosen, 'chooseKubeconfigs'),
    reviewPolicy: () => noted(undefined, 'reviewPolicy'),
    protectContent: (milliseconds) => noted(undefined, 'protectContent', milliseconds),
  };
  return { handlers: callHandlers(options), steps, told, world, shownApprovals };
}
