// One table of requests with their bodies: split, it could not be compared with the list of roads any more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const NAMESPACE = 'gatehouse-roads';
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

const podSpec = (more: object = {}) => ({ containers: [{ name: 'c', image: 'registry.example/app:1' }], ...more });
const deployment = (name: string, more: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(more) },
  },
});
const pod = (name: string, more: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: podSpec(more),
});
const clusterRole = (rule: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'gatehouse-road' },
  rules: [rule],
});

/** What gives another identity without `Impersonate-*`: the built-in policy asks, and names the identity. */
export function describeRoads(environment: () => RunningGateway): void {
  describe('roads to another identity', () => {
    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', NAMESPACE]);
      for (const account of ['strong', 'weak']) await directly(['-n', NAMESPACE, 'create', 'serviceaccount', account]);
      const grant = ['create', 'rolebinding', 'strong', '--clusterrole=admin', `--serviceaccount=${NAMESPACE}:strong`];
      await directly(['-n', NAMESPACE, ...grant]);
      const items = [
        deployment('strong', { serviceAccountName: 'strong' }),
        pod('strong', { serviceAccountName: 'strong' }),
        pod('weak', { serviceAccountName: 'weak' }),
      ];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const created = await directly(['-n', NAMESPACE, 'create', '-f', '-'], { input: list });
      expect(created.stderr).toBe('');
    });
    afterAll(async () => {
      const { directly } = environment();
      await directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const { asked, send } = sender(environment);
    const strong = `service account ${NAMESPACE}:strong`;
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'road' },
    };
    const bob = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' };
    const rbac = 'rbac.authorization.k8s.io';

    it.each<[string, () => Promise<RawAnswer>, RegExp | string]>([
      [
        'a Deployment with a strong account',
        send('POST', DEPLOYMENTS, JSON_TYPE, deployment('d', { serviceAccountName: 'strong' })),
        strong,
      ],
      [
        'exec into its pod',
        send('POST', `${CORE}/pods/strong/exec?command=id`, {}, {}),
        `${strong}, as which pod strong runs`,
      ],
      ['port-forward into its pod', send('POST', `${CORE}/pods/strong/portforward?ports=80`, {}, {}), strong],
      [
        'case 24: an ephemeral container in its pod',
        send(
          'PATCH',
          `${CORE}/pods/strong/ephemeralcontainers`,
          { 'Content-Type': 'application/strategic-merge-patch+json' },
          { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } },
        ),
        strong,
      ],
      [
        'a Secret for its token',
        send('POST', `${CORE}/secrets`, JSON_TYPE, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'strong' } },
          type: 'kubernetes.io/service-account-token',
        }),
        strong,
      ],
      [
        'case 38: its token',
        send('POST', `${CORE}/serviceaccounts/strong/token`, JSON_TYPE, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {},
        }),
        'service account strong',
      ],
      [
        'case 38: its token as a dry run',
        send('POST', `${CORE}/serviceaccounts/strong/token?dryRun=All`, JSON_TYPE, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {},
        }),
        'service account strong',
      ],
      [
        'kubectl debug node/n: a pod with the host’s processes',
        send('POST', `${CORE}/pods`, JSON_TYPE, pod('debugger', { hostPID: true })),
        'root on the node that runs its pods (hostPID)',
      ],
      [
        'a pod with the kubelet’s files',
        send(
          'POST',
          `${CORE}/pods`,
          JSON_TYPE,
          pod('files', { volumes: [{ name: 'h', hostPath: { path: '/var/lib/kubelet/pki' } }] }),
        ),
        'hostPath /var/lib/kubelet/pki',
      ],
      [
        'case 39: a role that may impersonate',
        send(
          'POST',
          `${RBAC}/clusterroles`,
          JSON_TYPE,
          clusterRole({ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }),
        ),
        /whoever holds the role gatehouse-road \(impersonates others\)/,
      ],
      [
        'case 39: a role that may impersonate in a constrained mode',
        send(
          'POST',
          `${RBAC}/clusterroles`,
          JSON_TYPE,
          clusterRole({ apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:user-info:list'] }),
        ),
        'whoever holds the role gatehouse-road (impersonates others)',
      ],
      ...(
        [
          ['escalate', { apiGroups: [rbac], resources: ['clusterroles'], verbs: ['escalate'] }, '(hands out rights)'],
          ['bind', { apiGroups: [rbac], resources: ['clusterroles'], verbs: ['bind'] }, '(hands out rights)'],
          ['do everything', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, 'gatehouse-road'],
          [
            'sign certificates',
            { apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['sign'] },
            'gatehouse-road',
          ],
        ] as const
      ).map(([what, rule, shown]): [string, () => Promise<RawAnswer>, string] => [
        `case 39: a role that may ${what}`,
        send('POST', `${RBAC}/clusterroles`, JSON_TYPE, clusterRole(rule)),
        shown,
      ]),
      [
        'case 39: a binding to cluster-admin',
        send('POST', `${RBAC}/clusterrolebindings`, JSON_TYPE, {
          ...binding,
          roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [bob],
        }),
        'the role cluster-admin (may do everything), for user bob',
      ],
      [
        'case 39: a webhook',
        send('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', JSON_TYPE, {}),
        'admission',
      ],
      [
        'case 39: an API service',
        send('POST', '/apis/apiregistration.k8s.io/v1/apiservices', JSON_TYPE, {}),
        'API group',
      ],
    ])('%s is asked about, with the identity', async (_name, sending, shown) => {
      const message = await asked(sending);
      if (typeof shown === 'string') expect(message).toContain(shown);
      else expect(message).toMatch(shown);
    });

    it.each<[string, () => Promise<RawAnswer>]>([
      [
        'a Deployment with an account that may do nothing',
        send('POST', DEPLOYMENTS, JSON_TYPE, deployment('weak', { serviceAccountName: 'weak' })),
      ],
      [
        'a server-side apply of one that has a strong account already',
        send(
          'PATCH',
          `${DEPLOYMENTS}/strong?fieldManager=t&force=true`,
          { 'Content-Type': 'application/apply-patch+yaml' },
          deployment('strong', { serviceAccountName: 'strong' }),
        ),
      ],
    ])('%s runs unasked', async (_name, sending) => {
      const { gateway } = environment();
      const before = gateway.approvals().length;
      const answer = await sending();
      expect(answer.status, answer.body).toBeLessThan(300);
      expect(gateway.approvals().length).toBe(before);
    });

    it('writes that race for one object are judged anew, and none is refused', async () => {
      const labelled = (value: string): object => {
        const { metadata, ...rest } = deployment('strong', { serviceAccountName: 'strong' });
        return { ...rest, metadata: { ...metadata, labels: { [`race-${value}`]: value } } };
      };
      const apply = (value: string) =>
        send('PATCH', `${DEPLOYMENTS}/strong?fieldManager=r${value}&force=true`, APPLY, labelled(value))();
      const answers = await Promise.all(['a', 'b', 'c'].map(apply));
      expect(answers.map(({ status, body }) => (status === 200 ? 200 : body))).toEqual([200, 200, 200]);
    });

    it('what the API server refuses is not asked about', async () => {
      const { gateway } = environment();
      const before = gateway.approvals().length;
      const body = pod('broken', { serviceAccountName: 'strong', containers: [] });
      const answer = await send('POST', `${CORE}/pods`, JSON_TYPE, body)();
      expect(answer.status, answer.body).toBe(422);
      expect(gateway.approvals().length).toBe(before);
    });

    it('what was confirmed for a patch is not run on an object that somebody changed meanwhile', async () => {
      const { request, directly, decideNext, untilHeld } = environment();
      const patch = {
        metadata: { labels: { a: 'b' } },
        spec: { template: { spec: { serviceAccountName: 'strong' } } },
      };
      await directly(['-n', NAMESPACE, 'create', 'deployment', 'moving', '--image=registry.example/app:1']);
      const answering = request('PATCH', `${DEPLOYMENTS}/moving`, MERGE, JSON.stringify(patch));
      await untilHeld();
      // Longer than a judgement counts as fresh: behind it the gateway looks again once a person agreed.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      await directly(['-n', NAMESPACE, 'set', 'image', 'deployment/moving', '*=registry.example/other:1']);
      await decideNext('approve');
      const answer = await answering;
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/evaluated-object-changed/);
    });

    it('a name in many groups of one header line is one group (case 1), and the engineer is named (case 10)', async () => {
      const { startKubectl, decideNext } = environment();
      const waiting = startKubectl(['auth', 'whoami', '-o', 'json', '--as=eve', '--as-group=a, system:authenticated']);
      await decideNext('approve');
      const { stdout, stderr, code } = await waiting.done;
      expect(code, stderr).toBe(0);
      const { userInfo } = (JSON.parse(stdout) as { status: { userInfo: { groups: string[]; extra: object } } }).status;
      expect(userInfo.groups).toContain('a, system:authenticated');
      expect(userInfo.extra).toMatchObject({ 'gatehouse.dev/original-user': ['local:tester'] });
    });

    it('case 11: --as of a service account is that account, with its groups', async () => {
      const { startKubectl, decideNext, records } = environment();
      const as = `system:serviceaccount:${NAMESPACE}:weak`;
      const waiting = startKubectl(['auth', 'whoami', '-o', 'json', `--as=${as}`]);
      await decideNext('approve');
      const { stdout } = await waiting.done;
      const { userInfo } = (JSON.parse(stdout) as { status: { userInfo: { groups: string[] } } }).status;
      const effective = (await records()).flatMap((record) =>
        record.type === 'decided' && record.effective?.user === as ? [record.effective] : [],
      );
      expect(effective[0]?.groups.toSorted()).toEqual(userInfo.groups.toSorted());
    });

    it.each([
      ['case 5: a UID', { 'Impersonate-User': 'eve', 'Impersonate-Uid': '123' }],
      [
        'case 6: the reserved extra',
        { 'Impersonate-User': 'eve', 'Impersonate-Extra-Gatehouse.dev%2foriginal-user': 'x' },
      ],
      ['case 6: an extra key with other letters', { 'Impersonate-User': 'eve', 'Impersonate-Extra-a%20b': 'x' }],
      [
        'case 6: an extra of a privileged group',
        { 'Impersonate-User': 'eve', 'Impersonate-Group': 'system:masters', 'Impersonate-Extra-scopes%2fadmin': 'v' },
      ],
    ])('%s is refused', async (_name, headers) => {
      const answer = await environment().request('GET', CORE, headers);
      expect(answer.status, answer.body).toBe(403);
    });
  });
}
