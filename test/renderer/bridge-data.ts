// Above 300 lines because it is one set of data: its records name each other.

import type { ApprovalRequest, Intent } from '../../model/approval.ts';
import type { DecidedRecord, FinishedRecord, JournalRecord, RequestSummary } from '../../model/journal-record.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { BuiltInPart, PolicyUpgrade, PolicyUpgraded } from '../../model/policy-upgrade.ts';
import type { Principal } from '../../model/principal.ts';
import type {
  AppInfo,
  Argument,
  ClusterEntry,
  GatewayStatus,
  RecordingContent,
  RecordingEntry,
  RevealedValue,
  SecretEntry,
  Settings,
  TerminalEntry,
} from '../../preload/contract.ts';

const ago = (seconds: number, from = Date.now()): string => new Date(from - seconds * 1_000).toISOString();
const DIGEST = '4be1f0a9c2d77c51aa3e90d16f8be2c4713a5d0e9b7c26f1d4380ab95e6cf712';

export const settings: Settings = {
  theme: 'system',
  terminalFontSize: 13,
  terminalFontFamily: '',
  screenReaderMode: false,
  shell: '',
  revealSeconds: 30,
  recordInput: false,
  bringBack: true,
  kubeconfigFiles: ['/home/mira/work/customer-a.kubeconfig'],
};

export const info: AppInfo = {
  version: '0.1.0',
  electron: '33.2.1',
  chromium: '130.0.6723.137',
  node: '20.18.1',
  platform: 'linux x64',
  principal: 'local:mira',
  folders: {
    policy: '/home/mira/.config/Gatehouse/policy',
    data: '/home/mira/.config/Gatehouse/data',
    recordings: '/home/mira/.config/Gatehouse/recordings',
    kubeconfigs: '/home/mira/.config/Gatehouse/kubeconfigs',
    logs: '/home/mira/.config/Gatehouse/logs',
  },
  kubectl: { path: '/usr/local/bin/kubectl', version: 'v1.36.3' },
  osSandbox: true,
};

export const gateway: GatewayStatus = {
  state: 'running',
  url: 'https://127.0.0.1:41873',
  restarts: 0,
  problem: null,
  notices: [],
};

export const policy: PolicyState = {
  status: 'loaded',
  folder: info.folders.policy,
  digest: DIGEST,
  loadedAt: ago(5_400),
  policies: [{ name: 'solo', file: `${info.folders.policy}/10-solo.yaml`, rules: 18 }],
  problems: [],
  warnings: [],
  waiting: null,
  notices: [],
};

export const waitingPolicy: WaitingChange = {
  digest: 'f'.repeat(64),
  since: ago(20),
  why: 'The policy folder was changed, and the change opens something',
  against: 'accepted',
  rules: [
    {
      id: 'never/proxy-verb',
      file: 'never.yaml',
      kind: 'removed',
      about: 'denies: "the proxy verb is never allowed"',
      opens: ['denies less'],
      closes: [],
      differences: [],
    },
    {
      id: 'everyday/scale-and-evict',
      file: 'everyday.yaml',
      kind: 'changed',
      about: 'allows: verbs create; resources deployments/scale',
      opens: [],
      closes: ['allows less'],
      differences: ['verbs: without patch'],
    },
  ],
};

const builtIn: BuiltInPart = {
  id: 'never/bootstrap',
  kind: 'rule',
  state: 'new',
  file: 'never.yaml',
  inFolder: null,
  builtIn: { id: 'bootstrap', effect: 'deny', match: { verbs: ['create'] }, message: 'tokens that join nodes' },
  comment: 'A token with which a machine joins the cluster is an identity for whoever holds it.',
  needs: [],
  usedBy: [],
  available: true,
  offered: true,
};

export const policyUpgrade: PolicyUpgrade = {
  folder: policy.folder,
  digest: DIGEST,
  parts: [
    builtIn,
    { ...builtIn, id: 'never/proxy-verb', state: 'absent', offered: false, comment: '' },
    { ...builtIn, id: 'confirm/reveal', state: 'changed', file: 'confirm.yaml', available: false, offered: false },
  ],
};

export const takenOver: PolicyUpgraded = {
  folder: policy.folder,
  taken: [],
  files: ['never.yaml'],
  copies: `${policy.folder}/.before-upgrade-20261130T101500.000Z`,
  digest: DIGEST,
};

/** The folder once these were taken over. */
export function upgraded(before: PolicyUpgrade, taken: readonly string[]): PolicyUpgrade {
  const parts = before.parts.map((part) =>
    taken.includes(part.id) ? { ...part, state: 'same' as const, available: false, offered: false } : part,
  );
  return { ...before, parts };
}

function cluster(slug: string, fields: Partial<ClusterEntry>): ClusterEntry {
  return {
    context: slug,
    slug,
    server: `https://${slug}.k8s.lumen.example:6443`,
    user: `${slug}-mira`,
    namespace: 'default',
    file: '/home/mira/.kube/config',
    plugin: null,
    passedOver: [],
    problem: null,
    state: 'available',
    reach: null,
    gone: false,
    demo: false,
    production: false,
    ...fields,
  };
}

export const clusters: readonly ClusterEntry[] = [
  cluster('demo', {
    context: 'demo',
    server: 'https://127.0.0.1:45211',
    namespace: 'shop',
    state: 'connected',
    demo: true,
  }),
  cluster('prod-eu', { context: 'lumen-prod-eu', production: true, state: 'connected', namespace: 'payments' }),
  cluster('prod-us', { context: 'lumen-prod-us', production: true }),
  cluster('staging', { context: 'lumen-staging', namespace: 'web' }),
  cluster('dev-mira', { context: 'dev-mira', namespace: 'mira' }),
  cluster('kind-local', { context: 'kind-local', server: 'https://127.0.0.1:38219' }),
  cluster('legacy', {
    context: 'legacy-onprem',
    state: 'unusable',
    problem: 'The client certificate expired on 2026-05-02: get a new kubeconfig from the cluster’s owner',
  }),
  cluster('customer-a', {
    context: 'customer-a',
    file: '/home/mira/work/customer-a.kubeconfig',
    state: 'unusable',
    problem: 'The exec plugin “gke-gcloud-auth-plugin” is not on PATH: install it, then read the kubeconfig again',
  }),
];

export function disconnected(entry: ClusterEntry): ClusterEntry {
  return entry.state === 'connected' ? { ...entry, state: 'available' } : entry;
}

export function terminalOn(entry: ClusterEntry): TerminalEntry {
  return {
    id: `t${Math.random().toString(36).slice(2, 8)}`,
    cluster: entry.slug,
    clusterName: entry.context,
    namespace: entry.namespace,
    production: entry.production,
    state: 'open',
    exitCode: null,
    recording: { state: 'recording', recordingId: 'r-now' },
    bypass: null,
    kubectlMissing: false,
    broughtBack: null,
  };
}

const [demoCluster, productionCluster] = clusters;
export const terminals: readonly TerminalEntry[] =
  demoCluster && productionCluster
    ? [
        { ...terminalOn(productionCluster), id: 'tprod' },
        { ...terminalOn(demoCluster), id: 'tdemo' },
      ]
    : [];

export const namespaces = ['default', 'billing', 'ci', 'kube-system', 'observability', 'payments', 'shop', 'web'];

function secret(namespace: string, name: string, keys: string[], days: number, fields: Partial<SecretEntry> = {}) {
  return {
    namespace,
    name,
    type: 'Opaque',
    keys,
    createdAt: ago(days * 86_400 + 4_000),
    owners: [],
    immutable: false,
    ...fields,
  } satisfies SecretEntry;
}

export const secrets: readonly SecretEntry[] = [
  secret('shop', 'postgres-credentials', ['host', 'password', 'username'], 212, { owners: ['StatefulSet/postgres'] }),
  secret('shop', 'stripe', ['api-key', 'webhook-secret'], 88),
  secret('shop', 'shop-tls', ['tls.crt', 'tls.key'], 31, { type: 'kubernetes.io/tls', owners: ['Certificate/shop'] }),
  secret('payments', 'ledger-signing-key', ['key.pem', 'key-id'], 402, { immutable: true }),
  secret('payments', 'bank-sftp', ['id_ed25519', 'known_hosts', 'user'], 176),
  secret('payments', 'registry-pull', ['.dockerconfigjson'], 402, { type: 'kubernetes.io/dockerconfigjson' }),
  secret('billing', 'smtp', ['password', 'user'], 45),
  secret('ci', 'contractor-ci-token', ['token', 'namespace', 'ca.crt'], 510, {
    type: 'kubernetes.io/service-account-token',
    owners: ['ServiceAccount/contractor-ci'],
  }),
  secret('ci', 'deploy-key', ['ssh-privatekey'], 133, { type: 'kubernetes.io/ssh-auth' }),
  secret('observability', 'grafana-admin', ['admin-password', 'admin-user'], 64, { owners: ['Grafana/main'] }),
  secret('web', 'session-keys', ['current', 'previous'], 9),
  secret('web', 'empty-placeholder', [], 2),
];

export function revealed(seconds: number): RevealedValue {
  return {
    value: 'correct-horse-battery-staple',
    encoding: 'utf8',
    expiresAt: new Date(Date.now() + seconds * 1_000).toISOString(),
  };
}

const principal: Principal = {
  user: 'local:mira',
  groups: ['gatehouse:local'],
  session: { kind: 'inAppTerminal', id: 'tdemo' },
};

function request(fields: Partial<RequestSummary>): RequestSummary {
  return {
    method: 'GET',
    target: '/api/v1/namespaces/shop/pods?limit=500',
    verb: 'list',
    policyVerb: 'list',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'shop',
    name: '',
    userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/5a1c6dd',
    kubectlCommand: 'kubectl get',
    kubectlSession: '9f1d8a',
    upgrade: null,
    ...fields,
  };
}

function intent(fields: Partial<Intent>): Intent {
  return {
    digest: DIGEST,
    principal,
    cluster: 'demo',
    effective: null,
    request: request({}),
    bodyPreview: null,
    bodyBytes: 0,
    rules: ['solo/impersonation-needs-confirmation'],
    message: 'acting as someone else needs your confirmation',
    policyDigest: DIGEST,
    requirement: {
      level: 'ownerConfirm',
      requestTtl: 900_000,
      grantTtl: 600_000,
      hold: 120_000,
      reasonRequired: false,
    },
    reason: null,
    ...fields,
  };
}

let serial = 0;
function approval(created: Date, fields: Partial<ApprovalRequest>): ApprovalRequest {
  serial += 1;
  return {
    id: `0199c1aa-0000-7000-8000-${String(serial).padStart(12, '0')}`,
    code: ['7F3K', 'M2QX', 'B9TR', 'W4HN', 'E8ZC', 'J1VD'][serial % 6] ?? '7F3K',
    state: 'PENDING',
    intent: intent({}),
    createdAt: created.toISOString(),
    expiresAt: new Date(created.getTime() + 120_000).toISOString(),
    held: true,
    review: null,
    grant: null,
    ...fields,
  };
}

export function waitingImpersonation(now: Date): ApprovalRequest {
  return approval(now, {
    intent: intent({
      effective: { user: 'ci-deployer', uid: '', groups: ['ci', 'deployers'], extra: {} },
      request: request({ target: '/api/v1/namespaces/shop/pods?limit=500' }),
    }),
  });
}

export function waitingReveal(asked: Argument<'secrets.reveal'>, now: Date): ApprovalRequest {
  return approval(now, {
    intent: intent({
      cluster: asked.cluster,
      principal: { ...principal, session: { kind: 'app', id: 'launch' } },
      rules: ['solo/reveal-needs-confirmation'],
      message: 'showing a Secret value needs your confirmation',
      reason: asked.reason,
      request: request({
        target: `/api/v1/namespaces/${asked.namespace}/secrets/${asked.name}`,
        verb: 'get',
        policyVerb: 'reveal',
        resource: 'secrets',
        namespace: asked.namespace,
        name: asked.name,
        revealKey: asked.key,
        kubectlCommand: null,
      }),
    }),
  });
}

export function reviewed(
  pending: ApprovalRequest,
  verdict: 'approve' | 'deny',
  comment: string | null,
): ApprovalRequest {
  const now = new Date().toISOString();
  return {
    ...pending,
    state: verdict === 'approve' ? 'APPROVED' : 'DENIED',
    review: { by: 'local:mira', verdict, comment, at: now },
    grant: verdict === 'approve' ? { state: 'CONSUMED', expiresAt: now } : null,
  };
}

const deleteNamespace = intent({
  cluster: 'prod-eu',
  principal: { ...principal, session: { kind: 'inAppTerminal', id: 'tprod' } },
  rules: ['solo/dangerous-deletes'],
  message: 'deleting a namespace deletes all that is in it; confirm that you mean this one',
  bodyPreview: '{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}',
  bodyBytes: 75,
  request: request({
    method: 'DELETE',
    target: '/api/v1/namespaces/payments-canary',
    verb: 'delete',
    policyVerb: 'delete',
    resource: 'namespaces',
    namespace: 'payments-canary',
    name: 'payments-canary',
    kubectlCommand: 'kubectl delete',
  }),
});

const history: ReadonlyArray<[number, Partial<ApprovalRequest>, 'approve' | 'deny' | null]> = [
  [1_800, { intent: deleteNamespace }, 'deny'],
  [4_200, { intent: waitingImpersonation(new Date()).intent }, 'approve'],
  [86_000, { intent: deleteNamespace, state: 'EXPIRED', held: false }, null],
];

export const approvals: readonly ApprovalRequest[] = history.map(([seconds, fields, verdict]) => {
  const made = approval(new Date(Date.now() - seconds * 1_000), fields);
  return verdict === null ? made : reviewed(made, verdict, verdict === 'deny' ? 'wrong cluster' : null);
});

export function waitingDelete(now: Date): ApprovalRequest {
  return approval(now, { intent: deleteNamespace });
}

const PLAIN = { code: null, rule: 'solo/reads', matchedRules: ['solo/reads', 'solo/mask-secrets'], message: '' };

function decided(fields: Partial<DecidedRecord>, decision: Partial<DecidedRecord['decision']> = {}): DecidedRecord {
  return {
    type: 'decided',
    auditId: '',
    principal,
    effective: null,
    credential: 'demo-admin',
    cluster: 'demo',
    request: request({}),
    decision: { outcome: 'allow', policyDigest: DIGEST, ...PLAIN, ...decision },
    approval: null,
    ...fields,
  };
}

const REQUESTS: ReadonlyArray<[DecidedRecord, Partial<FinishedRecord> | null]> = [
  [decided({}), { status: 200, bytesToClient: 18_233 }],
  [
    decided({ request: request({ target: '/api/v1/namespaces/shop/secrets?limit=500', resource: 'secrets' }) }),
    { status: 200, maskedValues: 11, bytesToClient: 6_120 },
  ],
  [
    decided(
      { effective: { user: 'system:admin', uid: '', groups: ['system:masters'], extra: {} } },
      {
        outcome: 'deny',
        rule: 'solo/privileged-never',
        matchedRules: ['solo/privileged-never', 'solo/impersonation-needs-confirmation'],
        message: 'acting as system:admin is never allowed; ask for a role of your own',
      },
    ),
    { status: 403, code: 'denied-by-policy', upstreamMs: null, durationMs: 2 },
  ],
  [
    decided(
      {
        request: request({
          method: 'GET',
          target: '/api/v1/namespaces/shop/pods/api-5d9f/exec?command=sh&stdin=true&tty=true',
          verb: 'get',
          policyVerb: 'create',
          subresource: 'exec',
          name: 'api-5d9f',
          upgrade: 'websocket',
          kubectlCommand: 'kubectl exec',
        }),
      },
      { rule: 'solo/exec-recorded' },
    ),
    {
      status: 101,
      durationMs: 84_200,
      ended: 'client',
      stream: {
        transport: 'websocket v5.channel.k8s.io',
        exitCode: 0,
        stdin: { bytes: 48, sha256: 'a'.repeat(64) },
        redactedValues: 0,
        recording: null,
      },
    },
  ],
  [
    decided(
      {
        effective: { user: 'ana', uid: '', groups: ['dev'], extra: {} },
        approval: { id: 'x', code: 'M2QX', state: 'APPROVED', by: 'local:mira', waitedMs: 6_400 },
      },
      { outcome: 'requireApproval', rule: 'solo/impersonation-needs-confirmation' },
    ),
    { status: 200, durationMs: 6_460, bytesToClient: 18_233 },
  ],
  [
    decided({
      request: request({ verb: 'watch', policyVerb: 'watch', target: '/api/v1/namespaces/shop/pods?watch=1' }),
    }),
    null,
  ],
  [
    decided({
      request: request({
        method: 'POST',
        verb: 'create',
        policyVerb: 'create',
        apiGroup: 'apps',
        resource: 'deployments',
        target: '/apis/apps/v1/namespaces/shop/deployments?fieldManager=kubectl-create',
        kubectlCommand: 'kubectl create',
      }),
    }),
    { status: 409, durationMs: 21 },
  ],
  [
    decided({
      cluster: 'prod-eu',
      request: request({ namespace: 'payments', target: '/api/v1/namespaces/payments/pods' }),
    }),
    null,
  ],
];

function makeJournal(): JournalRecord[] {
  const records: JournalRecord[] = [];
  const stamp = (entry: DecidedRecord | FinishedRecord, seconds: number) => {
    const seq = records.length + 1;
    records.push({ ...entry, v: 1, seq, time: ago(seconds), prev: '', hash: '' });
  };
  for (let round = 60; round >= 1; round -= 1) {
    REQUESTS.forEach(([record, end], index) => {
      const auditId = `8d1f2c3a-${String(round).padStart(4, '0')}-4000-9000-00000000000${index}`;
      const seconds = round * 190 + index * 9 - 150;
      stamp({ ...record, auditId }, seconds + 1);
      if (end === null) return;
      stamp(
        {
          type: 'finished',
          auditId,
          status: 200,
          code: null,
          bytesToClient: 320,
          bytesFromClient: 0,
          maskedValues: 0,
          durationMs: 12 + index * 3,
          upstreamMs: 9 + index * 3,
          ended: null,
          ...end,
        },
        seconds,
      );
    });
  }
  return records.reverse();
}
export const journal = makeJournal();

export const streams: readonly LiveStream[] = [
  {
    auditId: '8d1f2c3a-9000-4000-9000-000000000001',
    kind: 'exec',
    principal: 'local:mira',
    session: 't-1',
    cluster: 'demo',
    namespace: 'shop',
    target: 'pods/api-5d9f',
    container: null,
    command: ['sh'],
    startedAt: ago(84),
    recorded: true,
  },
];

function recordingEntry(id: string, fields: Partial<RecordingEntry>): RecordingEntry {
  return {
    id,
    kind: 'terminal',
    format: 'asciicast',
    title: 'demo / shop',
    cluster: 'demo',
    namespace: 'shop',
    principal: 'local:mira',
    startedAt: ago(600),
    durationMs: 341_000,
    bytes: 48_200,
    end: 'exit',
    requests: 14,
    ...fields,
  };
}

export const recordings: readonly RecordingEntry[] = [
  recordingEntry('r-now', { end: 'open', durationMs: 92_000, bytes: 9_100, requests: 5 }),
  recordingEntry('r-2', {
    title: 'lumen-prod-eu / payments',
    cluster: 'prod-eu',
    namespace: 'payments',
    startedAt: ago(9_000),
  }),
  recordingEntry('r-3', { end: 'crash', startedAt: ago(90_000), durationMs: 1_204_000, bytes: 812_000, requests: 96 }),
  recordingEntry('r-4', { end: 'closed', startedAt: ago(260_000), durationMs: 18_000, bytes: 2_100, requests: 1 }),
];

export const screenful = [
  '\u001b[32mmira@laptop\u001b[0m:\u001b[34m~\u001b[0m$ kubectl get pods\r\n',
  'NAME                        READY   STATUS    RESTARTS   AGE\r\n',
  'api-5d9f7c6b8-4kq2x         1/1     Running   0          12d\r\n',
  'api-5d9f7c6b8-zl9wd         1/1     Running   0          12d\r\n',
  'cart-7bb8f6d9c5-mh4tp       1/1     Running   2          40d\r\n',
  'postgres-0                  1/1     Running   0          88d\r\n',
  '\u001b[32mmira@laptop\u001b[0m:\u001b[34m~\u001b[0m$ kubectl get secret postgres-credentials -o yaml\r\n',
  '\u001b[33mWarning: 3 values masked by Gatehouse (solo/mask-secrets)\u001b[0m\r\n',
  'apiVersion: v1\r\n',
  'data:\r\n',
  '  host: Z2F0ZWhvdXNlLW1hc2s6djE6azE6OHRmMg==\r\n',
  '  password: Z2F0ZWhvdXNlLW1hc2s6djE6azE6cTFjNA==\r\n',
  '  username: Z2F0ZWhvdXNlLW1hc2s6djE6azE6MmR6OQ==\r\n',
  'kind: Secret\r\n',
  '\u001b[32mmira@laptop\u001b[0m:\u001b[34m~\u001b[0m$ ',
].join('');

export const recording: RecordingContent = {
  entry: recordingEntry('r-2', { end: 'crash' }),
  cast: `${[
    JSON.stringify({ version: 3, term: { cols: 100, rows: 28, type: 'xterm-256color' } }),
    ...screenful.split(/(?<=\r\n)/).map((line, index) => JSON.stringify([index % 6 === 5 ? 14 : 0.4, 'o', line])),
  ].join('\n')}\n`,
  requests: [
    { atMs: 900, auditId: 'a', label: 'list pods shop', outcome: 'allow' },
    { atMs: 16_500, auditId: 'b', label: 'get secrets shop/postgres-credentials', outcome: 'allow' },
    { atMs: 30_000, auditId: 'c', label: 'delete namespaces payments-canary/payments-canary', outcome: 'deny' },
  ],
};
