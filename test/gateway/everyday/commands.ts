import { manifestOf, type Workload } from './workloads.ts';

/** A command of kubectl that people give all day, what it says, and what it must have done. */
export interface Command {
  readonly args: readonly string[];
  readonly input?: string;
  /** What it prints, on either stream. */
  readonly says: RegExp;
  /** A look at the cluster without the gateway, and what is seen there. */
  readonly look?: readonly [args: readonly string[], seen: RegExp];
  /** Left out: 0. */
  readonly code?: number;
  /** Edits what it is given, with this expression of sed. */
  readonly edit?: string;
  /** What the cluster must serve; left out where every cluster does. */
  readonly needs?: string;
}

const APPLY_SERVER_SIDE = [
  'apply',
  '--server-side',
  '--field-manager=gitops-controller',
  '--force-conflicts',
  '-f',
  '-',
];

/** In this order: each builds on those before it. */
export function commandsFor(workload: Workload): Command[] {
  const target = `deployment/${workload}`;
  const field = (path: string): string[] => ['get', target, '-o', `jsonpath={${path}}`];
  const main = '.spec.template.spec.containers[0]';
  const env = (name: string): string => `${main}.env[?(@.name=="${name}")]`;
  const first = manifestOf(workload);
  const second = manifestOf(workload, 'registry.example/app:2');
  return [
    { args: ['apply', '-f', '-'], input: first, says: /created/, look: [['get', target], /NAME/] },
    { args: ['rollout', 'status', target, '--timeout=90s'], says: /successfully rolled out/ },
    { args: ['apply', '-f', '-'], input: first, says: /unchanged/ },
    { args: ['diff', '-f', '-'], input: first, says: /^$/ },
    { args: ['diff', '-f', '-'], input: second, says: /\+.*app:2/, code: 1 },
    { args: ['apply', '-f', '-'], input: second, says: /configured/, look: [field(`${main}.image`), /app:2$/] },
    { args: ['apply', '--dry-run=server', '-f', '-'], input: first, says: /server dry run/ },
    { args: APPLY_SERVER_SIDE, input: second, says: /serverside-applied/ },
    { args: APPLY_SERVER_SIDE, input: second, says: /serverside-applied/ },
    { args: ['get', 'deployments,pods,secrets,configmaps', '-o', 'wide'], says: new RegExp(workload) },
    { args: ['get', target, '-o', 'yaml'], says: /kind: Deployment/ },
    { args: ['get', 'all', '--show-labels'], says: new RegExp(workload) },
    { args: ['describe', target], says: /Pod Template/ },
    { args: ['describe', 'pods', '-l', `app=${workload}`], says: /registry.example\/app:2/ },
    { args: ['events'], says: /./ },
    { args: ['get', 'secret', 'db', '-o', 'jsonpath={.data.password}'], says: /./ },
    { args: ['scale', target, '--replicas=2'], says: /scaled/, look: [field('.spec.replicas'), /^2$/] },
    {
      args: ['set', 'image', target, 'main=registry.example/app:3'],
      says: /updated/,
      look: [field(`${main}.image`), /:3$/],
    },
    { args: ['rollout', 'status', target, '--timeout=90s'], says: /successfully rolled out/ },
    { args: ['rollout', 'history', target], says: /REVISION/ },
    { args: ['rollout', 'undo', target], says: /rolled back/, look: [field(`${main}.image`), /:2$/] },
    {
      args: ['rollout', 'restart', target],
      says: /restarted/,
      look: [field('.spec.template.metadata'), /restartedAt/],
    },
    { args: ['rollout', 'pause', target], says: /paused/, look: [field('.spec.paused'), /true/] },
    { args: ['rollout', 'resume', target], says: /resumed/ },
    { args: ['set', 'env', target, 'COLOR=blue'], says: /updated/, look: [field(`${env('COLOR')}.value`), /^blue$/] },
    {
      args: ['set', 'env', target, '--from=secret/db', '--prefix=FROM_'],
      says: /updated/,
      look: [field(`${env('FROM_PASSWORD')}.valueFrom.secretKeyRef.name`), /^db$/],
    },
    {
      args: ['set', 'env', target, '--from=configmap/settings', '--prefix=FROM_'],
      says: /updated/,
      look: [field(`${env('FROM_SIZE')}.valueFrom.configMapKeyRef.name`), /^settings$/],
    },
    { args: ['set', 'env', target, 'COLOR-'], says: /updated/, look: [field(`${env('COLOR')}.value`), /^$/] },
    {
      args: ['set', 'resources', target, '-c=main', '--limits=memory=256Mi'],
      says: /updated/,
      look: [field(`${main}.resources.limits.memory`), /256Mi/],
    },
    { args: ['label', target, 'tier=front'], says: /labeled/, look: [field('.metadata.labels.tier'), /^front$/] },
    {
      args: ['annotate', target, 'note=kept'],
      says: /annotated/,
      look: [field('.metadata.annotations.note'), /^kept$/],
    },
    {
      args: ['patch', target, '-p', '{"spec":{"template":{"metadata":{"labels":{"patched":"strategic"}}}}}'],
      says: /patched/,
      look: [field('.spec.template.metadata.labels.patched'), /^strategic$/],
    },
    {
      args: ['patch', target, '--type=merge', '-p', '{"spec":{"revisionHistoryLimit":3}}'],
      says: /patched/,
      look: [field('.spec.revisionHistoryLimit'), /^3$/],
    },
    {
      args: [
        'patch',
        target,
        '--type=json',
        '-p',
        '[{"op":"replace","path":"/spec/progressDeadlineSeconds","value":500}]',
      ],
      says: /patched/,
      look: [field('.spec.progressDeadlineSeconds'), /^500$/],
    },
    { args: ['edit', target], edit: 's/app:2/app:4/', says: /edited/, look: [field(`${main}.image`), /:4$/] },
    { args: ['edit', 'configmap/settings'], edit: `s/^  SIZE: .*/  SIZE: ${workload}/`, says: /edited/ },
    {
      args: ['autoscale', target, '--min=1', '--max=2', '--cpu=80%'],
      says: /autoscaled/,
      needs: 'horizontalpodautoscalers.autoscaling',
    },
    {
      args: ['expose', target, '--port=80', '--target-port=http'],
      says: /exposed/,
      look: [['get', 'service', workload], /80/],
    },
    {
      args: ['create', 'job', `${workload}-now`, `--from=cronjob/${workload}-nightly`],
      says: /created/,
      look: [['get', 'job', `${workload}-now`], /now/],
    },
    { args: ['wait', '--for=condition=complete', `job/${workload}-now`, '--timeout=90s'], says: /condition met/ },
    { args: ['create', 'configmap', `${workload}-made`, '--from-literal=a=b'], says: /created/ },
    {
      args: ['create', 'secret', 'generic', `${workload}-made`, '--from-literal=password=Qz7-made-up'],
      says: /created/,
    },
    {
      args: [
        'create',
        'secret',
        'docker-registry',
        `${workload}-pull`,
        '--docker-username=u',
        '--docker-password=Qz7-made-up',
      ],
      says: /created/,
    },
    { args: ['create', 'serviceaccount', `${workload}-made`], says: /created/ },
    {
      args: ['set', 'serviceaccount', target, `${workload}-made`],
      says: /updated/,
      look: [field('.spec.template.spec.serviceAccountName'), /made/],
    },
    { args: ['rollout', 'status', target, '--timeout=90s'], says: /successfully rolled out/ },
    { args: ['wait', '--for=condition=Available', target, '--timeout=90s'], says: /condition met/ },
    { args: ['exec', target, '--', 'echo', 'inside'], says: /^inside\n/ },
    { args: ['logs', target, '--tail=1'], says: /./ },
    { args: ['logs', '-l', `app=${workload}`, '--tail=1', '--prefix'], says: /./ },
    { args: ['auth', 'can-i', 'create', 'deployments'], says: /yes/ },
    { args: ['delete', `job/${workload}-now`, `service/${workload}`, `cronjob/${workload}-nightly`], says: /deleted/ },
    { args: ['delete', 'secret', `${workload}-made`, `${workload}-pull`], says: /deleted/ },
    { args: ['delete', 'configmap', `${workload}-made`], says: /deleted/ },
    { args: ['delete', target], says: /deleted/, look: [['get', target, '--ignore-not-found'], /^$/] },
  ];
}
