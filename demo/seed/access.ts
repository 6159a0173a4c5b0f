import type { Json, JsonObject } from '../store/json.ts';
import { type Planted, plant } from './manifest.ts';
import { contractorAccount, engineer } from './people.ts';

const day = 24;
const defaults = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const apps = [
  'daemonsets',
  'deployments',
  'deployments/scale',
  'replicasets',
  'replicasets/scale',
  'statefulsets',
  'statefulsets/scale',
];
const core = ['configmaps', 'endpoints', 'events', 'persistentvolumeclaims', 'pods', 'serviceaccounts', 'services'];

function rule(apiGroups: string[], resources: string[], verbs: string[], rest: JsonObject = {}): JsonObject {
  return { apiGroups, resources, verbs, ...rest };
}

function clusterRole(name: string, rules: Json[], hours = 500 * day, metadata: JsonObject = {}): Planted {
  return plant('ClusterRole', '', name, hours, { rules }, metadata);
}

function subject(kind: 'User' | 'Group', name: string): JsonObject {
  return { kind, apiGroup: 'rbac.authorization.k8s.io', name };
}

function account(namespace: string, name: string): JsonObject {
  return { kind: 'ServiceAccount', namespace, name };
}

function clusterBinding(
  name: string,
  role: string,
  subjects: Json[],
  hours = 500 * day,
  metadata: JsonObject = {},
): Planted {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
  return plant('ClusterRoleBinding', '', name, hours, { roleRef, subjects }, metadata);
}

function binding(namespace: string, name: string, roleKind: string, role: string, subjects: Json[]): Planted {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: role };
  return plant('RoleBinding', namespace, name, 200 * day, { roleRef, subjects });
}

const everything = [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }];
const viewRules = [
  rule([''], [...core, 'pods/log', 'pods/status', 'namespaces', 'services/status'], read),
  rule(['apps'], apps, read),
  rule(['batch'], ['cronjobs', 'jobs', 'jobs/status'], read),
  rule(['networking.k8s.io'], ['networkpolicies'], read),
  rule(['discovery.k8s.io'], ['endpointslices'], read),
];
const editRules = [
  ...viewRules,
  rule([''], ['secrets'], [...read, ...write]),
  rule(
    [''],
    [
      ...core.filter((resource) => resource !== 'events'),
      'pods/exec',
      'pods/attach',
      'pods/portforward',
      'pods/eviction',
    ],
    write,
  ),
  rule([''], ['pods/exec', 'pods/attach', 'pods/portforward'], ['get']),
  rule([''], ['serviceaccounts'], ['impersonate']),
  rule(['apps'], apps, write),
  rule(['batch'], ['cronjobs', 'jobs'], write),
  rule(['networking.k8s.io'], ['networkpolicies'], write),
];

/** The roles that every cluster has, shortened to what the demo cluster keeps. */
const defaultRoles: readonly Planted[] = [
  clusterRole('cluster-admin', everything, 500 * day, defaults),
  clusterRole(
    'admin',
    [...editRules, rule(['rbac.authorization.k8s.io'], ['rolebindings', 'roles'], [...read, ...write])],
    500 * day,
    defaults,
  ),
  clusterRole('edit', editRules, 500 * day, defaults),
  clusterRole('view', viewRules, 500 * day, defaults),
  clusterRole(
    'system:basic-user',
    [
      rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
    ],
    500 * day,
    defaults,
  ),
  clusterRole(
    'system:discovery',
    [
      {
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
        verbs: ['get'],
      },
    ],
    500 * day,
    defaults,
  ),
  clusterRole(
    'system:public-info-viewer',
    [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }],
    500 * day,
    defaults,
  ),
  clusterBinding('cluster-admin', 'cluster-admin', [subject('Group', 'system:masters')], 500 * day, defaults),
  clusterBinding(
    'system:basic-user',
    'system:basic-user',
    [subject('Group', 'system:authenticated')],
    500 * day,
    defaults,
  ),
  clusterBinding(
    'system:discovery',
    'system:discovery',
    [subject('Group', 'system:authenticated')],
    500 * day,
    defaults,
  ),
  clusterBinding(
    'system:public-info-viewer',
    'system:public-info-viewer',
    [subject('Group', 'system:authenticated'), subject('Group', 'system:unauthenticated')],
    500 * day,
    defaults,
  ),
];

/** Roles of the company: the engineer's broad one, on-call, and the contractor's that nobody took back. */
const companyRoles: readonly Planted[] = [
  clusterRole('larkfield-platform-engineer', [
    rule([''], ['*'], ['*']),
    rule(
      ['apps', 'batch', 'networking.k8s.io', 'events.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'policy'],
      ['*'],
      ['*'],
    ),
    rule(['rbac.authorization.k8s.io'], ['*'], read),
    rule(['authentication.k8s.io'], ['userextras/larkfield.example/reason', 'uids'], ['impersonate']),
    rule(['authorization.k8s.io'], ['subjectaccessreviews', 'localsubjectaccessreviews'], ['create']),
  ]),
  clusterBinding('larkfield-platform-engineers', 'larkfield-platform-engineer', [subject('Group', engineer.groups[0])]),
  clusterRole('larkfield-on-call', [
    ...viewRules,
    rule([''], ['secrets'], ['get']),
    rule([''], ['pods/exec'], ['create', 'get']),
  ]),
  clusterBinding('larkfield-on-call', 'larkfield-on-call', [
    subject('User', 'bob.okafor@larkfield.example'),
    subject('Group', 'larkfield:on-call'),
  ]),
  clusterBinding('break-glass', 'cluster-admin', [subject('User', 'break-glass-admin')]),
  clusterRole(
    'oakline-ci-deployer',
    [
      rule([''], ['users', 'groups', 'serviceaccounts'], ['impersonate']),
      rule([''], ['pods', 'services', 'configmaps', 'namespaces'], read),
      rule(['apps'], ['deployments'], [...read, 'patch', 'update']),
      rule(['batch'], ['jobs'], [...read, 'create', 'delete']),
    ],
    320 * day,
    {
      annotations: {
        'larkfield.example/ticket': 'PLAT-2207',
        'larkfield.example/note': 'temporary, for the storefront move',
      },
    },
  ),
  clusterBinding(
    'oakline-ci-deployer',
    'oakline-ci-deployer',
    [account(contractorAccount.namespace, contractorAccount.name)],
    320 * day,
    { annotations: { 'larkfield.example/contract-ended': '2026-06-30' } },
  ),
];

const accounts: readonly Planted[] = [
  plant('ServiceAccount', 'payments', 'payments-api', 190 * day, {}),
  plant('ServiceAccount', 'payments', 'ledger-admin', 190 * day, {}),
  plant(
    'ServiceAccount',
    contractorAccount.namespace,
    contractorAccount.name,
    320 * day,
    {},
    {
      annotations: {
        'larkfield.example/owner': 'Oakline Digital (contractor)',
        'larkfield.example/contract-ended': '2026-06-30',
      },
    },
  ),
  plant('Role', 'payments', 'read-own-settings', 190 * day, {
    rules: [rule([''], ['configmaps'], ['get'], { resourceNames: ['payments-settings'] })],
  }),
  binding('payments', 'read-own-settings', 'Role', 'read-own-settings', [account('payments', 'payments-api')]),
  binding('payments', 'ledger-admin', 'ClusterRole', 'admin', [account('payments', 'ledger-admin')]),
  binding('storefront', 'storefront-developers', 'ClusterRole', 'edit', [subject('Group', 'larkfield:storefront')]),
  binding('data-platform', 'analysts', 'ClusterRole', 'view', [subject('Group', 'larkfield:analysts')]),
];

/** Who may do what. */
export const access: readonly Planted[] = [...defaultRoles, ...companyRoles, ...accounts];
