import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const NAMESPACE = 'gatehouse-custom';
const ELSEWHERE = 'gatehouse-custom-other';
/** Groups of the Kubernetes project hold custom resources like any other. */
const KINDS = [
  ['runs.gatehouse.k8s.io', 'runners', 'Runner'],
  ['gatehouse.x-k8s.io', 'runners', 'Runner'],
  ['things.gatehouse.example', 'things', 'Thing'],
  ['source.toolkit.fluxcd.io', 'gitrepositories', 'GitRepository'],
  ['velero.io', 'backups', 'Backup'],
] as const;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

const definition = ([group, plural, kind]: (typeof KINDS)[number]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'unapproved, experimental-only' },
  },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});
const at = (group: string, plural: string) => `/apis/${group}/v1/namespaces/${NAMESPACE}/${plural}`;
const object = (group: string, kind: string, name: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name },
  spec,
});

/** Custom resources of kinds that nobody told Gatehouse of, read by shape. For a cluster that serves them: the demo cluster has none. */
export function describeCustomResources(environment: () => RunningGateway): void {
  describe('case 56: custom resources', () => {
    const runner = (name: string, spec: object) => object('runs.gatehouse.k8s.io', 'Runner', name, spec);
    const thing = (spec: object) => object('things.gatehouse.example', 'Thing', 'new', spec);

    beforeAll(async () => {
      const { directly } = environment();
      const applied = await directly(['apply', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: KINDS.map(definition) }),
      });
      expect(applied.code, applied.stderr).toBe(0);
      const names = KINDS.map(([group, plural]) => `crd/${plural}.${group}`);
      await directly(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
      for (const namespace of [NAMESPACE, ELSEWHERE]) {
        await directly(['create', 'namespace', namespace]);
        for (const account of ['strong', 'weak'])
          await directly(['-n', namespace, 'create', 'serviceaccount', account]);
      }
      for (const [namespace, account] of [
        [NAMESPACE, 'strong'],
        [ELSEWHERE, 'weak'],
      ] as const) {
        const grant = ['rolebinding', 'strong', '--clusterrole=admin', `--serviceaccount=${namespace}:${account}`];
        await directly(['-n', namespace, 'create', ...grant]);
      }
      const items = [
        runner('strong', {
          serviceAccountName: 'strong',
          image: 'registry.example/app:1',
          args: ['serve', '--read-only'],
          source: { url: 'https://a.example' },
          parts: [{ name: 'helper', image: 'registry.example/helper:1' }],
        }),
        runner('weak', { serviceAccountName: 'weak', image: 'registry.example/app:1' }),
        object('source.toolkit.fluxcd.io', 'GitRepository', 'g', { url: 'https://a.example' }),
      ];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      // Established is a moment before it is served.
      await vi.waitFor(
        async () => {
          const made = await directly(['-n', NAMESPACE, 'apply', '-f', '-'], { input: list });
          expect(made.code, made.stderr).toBe(0);
        },
        { timeout: 30_000, interval: 500 },
      );
    });
    afterAll(async () => {
      const { directly } = environment();
      await directly(['delete', 'namespace', NAMESPACE, ELSEWHERE, '--wait=false']);
      await directly(['delete', 'crd', '--wait=false', ...KINDS.map(([group, plural]) => `${plural}.${group}`)]);
    });

    const { asked, send } = sender(environment);
    const RUNNERS = at('runs.gatehouse.k8s.io', 'runners');
    const THINGS = at('things.gatehouse.example', 'things');
    const SOURCES = at('source.toolkit.fluxcd.io', 'gitrepositories');
    const strong = `service account ${NAMESPACE}:strong`;
    const code = `${strong}, as which what this changes runs`;

    it.each<[string, () => Promise<RawAnswer>, string]>([
      [
        'an account in a .k8s.io group',
        send('POST', RUNNERS, JSON_TYPE, runner('new', { driver: { serviceAccount: 'strong' } })),
        strong,
      ],
      [
        'a privileged pod in it',
        send('POST', RUNNERS, JSON_TYPE, runner('new', { containers: [{ securityContext: { privileged: true } }] })),
        'root on the node that runs its pods (privileged)',
      ],
      [
        'the host’s files in an .x-k8s.io group',
        send(
          'POST',
          at('gatehouse.x-k8s.io', 'runners'),
          JSON_TYPE,
          object('gatehouse.x-k8s.io', 'Runner', 'new', { mounts: [{ hostPath: '/etc' }] }),
        ),
        'hostPath /etc',
      ],
      ['a list of accounts', send('POST', THINGS, JSON_TYPE, thing({ serviceAccounts: ['weak', 'strong'] })), strong],
      [
        'an account of another namespace',
        send('POST', THINGS, JSON_TYPE, thing({ serviceAccountRef: { name: 'weak', namespace: ELSEWHERE } })),
        `service account ${ELSEWHERE}:weak`,
      ],
      ['runAs', send('POST', THINGS, JSON_TYPE, thing({ runAs: 'strong' })), strong],
      [
        'somebody to impersonate',
        send('PATCH', `${THINGS}/new?fieldManager=t`, APPLY, thing({ impersonate: { user: 'bob' } })),
        'bob, as whom its controller acts',
      ],
      [
        'a token’s Secret that its controller makes',
        send(
          'POST',
          THINGS,
          JSON_TYPE,
          thing({
            template: {
              type: 'kubernetes.io/service-account-token',
              metadata: { annotations: { 'kubernetes.io/service-account.name': 'strong' } },
            },
          }),
        ),
        strong,
      ],
      [
        'another image for a strong account',
        send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { image: 'registry.example/other:1' } }),
        code,
      ],
      [
        'the same by a JSON Patch',
        send('PATCH', `${RUNNERS}/strong`, JSON_PATCH, [{ op: 'replace', path: '/spec/image', value: 'other' }]),
        code,
      ],
      [
        'another source for it',
        send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { source: { url: 'https://b.example' } } }),
        code,
      ],
      [
        'an image that another part of it has already',
        send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { image: 'registry.example/helper:1' } }),
        code,
      ],
      [
        'an argument less',
        send('PATCH', `${RUNNERS}/strong`, JSON_PATCH, [{ op: 'remove', path: '/spec/args/1' }]),
        code,
      ],
      ['a registry', send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { imageRegistry: 'evil.example' } }), code],
      [
        'an account outside any specification',
        send('POST', THINGS, JSON_TYPE, { ...thing({}), serviceAccountName: 'strong' }),
        strong,
      ],
      [
        'where Flux fetches from',
        send('PATCH', `${SOURCES}/g`, MERGE, { spec: { url: 'https://b.example' } }),
        'Flux, which carries this out with its own rights',
      ],
      [
        'commands of a backup',
        send(
          'POST',
          at('velero.io', 'backups'),
          JSON_TYPE,
          object('velero.io', 'Backup', 'new', { hooks: { resources: [{ name: 'a' }] } }),
        ),
        'Velero',
      ],
    ])('%s is asked about, with the identity', async (_name, sending, shown) => {
      expect(await asked(sending)).toContain(shown);
    });

    it.each<[string, () => Promise<RawAnswer>]>([
      [
        'an account that may do nothing',
        send('POST', RUNNERS, JSON_TYPE, runner('free', { driver: { serviceAccount: 'weak' } })),
      ],
      ['more of a strong account’s', send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { replicas: 3 } })],
      [
        'the same image for it',
        send('PATCH', `${RUNNERS}/strong`, MERGE, { spec: { image: 'registry.example/app:1' } }),
      ],
      ['another image for a weak one', send('PATCH', `${RUNNERS}/weak`, MERGE, { spec: { image: 'other' } })],
      [
        'what names nobody',
        send('POST', THINGS, JSON_TYPE, thing({ dnsNames: ['a.example'], secretName: 'b', issuerRef: { name: 'c' } })),
      ],
      [
        'flux reconcile',
        send('PATCH', `${SOURCES}/g`, MERGE, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'x' } } }),
      ],
      [
        'the same again, by a server-side apply',
        send(
          'PATCH',
          `${SOURCES}/g?fieldManager=t&force=true`,
          APPLY,
          object('source.toolkit.fluxcd.io', 'GitRepository', 'g', { url: 'https://a.example' }),
        ),
      ],
      [
        'an ordinary backup',
        send('POST', at('velero.io', 'backups'), JSON_TYPE, object('velero.io', 'Backup', 'plain', { ttl: '1h' })),
      ],
    ])('%s runs unasked', async (_name, sending) => {
      const { gateway } = environment();
      const before = gateway.approvals().length;
      const answer = await sending();
      expect(answer.status, answer.body).toBeLessThan(300);
      expect(gateway.approvals().length).toBe(before);
    });
  });
}
