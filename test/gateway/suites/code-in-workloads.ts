import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const NAMESPACE = 'gatehouse-code';
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
const JOBS = `/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs`;
const TOKENS = '/api/v1/namespaces/kube-system/secrets';
const TOKEN = 'bootstrap-token-gateh0';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const STRATEGIC = { 'Content-Type': 'application/strategic-merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

type Fields = Readonly<Record<string, unknown>>;
type Sent = () => Promise<RawAnswer>;

const container = (more: Fields = {}) => ({ name: 'c', image: 'registry.example/app:1', ...more });
const pod = (name: string, more: Fields = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { containers: [container()], ...more },
});
const template = (name: string, more: Fields) => ({
  metadata: { labels: { app: name } },
  spec: { containers: [container({ args: ['serve'] })], ...more },
});
const workload = (kind: string, name: string, more: Fields) => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name } },
  spec: {
    ...(kind === 'DaemonSet' ? {} : { replicas: 0 }),
    ...{ selector: { matchLabels: { app: name } }, template: template(name, more) },
  },
});
const cronJob = (more: Fields) => ({
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'strong' } },
  spec: {
    ...{ schedule: '0 0 1 1 *', suspend: true },
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()], ...more } } } },
  },
});
const STRONG = { serviceAccountName: 'strong' };
const NOWHERE = { nodeSelector: { nowhere: 'nowhere' } };
const bootstrapToken = (more: Fields = {}, type = 'bootstrap.kubernetes.io/token') => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: TOKEN }, type },
  stringData: { 'token-id': 'gateh0', 'token-secret': '0123456789abcdef', ...more },
});
const inContainer = (more: Fields) => ({ spec: { template: { spec: { containers: [{ name: 'c', ...more }] } } } });
const mounting = (path: string, mount: Fields = {}, volume: Fields = {}) => ({
  containers: [container({ volumeMounts: [{ name: 'h', mountPath: '/h', ...mount }] })],
  volumes: [{ name: 'h', hostPath: { path, ...volume } }],
});

/** Other identities through the Secrets, programs and paths of workloads; and everything ordinary that stays unasked. */
export function describeCodeInWorkloads(environment: () => RunningGateway): void {
  describe('code in workloads that are there', () => {
    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', NAMESPACE]);
      for (const account of ['strong', 'weak']) await directly(['-n', NAMESPACE, 'create', 'serviceaccount', account]);
      const grant = ['create', 'rolebinding', 'strong', '--clusterrole=admin', `--serviceaccount=${NAMESPACE}:strong`];
      await directly(['-n', NAMESPACE, ...grant]);
      const annotations = { 'kubernetes.io/service-account.name': 'strong' };
      const items = [
        {
          ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
          metadata: { name: 'token', annotations },
        },
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ordinary' }, stringData: { a: 'not-much-of-a-secret' } },
        ...['Deployment', 'StatefulSet', 'ReplicaSet'].map((kind) => workload(kind, 'strong', STRONG)),
        workload('Deployment', 'plain', {}),
        workload('DaemonSet', 'host', { ...NOWHERE, hostPID: true }),
        cronJob(STRONG),
        pod('strong', STRONG),
        pod('plain'),
        pod('taker', { serviceAccountName: 'weak', volumes: [{ name: 't', secret: { secretName: 'token' } }] }),
        pod('ordinary', { containers: [container({ envFrom: [{ secretRef: { name: 'ordinary' } }] })] }),
      ];
      const created = await directly(['-n', NAMESPACE, 'create', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
      });
      expect(created.stderr).toBe('');
      const token = bootstrapToken({ expiration: '2020-01-01T00:00:00Z' });
      await directly(['-n', 'kube-system', 'create', '-f', '-'], { input: JSON.stringify(token) });
    });
    afterAll(async () => {
      const { directly } = environment();
      await directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
      await directly(['-n', 'kube-system', 'delete', 'secret', TOKEN]);
    });

    const { asked, send } = sender(environment);
    const strong = `service account ${NAMESPACE}:strong`;
    const changed = (fields: string) => `${strong}, as which what is changed would run (${fields})`;
    const patch = (target: string, headers: object, body: object): Sent => send('PATCH', target, headers, body);

    it.each<[string, Sent]>([
      [
        'a new one',
        send('POST', `${TOKENS}?dryRun=All`, JSON_TYPE, {
          ...bootstrapToken({ 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token' }),
          metadata: { name: 'bootstrap-token-gateh1' },
        }),
      ],
      [
        'one that is applied',
        patch(`${TOKENS}/bootstrap-token-gateh1?fieldManager=t`, APPLY, {
          ...bootstrapToken(),
          metadata: { name: 'bootstrap-token-gateh1' },
        }),
      ],
      [
        'another secret in it',
        patch(`${TOKENS}/${TOKEN}`, MERGE, { stringData: { 'token-secret': 'fedcba9876543210' } }),
      ],
      ['a longer life', patch(`${TOKENS}/${TOKEN}`, JSON_PATCH, [{ op: 'remove', path: '/data/expiration' }])],
      [
        'more groups',
        patch(`${TOKENS}/${TOKEN}`, MERGE, { data: { 'auth-extra-groups': 'c3lzdGVtOmJvb3RzdHJhcHBlcnM6eA==' } }),
      ],
    ])('case 51: a bootstrap token is denied, by %s', async (_what, sending) => {
      const answer = await sending();
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/system:bootstrap:gateh.*never\/bootstrap-tokens/);
    });

    it.each<[string, Sent, string]>([
      ['an image', patch(`${APPS}/deployments/strong`, STRATEGIC, inContainer({ image: 'evil' })), changed('image')],
      [
        'a command',
        patch(`${APPS}/deployments/strong`, STRATEGIC, inContainer({ command: ['sh'] })),
        changed('command'),
      ],
      [
        'arguments taken away',
        patch(`${APPS}/deployments/strong`, JSON_PATCH, [
          { op: 'remove', path: '/spec/template/spec/containers/0/args' },
        ]),
        changed('args'),
      ],
      [
        'arguments taken away by naming what stays',
        patch(
          `${APPS}/deployments/strong`,
          STRATEGIC,
          inContainer({ $retainKeys: ['name', 'image'], image: 'registry.example/app:1' }),
        ),
        changed('args'),
      ],
      [
        'a variable',
        patch(`${APPS}/deployments/strong`, STRATEGIC, inContainer({ env: [{ name: 'A', value: 'b' }] })),
        changed('env'),
      ],
      [
        'a hook',
        patch(
          `${APPS}/deployments/strong`,
          STRATEGIC,
          inContainer({ lifecycle: { preStop: { exec: { command: ['sh'] } } } }),
        ),
        changed('exec'),
      ],
      [
        'a probe',
        patch(`${APPS}/deployments/strong`, STRATEGIC, inContainer({ livenessProbe: { exec: { command: ['sh'] } } })),
        changed('exec'),
      ],
      [
        'a volume',
        patch(`${APPS}/deployments/strong`, STRATEGIC, {
          spec: { template: { spec: { volumes: [{ name: 'v', configMap: { name: 'script' } }] } } },
        }),
        changed('volumes'),
      ],
      [
        'an init container',
        patch(`${APPS}/deployments/strong`, STRATEGIC, {
          spec: { template: { spec: { initContainers: [{ name: 'i', image: 'evil' }] } } },
        }),
        changed('image'),
      ],
      [
        'a template put in its place, as by rollout undo',
        patch(`${APPS}/deployments/strong`, JSON_PATCH, [
          {
            op: 'replace',
            path: '/spec/template',
            value: template('strong', { ...STRONG, containers: [container({ image: 'old' })] }),
          },
        ]),
        changed('args, image'),
      ],
      [
        'an apply that leaves out the arguments of others',
        patch(`${APPS}/deployments/strong?fieldManager=t&force=true`, APPLY, {
          ...workload('Deployment', 'strong', {}),
          spec: {
            selector: { matchLabels: { app: 'strong' } },
            template: { metadata: { labels: { app: 'strong' } }, spec: { containers: [{ name: 'c', image: 'evil' }] } },
          },
        }),
        changed('image'),
      ],
      [
        'an image of a StatefulSet',
        patch(`${APPS}/statefulsets/strong`, STRATEGIC, inContainer({ image: 'evil' })),
        changed('image'),
      ],
      [
        'an image of a ReplicaSet',
        patch(`${APPS}/replicasets/strong`, STRATEGIC, inContainer({ image: 'evil' })),
        changed('image'),
      ],
      [
        'an image of a CronJob',
        patch(`${JOBS}/strong`, STRATEGIC, { spec: { jobTemplate: inContainer({ image: 'evil' }) } }),
        changed('image'),
      ],
      [
        'an image of a pod that runs',
        patch(`${CORE}/pods/strong`, STRATEGIC, { spec: { containers: [{ name: 'c', image: 'evil' }] } }),
        changed('image'),
      ],
      [
        'an image where the node is in reach',
        patch(`${APPS}/daemonsets/host`, STRATEGIC, inContainer({ image: 'evil' })),
        'root on the node that runs what is changed (image; hostPID)',
      ],
    ])('case 52: %s is asked about as an exec is', async (_what, sending, shown) => {
      expect(await asked(sending)).toContain(shown);
    });

    const held = `${strong}, whose token is in the Secret token`;
    const taking = (name: string, more: Fields): Sent => send('POST', `${CORE}/pods`, JSON_TYPE, pod(name, more));
    it.each<[string, Sent]>([
      ['a volume', taking('t', { volumes: [{ name: 't', secret: { secretName: 'token' } }] })],
      [
        'a projection',
        taking('t', { volumes: [{ name: 't', projected: { sources: [{ secret: { name: 'token' } }] } }] }),
      ],
      [
        'a variable',
        taking('t', {
          containers: [
            container({ env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } }] }),
          ],
        }),
      ],
      ['all its keys', taking('t', { containers: [container({ envFrom: [{ secretRef: { name: 'token' } }] })] })],
      [
        'a volume of a workload that is there',
        patch(`${APPS}/deployments/plain`, STRATEGIC, {
          spec: { template: { spec: { volumes: [{ name: 't', secret: { secretName: 'token' } }] } } },
        }),
      ],
      [
        'an ephemeral container that takes it',
        patch(`${CORE}/pods/plain/ephemeralcontainers`, STRATEGIC, {
          spec: { ephemeralContainers: [{ name: 'e', image: 'evil', envFrom: [{ secretRef: { name: 'token' } }] }] },
        }),
      ],
      ['exec into a pod that has it', send('POST', `${CORE}/pods/taker/exec?command=id`, {}, {})],
      ['attach to it', send('POST', `${CORE}/pods/taker/attach`, {}, {})],
      [
        'an ephemeral container in it',
        patch(`${CORE}/pods/taker/ephemeralcontainers`, STRATEGIC, {
          spec: { ephemeralContainers: [{ name: 'e', image: 'evil' }] },
        }),
      ],
      [
        'another image for it',
        patch(`${CORE}/pods/taker`, STRATEGIC, { spec: { containers: [{ name: 'c', image: 'evil' }] } }),
      ],
    ])('case 53: a token in a Secret is gained by %s', async (_what, sending) => {
      expect(await asked(sending)).toContain(held);
    });

    it.each<[string, Fields]>([
      ...['/var/lib/k0s', '/opt', '/snap', '/mnt', '/srv/data'].map((path): [string, Fields] => [
        path,
        mounting(path, { readOnly: true }),
      ]),
      ['time zones that could be written', mounting('/usr/share/zoneinfo')],
      [
        'the time zone, made where it is missing',
        mounting('/etc/localtime', { readOnly: true }, { type: 'FileOrCreate' }),
      ],
    ])('case 58: a pod with %s of its node is asked about', async (_what, spec) => {
      expect(await asked(taking('h', spec))).toContain('root on the node that runs its pods (hostPath');
    });

    it('case 58: a repository that the kubelet fetches for a pod is a way to its node', async () => {
      const volumes = [{ name: 'g', gitRepo: { repository: 'https://git.example/a' } }];
      expect(await asked(taking('g', { volumes }))).toContain('root on the node that runs its pods (gitRepo)');
    });

    it('case 53: a way into a pod that is not there is answered and never sent: the next of its name is another', async () => {
      const answer = await send('POST', `${CORE}/pods/nobody/exec?command=id`, {}, {})();
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('pods \\"nobody\\" not found');
    });

    describe('unasked stays', () => {
      const unasked = async <Answer>(doing: () => Promise<Answer>): Promise<Answer> => {
        const { gateway } = environment();
        const before = gateway.approvals().length;
        const answer = await doing();
        expect(gateway.approvals().length).toBe(before);
        return answer;
      };

      it.each<[string, readonly string[]]>([
        ['a restart of a strong workload', ['rollout', 'restart', 'deployment/strong']],
        ['its scale', ['scale', 'deployment/strong', '--replicas=0']],
        ['a label', ['label', 'deployment/strong', 'a=b']],
        ['its resources', ['set', 'resources', 'deployment/strong', '--limits=cpu=1']],
        ['another image for an ordinary workload', ['set', 'image', 'deployment/plain', 'c=registry.example/app:2']],
        ['a variable for it', ['set', 'env', 'deployment/plain', 'A=b']],
        ['its way back', ['rollout', 'undo', 'deployment/plain']],
        ['a new one', ['create', 'deployment', 'new', '--image=registry.example/app:1', '--replicas=0']],
        ['another image for an ordinary pod', ['set', 'image', 'pod/plain', 'c=registry.example/app:2']],
      ])('case 52: %s', async (_what, command) => {
        const { kubectl } = environment();
        const { code, stderr } = await unasked(() => kubectl(['-n', NAMESPACE, ...command]));
        expect(code, stderr).toBe(0);
      });

      it('case 52: an apply of a strong workload that changes nothing, and one that changes what is not code', async () => {
        const { kubectl, directly } = environment();
        const manifest = (replicas: number) => {
          const { spec, ...rest } = workload('Deployment', 'applied', STRONG);
          return JSON.stringify({ ...rest, spec: { ...spec, replicas } });
        };
        for (const way of [['--server-side'], []]) {
          await directly(['-n', NAMESPACE, 'delete', 'deployment', 'applied', '--ignore-not-found']);
          await directly(['-n', NAMESPACE, 'apply', ...way, '-f', '-'], { input: manifest(0) });
          for (const replicas of [0, 1, 0]) {
            const command = ['-n', NAMESPACE, 'apply', ...way, '-f', '-'];
            const { code, stderr } = await unasked(() => kubectl(command, { input: manifest(replicas) }));
            expect(code, stderr).toBe(0);
          }
        }
      });

      it('case 52: a diff of another image, which runs nothing', async () => {
        const { kubectl } = environment();
        const { spec, ...rest } = workload('Deployment', 'strong', STRONG);
        const other = {
          ...rest,
          spec: { ...spec, template: template('strong', { ...STRONG, containers: [container({ image: 'other' })] }) },
        };
        const { stderr } = await unasked(() =>
          kubectl(['-n', NAMESPACE, 'apply', '--dry-run=server', '-f', '-'], { input: JSON.stringify(other) }),
        );
        expect(stderr).not.toMatch(/forbidden/i);
      });

      it.each<[string, Sent]>([
        [
          'case 53: a pod that takes an ordinary Secret',
          taking('takes', { volumes: [{ name: 't', secret: { secretName: 'ordinary' } }] }),
        ],
        [
          'case 53: one that takes a Secret that is not there yet',
          taking('early', { volumes: [{ name: 't', secret: { secretName: 'later' } }] }),
        ],
        [
          'case 53: an ephemeral container beside an ordinary Secret',
          patch(`${CORE}/pods/ordinary/ephemeralcontainers`, STRATEGIC, {
            spec: { ephemeralContainers: [{ name: 'e', image: 'registry.example/debug:1' }] },
          }),
        ],
        ['case 58: the time zone of the node', taking('zone', mounting('/etc/localtime', { readOnly: true }))],
        [
          'case 58: its certificates',
          taking('certificates', mounting('/etc/ssl/certs', { readOnly: true }, { type: 'Directory' })),
        ],
        [
          'case 52: annotations of pods that are called like an account',
          patch(`${APPS}/deployments/plain`, STRATEGIC, {
            spec: { template: { metadata: { annotations: { serviceAccountName: 'strong' } } } },
          }),
        ],
        [
          'case 51: a label on a bootstrap token',
          patch(`${TOKENS}/${TOKEN}`, MERGE, { metadata: { labels: { a: 'b' } } }),
        ],
      ])('%s', async (_what, sending) => {
        const answer = await unasked(sending);
        expect(answer.status, answer.body).toBeLessThan(300);
      });
    });

    it('case 52: default counts where it is strong: a new workload that names no account, and another image', async () => {
      const { directly } = environment();
      const namespace = `${NAMESPACE}-default`;
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      await directly(['create', 'namespace', namespace]);
      const grant = ['create', 'rolebinding', 'd', '--clusterrole=edit', `--serviceaccount=${namespace}:default`];
      await directly(['-n', namespace, ...grant]);
      await directly([
        '-n',
        namespace,
        'create',
        'deployment',
        'there',
        '--image=registry.example/app:1',
        '--replicas=0',
      ]);
      const account = `service account ${namespace}:default`;
      expect(await asked(send('POST', deployments, JSON_TYPE, workload('Deployment', 'new', {})))).toContain(
        `${account}, as which its pods would run`,
      );
      const image = { spec: { template: { spec: { containers: [{ name: 'app', image: 'evil' }] } } } };
      expect(await asked(patch(`${deployments}/there`, STRATEGIC, image))).toContain(account);
      await directly(['delete', 'namespace', namespace, '--wait=false']);
    });
  });
}
