import type { WatchedGateway } from '../../../../cli/gateway/events/operator-events.ts';
import type { ApprovalRequest, Intent } from '../../../../model/approval.ts';
import type { DecidedRecord, FinishedRecord, JournalEntry, JournalRecord } from '../../../../model/journal-record.ts';
import type { LiveStream } from '../../../../model/live-stream.ts';
import type { WaitingChange } from '../../../../model/policy-change.ts';
import type { PolicyState } from '../../../../model/policy-state.ts';
import type { Principal } from '../../../../model/principal.ts';
import type { GatewayEvents } from '../../../../proxy/gateway-door.ts';

const principal = {
  user: 'local:ada',
  groups: [],
  session: { kind: 'headless', id: 'headless' },
} as unknown as Principal;

const request: Intent['request'] = {
  method: 'DELETE',
  target: '/api/v1/namespaces/shop',
  verb: 'delete',
  policyVerb: 'delete',
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'namespaces',
  subresource: '',
  namespace: 'shop',
  name: 'shop',
  userAgent: 'kubectl',
  kubectlCommand: null,
  kubectlSession: null,
  upgrade: null,
};

/** What `local:ada` asks for: to delete a namespace. */
export function anApproval(changed: Partial<Intent> = {}, about: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: '01a2316b-2fc7-74f2-8ecc-4bf51761ab4b',
    code: '7F3K',
    state: 'PENDING',
    intent: {
      digest: 'd',
      principal,
      cluster: 'prod',
      effective: null,
      request,
      bodyPreview: null,
      bodyBytes: 35,
      rules: ['confirm/namespaces'],
      message: 'takes everything in it along',
      policyDigest: 'p',
      requirement: { level: 'ownerConfirm', requestTtl: 900_000, grantTtl: 900_000, reasonRequired: false } as never,
      reason: null,
      ...changed,
    },
    createdAt: '2026-12-01T10:00:00.000Z',
    expiresAt: '2099-12-01T10:15:00.000Z',
    held: false,
    review: null,
    grant: null,
    ...about,
  };
}

export function aStream(auditId: string, kind: LiveStream['kind'] = 'exec'): LiveStream {
  return {
    auditId,
    kind,
    principal: 'local:ada',
    session: 'headless',
    cluster: 'prod',
    namespace: 'shop',
    target: 'pods/web',
    container: null,
    command: ['sh'],
    startedAt: '2026-12-01T10:00:00.000Z',
    recorded: false,
  };
}

export function stamped(entry: JournalEntry): JournalRecord {
  return { ...entry, v: 1, seq: 1, time: '2026-12-01T10:00:00.000Z', prev: '', hash: '' };
}

export function decided(auditId: string, outcome: DecidedRecord['decision']['outcome']): JournalRecord {
  return stamped({
    type: 'decided',
    auditId,
    principal,
    effective: null,
    credential: 'kubeconfig user "ada"',
    cluster: 'prod',
    request: { ...request, policyVerb: 'get', resource: 'pods', name: 'web' },
    decision: { outcome, code: null, rule: 'never/pods', matchedRules: [], message: 'no', policyDigest: 'p' },
    approval: null,
  });
}

export function finished(auditId: string, about: Partial<FinishedRecord>): JournalRecord {
  return stamped({
    type: 'finished',
    auditId,
    status: 200,
    code: null,
    bytesToClient: 10,
    bytesFromClient: 20,
    maskedValues: 0,
    durationMs: 5,
    upstreamMs: null,
    ended: null,
    ...about,
  });
}

/** What is listened to of a gateway, told by hand. */
export function watched() {
  const listeners: { [Event in keyof GatewayEvents]?: GatewayEvents[Event] } = {};
  let streams: readonly LiveStream[] = [];
  let change: WaitingChange | null = null;
  const gateway: WatchedGateway = {
    on(event, listener) {
      listeners[event] = listener;
      return () => delete listeners[event];
    },
    streams: () => streams,
    policy: () => ({ waiting: change }) as unknown as PolicyState,
    waitingPolicy: () => change,
  };
  return {
    ...gateway,
    tell: (event: 'approval', approval: ApprovalRequest) => listeners[event]?.(approval),
    streamsAre(...now: readonly LiveStream[]) {
      streams = now;
      listeners.streams?.();
    },
    waits(digest: string | null) {
      change =
        digest === null
          ? null
          : { digest, since: '2026-12-01T10:00:00.000Z', why: 'x', against: 'accepted', rules: [] };
      listeners.policy?.(gateway.policy());
    },
  };
}
