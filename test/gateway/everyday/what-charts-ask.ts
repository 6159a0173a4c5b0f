import type { Asked } from '../environment/agreeing-person.ts';
import { STEPS, type Step, type StepTaken } from './day-with-a-chart.ts';

/** One kind of question to a person, in the course of a chart's steps, and why it is asked. */
interface Expected {
  readonly chart: string;
  readonly steps: readonly Step[];
  /** The built-in rule that asks, of `confirm.yaml`. */
  readonly rule: string;
  /** `deployments.apps grafana`; of what a controller names, such as a pod, how it begins. */
  readonly what: string;
  readonly because: string;
}

const UPGRADES = STEPS.filter((step) => step.startsWith('upgrade'));
/** Steps that make the chart's objects. */
const MAKING: readonly Step[] = ['install', 'apply by GitOps'];
/** Steps that say what runs in the chart's workloads: also the image of another release, forwards or back. */
const RUNNING: readonly Step[] = [...MAKING, 'upgrade, image', 'rollback'];
/** Steps that apply all of the chart's objects, whether they change them or not. */
const APPLYING: readonly Step[] = [...MAKING, ...UPGRADES, 'rollback', 'apply by GitOps again'];
const WRITING: readonly Step[] = [...APPLYING, 'uninstall'];
/** Steps before and behind which hooks run. */
const HOOKS: readonly Step[] = ['install', 'upgrade, nothing new', 'upgrade, image'];

type Row = readonly [rule: string, steps: readonly Step[], what: string | readonly string[], because: string];

const RBAC = 'rbac.authorization.k8s.io';
const roles = (kinds: string, names: readonly string[]): string[] =>
  names.flatMap((name) => kinds.split(' ').map((kind) => `${kind}.${RBAC} ${name}`));
const CLUSTER = 'clusterroles clusterrolebindings';
const NAMESPACED = 'roles rolebindings';

/**
 * Who may do what is changed by its URL already: also where the write changes nothing, and where it takes away.
 * @param steps in which it stands there before, or is made.
 */
const rights = (what: readonly string[], steps = WRITING): Row => [
  'rights-and-admission',
  steps,
  what,
  'roles, bindings and admission say who may do what in the cluster, and who looks on',
];
const strong = (what: string | readonly string[], because: string, steps = MAKING): Row => [
  'acting-as-another',
  steps,
  what,
  because,
];
/** A workload that runs as a strong account: made, and given other code. */
const runsStrong = (what: string | readonly string[], because: string): Row => strong(what, because, RUNNING);
const inside = (pod: string, because: string): Row => strong(`pods/exec ${pod}`, because, ['into a pod']);
const definition = (name: string, steps: readonly Step[]): Row => [
  'cluster-wide-writes',
  steps,
  `customresourcedefinitions.apiextensions.k8s.io ${name}`,
  'a custom resource definition belongs to the whole cluster',
];

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  web: [],
  postgresql: [],
  redis: [],
  rabbitmq: [rights(roles(NAMESPACED, ['rabbitmq-endpoint-reader']))],
  'ingress-controller': [
    rights([...roles(CLUSTER, ['ingress-controller']), ...roles(NAMESPACED, ['ingress-controller'])]),
    strong(
      [...roles(CLUSTER, ['ingress-controller']), ...roles(NAMESPACED, ['ingress-controller'])],
      'whoever holds it reads Secrets',
    ),
    runsStrong('deployments.apps ingress-controller-controller', 'its account reads Secrets of its namespace'),
    inside('ingress-controller-controller-', 'its account reads Secrets of its namespace'),
    rights(
      [...roles(CLUSTER, ['ingress-controller-admission']), ...roles(NAMESPACED, ['ingress-controller-admission'])],
      HOOKS,
    ),
    strong(
      [...roles(CLUSTER, ['ingress-controller-admission']), ...roles(NAMESPACED, ['ingress-controller-admission'])],
      'whoever holds it changes admission webhooks, or reads Secrets; hooks make it anew each time',
      HOOKS,
    ),
    strong(
      ['jobs.batch ingress-controller-admission-create', 'jobs.batch ingress-controller-admission-patch'],
      'the hook runs as an account that reads Secrets',
      HOOKS,
    ),
    rights(['validatingwebhookconfigurations.admissionregistration.k8s.io ingress-controller-admission']),
    strong(
      'validatingwebhookconfigurations.admissionregistration.k8s.io ingress-controller-admission',
      'a webhook sees, and may change, what others send',
      APPLYING,
    ),
    [
      'cluster-wide-writes',
      WRITING,
      'ingressclasses.networking.k8s.io ingress-controller',
      'an ingress class belongs to the whole cluster',
    ],
  ],
  'cert-manager': [
    rights([
      ...roles(CLUSTER, ['cert-manager-controller', 'cert-manager-cainjector', 'cert-manager-webhook']),
      ...roles('clusterroles', ['cert-manager-view']),
    ]),
    strong(
      roles(CLUSTER, ['cert-manager-controller', 'cert-manager-cainjector']),
      'whoever holds it reads Secrets, signs certificates, or changes webhooks',
    ),
    runsStrong(
      ['deployments.apps cert-manager-controller', 'deployments.apps cert-manager-cainjector'],
      'its account reads Secrets in the whole cluster',
    ),
    inside('cert-manager-controller-', 'its account reads Secrets in the whole cluster'),
    rights([
      'validatingwebhookconfigurations.admissionregistration.k8s.io cert-manager-webhook',
      'mutatingwebhookconfigurations.admissionregistration.k8s.io cert-manager-webhook',
    ]),
    strong(
      [
        'validatingwebhookconfigurations.admissionregistration.k8s.io cert-manager-webhook',
        'mutatingwebhookconfigurations.admissionregistration.k8s.io cert-manager-webhook',
      ],
      'a webhook sees, and may change, what others send',
      APPLYING,
    ),
    definition('certificates.certmanager.everyday.example', APPLYING),
    definition('issuers.certmanager.everyday.example', APPLYING),
  ],
  prometheus: [
    rights(roles(CLUSTER, ['prometheus-server', 'prometheus-kube-state-metrics'])),
    strong(roles(CLUSTER, ['prometheus-kube-state-metrics']), 'whoever holds it lists Secrets in the whole cluster'),
    strong('deployments.apps prometheus-kube-state-metrics', 'its account lists Secrets in the whole cluster'),
    strong('daemonsets.apps prometheus-node-exporter', 'it sees the processes and the files of every node'),
  ],
  grafana: [
    rights([
      ...roles('clusterroles', ['grafana-clusterrole']),
      ...roles('clusterrolebindings', ['grafana-clusterrolebinding']),
    ]),
    strong(
      [
        ...roles('clusterroles', ['grafana-clusterrole']),
        ...roles('clusterrolebindings', ['grafana-clusterrolebinding']),
      ],
      'whoever holds it reads Secrets in the whole cluster',
    ),
    runsStrong('deployments.apps grafana', 'the account of its sidecar reads Secrets in the whole cluster'),
    inside('grafana-', 'the account of its sidecar reads Secrets in the whole cluster'),
  ],
  'argo-cd': [
    rights(roles(CLUSTER, ['argo-cd-application-controller', 'argo-cd-server'])),
    strong(
      roles(CLUSTER, ['argo-cd-application-controller', 'argo-cd-server']),
      'whoever holds it does anything, or reads everything, in the whole cluster',
    ),
    runsStrong('statefulsets.apps argo-cd-application-controller', 'its account does anything in the whole cluster'),
    runsStrong('deployments.apps argo-cd-server', 'its account reads everything in the whole cluster'),
    inside('argo-cd-application-controller-', 'its account does anything in the whole cluster'),
    rights(roles(NAMESPACED, ['argo-cd-redis-secret-init']), HOOKS),
    strong(
      roles(NAMESPACED, ['argo-cd-redis-secret-init']),
      'whoever holds it reads a Secret; hooks make it anew each time',
      HOOKS,
    ),
    strong(['configmaps argocd-cm', 'configmaps argocd-rbac-cm'], 'it says who signs in to Argo CD, and as what'),
    definition('applications.argoproj.io', ['install']),
    strong('applications.argoproj.io', 'Argo CD carries it out with rights of its own', ['own objects']),
  ],
  operator: [
    rights(roles(CLUSTER, ['operator'])),
    strong(roles(CLUSTER, ['operator']), 'whoever holds it reads Secrets and makes workloads in the whole cluster'),
    runsStrong('deployments.apps operator', 'its account reads Secrets and makes workloads in the whole cluster'),
    inside('operator-', 'its account reads Secrets and makes workloads in the whole cluster'),
    definition('databases.operator.everyday.example', ['install']),
  ],
};

const EXPECTED: readonly Expected[] = Object.entries(TABLE).flatMap(([chart, rows]) =>
  rows.flatMap(([rule, steps, what, because]) =>
    [what].flat().map((each): Expected => ({ chart, steps, rule, what: each, because })),
  ),
);

/**
 * Where what was asked of one chart is not what the table lists: a sentence each, first what the table does not list.
 * Entries about resources that this cluster does not serve, and about steps that it cannot take, do not count.
 */
export function differences(taken: readonly StepTaken[], served: ReadonlySet<string>): string[] {
  const met = new Set<string>();
  const unlisted = taken.flatMap((step) =>
    step.asked.flatMap((asked) =>
      rulesThatAsk(asked).flatMap((rule) => {
        const listed = EXPECTED.filter((expected) => isAbout(expected, step, asked, rule));
        for (const { what } of listed) met.add(key(step, rule, what));
        return listed.length > 0 ? [] : [notListed(step, asked, rule)];
      }),
    ),
  );
  const notAsked = taken.flatMap((step) =>
    EXPECTED.filter(({ chart, steps, rule, what }) => {
      const [resource = ''] = what.split(' ');
      const isPossible = served.has(resource) || resource.includes('/');
      return chart === step.chart && steps.includes(step.step) && isPossible && !met.has(key(step, rule, what));
    }).map(
      ({ rule, what, because }) =>
        `chart ${step.chart}, ${step.step}: ${what} was not asked about by ${rule}, as the table says, because ${because}`,
    ),
  );
  return [...new Set([...unlisted, ...notAsked])];
}

function rulesThatAsk({ outcome, rules }: Asked): string[] {
  if (outcome === 'denied') return [...rules];
  return rules.filter((rule) => rule.startsWith('confirm/')).map((rule) => rule.slice('confirm/'.length));
}

function isAbout({ chart, steps, what, rule }: Expected, taken: StepTaken, asked: Asked, by: string): boolean {
  if (chart !== taken.chart || rule !== by || !steps.includes(taken.step) || asked.outcome === 'denied') return false;
  return what.endsWith('-') || !what.includes(' ') ? asked.what.startsWith(what) : asked.what === what;
}

function key({ step }: StepTaken, rule: string, what: string): string {
  return [step, rule, what].join('\n');
}

function notListed({ chart, step }: StepTaken, { outcome, verb, what, says }: Asked, rule: string): string {
  return `chart ${chart}, ${step}: ${verb} of ${what} was ${outcome} by ${rule}: says "${says}"; the table does not list it`;
}
