import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const NAMESPACE = 'gatehouse-strong';
const OTHER = 'gatehouse-strong-other';
const GROUP = 'rbac.authorization.k8s.io';
const RBAC = `/apis/${GROUP}/v1`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

const rule = (verbs: readonly string[], resources: readonly string[], group = '', names?: readonly string[]) => ({
  ...{ apiGroups: [group], resources, verbs },
  ...(names === undefined ? {} : { resourceNames: names }),
});

/** An account, and what it holds in a namespace. */
interface Account {
  readonly name: string;
  readonly rules: readonly object[];
  readonly namespace?: string;
}

/** Accounts of which each holds one right, and how that is told. */
const STRONG: ReadonlyArray<Account & { readonly says: string }> = [
  { name: 'lists', rules: [rule(['list', 'watch'], ['secrets'])], says: 'reads secrets' },
  { name: 'deletes', rules: [rule(['delete'], ['secrets'])], says: 'reads secrets' },
  { name: 'patches', rules: [rule(['patch'], ['deployments'], 'apps')], says: 'makes pods' },
  { name: 'runs', rules: [rule(['create'], ['workflows'], 'argoproj.io')], says: 'makes pods' },
  { name: 'gets-in', rules: [rule(['*'], ['*/exec'])], says: 'gets into pods' },
  {
    ...{ name: 'binds-elsewhere', rules: [rule(['create'], ['rolebindings'], GROUP)], namespace: OTHER },
    says: `hands out rights in ${OTHER}`,
  },
  { name: 'one-token', rules: [rule(['get'], ['secrets'], '', ['token-of-lists'])], says: 'reads secrets' },
  { name: 'everything', rules: [rule(['*'], ['*'], '*')], namespace: OTHER, says: `may do everything in ${OTHER}` },
];

const WEAK: readonly Account[] = [
  { name: 'widgets', rules: [rule(['*'], ['secrets', 'roles', 'pods'], 'widgets.example.com')] },
  { name: 'looks', rules: [rule(['get', 'list', 'watch'], ['pods', 'pods/log', 'configmaps'])] },
  { name: 'nothing', rules: [rule(['*'], ['pods/*', '*/*'])] },
  { name: 'one-secret', rules: [rule(['get', 'watch'], ['secrets'], '', ['ca'])] },
];

const objectsOf = ({ name, rules, namespace = NAMESPACE }: Account): object[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } },
  { apiVersion: `${GROUP}/v1`, kind: 'Role', metadata: { name, namespace }, rules },
  {
    ...{ apiVersion: `${GROUP}/v1`, kind: 'RoleBinding', metadata: { name, namespace } },
    roleRef: { apiGroup: GROUP, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
  },
];

const pod = (name: string, namespace: string, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
  spec: { containers: [{ name: 'c', image: 'registry.example/app:1' }], ...more },
});

const CLUSTER_ROLES = [
  {
    ...{ metadata: { name: 'gatehouse-strong-sum' }, rules: [] },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'gatehouse.example/for': 'sum' } }] },
  },
  {
    metadata: { name: 'gatehouse-strong-part', labels: { 'gatehouse.example/for': 'sum' } },
    rules: [rule(['list'], ['secrets'])],
  },
  { metadata: { name: 'gatehouse-strong-alone' }, rules: [rule(['list'], ['secrets'])] },
  { metadata: { name: 'system:gatehouse-strong:view' }, rules: [rule(['list'], ['secrets'])] },
].map((role) => ({ apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', ...role }));

const SUM: Account = { name: 'sum', rules: [] };

/** Two rules that list whom nobody else would ask about. */
const POLICY = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: strong-accounts}
spec:
  rules:
  - id: never-these
    effect: deny
    match: {actsAs: {as: {serviceAccounts: ["kube-system:*", "${NAMESPACE}:looks"]}}}
    message: "never as {{actsAs}}"
`;

/** Which accounts are asked about as strong, and what a rule that lists an account denies whether it is or not. */
export function describeStrongAccounts(environment: () => RunningGateway): void {
  describe('strong accounts', () => {
    beforeAll(async () => {
      const { directly, request, decideNext } = environment();
      for (const namespace of [NAMESPACE, OTHER]) await directly(['create', 'namespace', namespace]);
      const items = [
        ...[...STRONG, ...WEAK].flatMap(objectsOf),
        ...objectsOf(SUM).slice(0, 1),
        ...CLUSTER_ROLES,
        {
          ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
          metadata: {
            ...{ name: 'token-of-lists', namespace: NAMESPACE },
            annotations: { 'kubernetes.io/service-account.name': 'lists' },
          },
        },
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ca', namespace: NAMESPACE }, stringData: { a: 'b' } },
        pod('gatehouse-nobody', 'kube-system'),
        pod('looks', NAMESPACE, { serviceAccountName: 'looks' }),
      ];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const created = await directly(['create', '-f', '-'], { input: list });
      expect(created.stderr).toBe('');
      // Through the gateway: what it knew of rights before counts no more, and this binding counts at once.
      const binding = {
        ...{ apiVersion: `${GROUP}/v1`, kind: 'RoleBinding', metadata: { name: 'sum' } },
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'gatehouse-strong-sum' },
        subjects: [{ kind: 'ServiceAccount', name: 'sum', namespace: NAMESPACE }],
      };
      const target = `${RBAC}/namespaces/${OTHER}/rolebindings`;
      const answering = request('POST', target, JSON_TYPE, JSON.stringify(binding));
      await decideNext('approve');
      expect((await answering).status).toBe(201);
    });
    afterAll(async () => {
      const { directly } = environment();
      for (const namespace of [NAMESPACE, OTHER]) await directly(['delete', 'namespace', namespace, '--wait=false']);
      await directly(['delete', 'clusterrole', ...CLUSTER_ROLES.map(({ metadata }) => metadata.name)]);
      await directly(['-n', 'kube-system', 'delete', 'pod', 'gatehouse-nobody', '--wait=false']);
    });

    const { asked, send } = sender(environment);
    const tokenOf = (account: string): (() => Promise<RawAnswer>) =>
      send('POST', `/api/v1/namespaces/${NAMESPACE}/secrets`, JSON_TYPE, {
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
        metadata: { generateName: 'token-', annotations: { 'kubernetes.io/service-account.name': account } },
      });
    const into = (namespace: string, name: string): (() => Promise<RawAnswer>) =>
      send('POST', `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=id`, {}, {});

    it.each(STRONG)('case 54: $name is asked about: it $says', async ({ name, says }) => {
      const message = await asked(tokenOf(name));
      expect(message).toContain(`service account ${NAMESPACE}:${name}, by a token in a Secret (it ${says})`);
    });

    it('case 54: one with an aggregated role is asked about', async () => {
      expect(await asked(tokenOf('sum'))).toMatch(/sum, by a token in a Secret \(it (?:reads secrets|holds the role)/);
    });

    it.each(WEAK)('case 54: $name is not asked about', async ({ name }) => {
      const { gateway } = environment();
      const before = gateway.approvals().length;
      const answer = await tokenOf(name)();
      expect(answer.status, answer.body).toBe(201);
      expect(gateway.approvals().length).toBe(before);
    });

    it('case 54: a label by which another role takes in the rights of one', async () => {
      const labels = { 'gatehouse.example/for': 'sum' };
      const message = await asked(
        send('PATCH', `${RBAC}/clusterroles/gatehouse-strong-alone`, MERGE, { metadata: { labels } }),
      );
      expect(message).toContain('the role gatehouse-strong-alone (aggregated to gatehouse-strong-sum)');
    });

    it('case 54: a binding to a role that is called as a harmless one of the cluster', async () => {
      const message = await asked(
        send('POST', `${RBAC}/namespaces/${NAMESPACE}/rolebindings`, JSON_TYPE, {
          ...{ apiVersion: `${GROUP}/v1`, kind: 'RoleBinding', metadata: { name: 'view' } },
          roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'system:gatehouse-strong:view' },
          subjects: [{ kind: 'User', apiGroup: GROUP, name: 'bob' }],
        }),
      );
      expect(message).toContain('the role system:gatehouse-strong:view (reads secrets), for user bob');
    });

    it('case 57: a rule that lists accounts holds for `default` and for weak ones, and for nobody else', async () => {
      const { gateway, writePolicy } = environment();
      const before = gateway.approvals().length;
      const wayIn = await into('kube-system', 'gatehouse-nobody')();
      expect(wayIn.body).not.toMatch(/never as|needs your confirmation/);
      const takeOut = await writePolicy('strong-accounts.yaml', POLICY);
      try {
        const denied = await into('kube-system', 'gatehouse-nobody')();
        expect(denied.status, denied.body).toBe(403);
        expect(denied.body).toContain(
          'never as service account kube-system:default, as which pod gatehouse-nobody runs',
        );
        const weak = await into(NAMESPACE, 'looks')();
        expect(weak.status, weak.body).toBe(403);
        expect(weak.body).toContain(`never as service account ${NAMESPACE}:looks`);
        const other = await tokenOf('nothing')();
        expect(other.status, other.body).toBe(201);
      } finally {
        await takeOut();
      }
      expect(gateway.approvals().length).toBe(before);
    });
  });
}
