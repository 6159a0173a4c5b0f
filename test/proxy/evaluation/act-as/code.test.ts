import { describe, expect, it } from 'vitest';
import { gainedByCode } from '../../../../proxy/evaluation/act-as/code.ts';
import { changedPrograms } from '../../../../proxy/evaluation/act-as/what-runs.ts';

type Fields = Readonly<Record<string, unknown>>;

const container = (more: Fields = {}) => ({ name: 'c', image: 'a:1', args: ['serve'], ...more });
const podSpec = (more: Fields = {}) => ({ serviceAccountName: 'ci', containers: [container()], ...more });
const deployment = (spec: unknown, more: Fields = {}) => ({
  metadata: { name: 'd' },
  spec: { replicas: 1, template: { metadata: { labels: { a: 'b' } }, spec }, ...more },
  status: { replicas: 1 },
});

/** Where each kind keeps the specification of its pods. */
const KINDS: ReadonlyArray<[kind: string, holding: (spec: unknown) => object]> = [
  ['pods', (spec) => ({ spec })],
  ['deployments', (spec) => deployment(spec)],
  ['cronjobs', (spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } })],
  ['podtemplates', (spec) => ({ template: { spec } })],
  ['rollouts', (spec) => ({ spec: { workload: { template: { spec } } } })],
];

const gained = (before: unknown, after: unknown, resource = 'deployments') =>
  gainedByCode({ namespace: 'shop', resource, before, after, role: null }).map(({ road, user, says }) => [
    road,
    user || says,
  ]);
const CI = ['exec', 'system:serviceaccount:shop:ci'];

describe('case 52: another program in a workload that is there', () => {
  describe.each(KINDS)('%s', (resource, holding) => {
    it.each<[string, Fields]>([
      ['an image', { containers: [container({ image: 'a:2' })] }],
      ['a command', { containers: [container({ command: ['sh'] })] }],
      ['other arguments', { containers: [container({ args: ['dump'] })] }],
      ['no arguments', { containers: [{ name: 'c', image: 'a:1' }] }],
      ['a variable', { containers: [container({ env: [{ name: 'A', value: 'b' }] })] }],
      ['variables', { containers: [container({ envFrom: [{ configMapRef: { name: 'a' } }] })] }],
      ['another folder', { containers: [container({ workingDir: '/tmp' })] }],
      ['a mount', { containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] }],
      ['a volume', { volumes: [{ name: 'v', configMap: { name: 'script' } }] }],
      ['a hook', { containers: [container({ lifecycle: { postStart: { exec: { command: ['sh'] } } } })] }],
      ['a probe', { containers: [container({ startupProbe: { exec: { command: ['sh'] } } })] }],
      ['a sidecar', { containers: [container(), { name: 's', image: 'evil' }] }],
      ['an init container', { initContainers: [{ name: 's', image: 'evil' }] }],
      ['an ephemeral container', { ephemeralContainers: [{ name: 's', image: 'evil' }] }],
      ['another user', { containers: [container({ securityContext: { runAsUser: 0 } })] }],
      ['another user of the pod', { securityContext: { runAsUser: 0 } }],
      ['another runtime', { runtimeClassName: 'bare' }],
    ])('%s', (_what, more) => {
      expect(gained(holding(podSpec()), holding(podSpec(more)), resource)).toEqual([CI]);
    });

    it('is nobody gained where nothing else would run', () => {
      expect(gained(holding(podSpec()), holding(podSpec()), resource)).toEqual([]);
    });

    it('is default where no account is named', () => {
      const spec = (image: string) => ({ containers: [{ name: 'c', image }] });
      expect(gained(holding(spec('a:1')), holding(spec('a:2')), resource)).toEqual([
        ['exec', 'system:serviceaccount:shop:default'],
      ]);
    });
  });

  it.each<[string, object]>([
    ['replicas', deployment(podSpec(), { replicas: 5 })],
    ['resources', deployment(podSpec({ containers: [container({ resources: { limits: { cpu: '1' } } })] }))],
    [
      'a probe over HTTP',
      deployment(podSpec({ containers: [container({ livenessProbe: { httpGet: { port: 80 } } })] })),
    ],
    ['a node to run on', deployment(podSpec({ nodeSelector: { a: 'b' } }))],
    ['a status', { ...deployment(podSpec()), status: { image: 'x' } }],
  ])('is not %s', (_what, after) => {
    expect(gained(deployment(podSpec()), after)).toEqual([]);
  });

  it('is not the order of fields', () => {
    const before = deployment(podSpec({ volumes: [{ name: 'v', secret: { secretName: 's', optional: true } }] }));
    const after = deployment(podSpec({ volumes: [{ secret: { optional: true, secretName: 's' }, name: 'v' }] }));
    expect(gained(before, after)).toEqual([]);
  });

  it('is not a restart, nor any other annotation or label of its pods', () => {
    const after = deployment(podSpec());
    const metadata = { annotations: { restartedAt: 'now', image: 'x' }, labels: { command: 'y' } };
    const restarted = { ...after, metadata, spec: { ...after.spec, template: { ...after.spec.template, metadata } } };
    expect(gained(deployment(podSpec()), restarted)).toEqual([]);
  });

  it('is not a container that is gone, and one in front of another changes none behind it', () => {
    const two = deployment(podSpec({ containers: [{ name: 's', image: 'b' }, container()] }));
    expect(gained(two, deployment(podSpec()))).toEqual([]);
    expect(changedPrograms(deployment(podSpec()), two)).toEqual(['image']);
    const turned = deployment(podSpec({ containers: [container(), { name: 's', image: 'b' }] }));
    expect(gained(two, turned)).toEqual([]);
  });

  it('is told apart where two entries have one name', () => {
    const both = (image: string) => deployment(podSpec({ containers: [container(), container({ image })] }));
    expect(changedPrograms(both('b'), both('c'))).toEqual(['image']);
  });

  it('is not hidden by a field whose name looks like a way to another', () => {
    const before = deployment(podSpec());
    const decoy = { 'template/4:spec/10:containers/1:c/5:image': 'a:1', 'template/spec': {} };
    expect(changedPrograms(before, deployment(podSpec({ containers: [container({ image: 'b' })] }), decoy))).toEqual([
      'image',
    ]);
  });

  it('is found beside lists that are longer than a call can have arguments', () => {
    const zeros = Array.from({ length: 300_000 }, () => 0);
    const after = deployment(podSpec({ containers: [container({ image: 'b' })] }), { zeros });
    expect(gained(deployment(podSpec(), { zeros }), after)).toEqual([CI]);
  });

  it('gives the node where the pods have it', () => {
    const spec = (image: string) =>
      podSpec({ automountServiceAccountToken: false, hostPID: true, containers: [container({ image })] });
    expect(gained(deployment(spec('a:1')), deployment(spec('a:2')))).toEqual([
      ['exec', 'root on the node that runs what is changed (image; hostPID)'],
    ]);
  });

  it('gives no account whose token is not there, and one whose token comes with the change', () => {
    const spec = (automountServiceAccountToken: boolean, image: string) =>
      podSpec({ automountServiceAccountToken, containers: [container({ image })] });
    expect(gained(deployment(spec(false, 'a:1')), deployment(spec(false, 'a:2')))).toEqual([]);
    expect(gained(deployment(spec(false, 'a:1')), deployment(spec(true, 'a:1')))).toEqual([CI]);
  });

  it('leaves to other roads what is gained with it', () => {
    const after = deployment(podSpec({ serviceAccountName: 'new', containers: [container({ image: 'a:2' })] }));
    expect(gained(deployment(podSpec()), after)).toEqual([]);
    expect(gained(null, after)).toEqual([]);
  });

  it('may be any, where the write could not be rehearsed', () => {
    expect(gained(deployment(podSpec()), null)).toEqual([CI]);
  });

  it('in a revision is taken up by a workload whose account it need not name', () => {
    const revision = { data: { spec: { template: { spec: { containers: [{ image: 'evil' }] } } } }, revision: 1 };
    expect(gained(null, revision, 'controllerrevisions')).toEqual([
      ['exec', 'the account of the workload that takes up this revision'],
    ]);
    expect(gained(revision, { ...revision, revision: 2 }, 'controllerrevisions')).toEqual([]);
  });
});
