import { type LeadingRight, WRITES } from './leading-right.ts';
import { RIGHTS_TO_DIRECT } from './rights-to-direct.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const IDENTITIES = 'authentication.k8s.io';
/** What has a pod's specification in it, or what others make pods of. */
const makesPods = (group: string, resources: readonly string[]): LeadingRight => ({
  says: 'makes pods',
  group,
  resources,
  verbs: WRITES,
});
const proxies = (verbs: readonly string[]): LeadingRight[] => [
  { says: 'uses the proxy of the API server', group: '', resources: ['nodes/proxy'], verbs, clusterWide: true },
  { says: 'uses the proxy of the API server', group: '', resources: ['pods/proxy', 'services/proxy'], verbs },
];
const customPods = (group: string, ...resources: string[]): LeadingRight => ({
  ...makesPods(group, resources),
  unasked: true,
});

/**
 * The rights that lead further: one table for service accounts, for roles and for bindings. What a right gives is a
 * matter of the API server, not of its name. Patching a Secret with `{}`, deleting one in the foreground and deleting a
 * collection, as a dry run too, answer with what it holds (kube-apiserver 1.36.3). Reading one Secret by name is what
 * mounting it is, and charts read their own: it counts where that is a token. `patch` of nodes is left out, by which
 * nobody becomes anybody, and so is deleting.
 */
export const LEADING_RIGHTS: readonly LeadingRight[] = [
  {
    says: 'reads secrets',
    group: '',
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch', 'patch', 'delete', 'deletecollection'],
    names: 'tokens',
    telling: true,
  },
  { ...makesPods('', ['pods', 'replicationcontrollers']), telling: true },
  { ...makesPods('', ['podtemplates']), unasked: true },
  { ...makesPods('apps', ['deployments', 'daemonsets', 'statefulsets', 'replicasets']), telling: true },
  { ...makesPods('apps', ['controllerrevisions']), unasked: true },
  { ...makesPods('batch', ['jobs', 'cronjobs']), telling: true },
  {
    says: 'gets into pods',
    group: '',
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    // Before 1.35 a WebSocket needs `get` alone (KEP-4006).
    verbs: ['create', 'get'],
    telling: true,
  },
  { says: 'gets into pods', group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
  { says: 'mints tokens', group: '', resources: ['serviceaccounts/token'], verbs: ['create'], telling: true },
  {
    says: 'impersonates others',
    group: '',
    resources: ['serviceaccounts'],
    verbs: ['impersonate'],
    telling: true,
  },
  {
    says: 'impersonates others',
    group: '',
    resources: ['users', 'groups'],
    verbs: ['impersonate'],
    clusterWide: true,
  },
  // KEP-5284: a grant on the identity and one on what is done as it.
  {
    says: 'impersonates others',
    group: IDENTITIES,
    resources: ['serviceaccounts'],
    verbs: ['impersonate:serviceaccount', 'impersonate:*'],
  },
  {
    says: 'impersonates others',
    group: IDENTITIES,
    resources: ['users', 'groups'],
    verbs: ['impersonate:user-info', 'impersonate:*'],
    clusterWide: true,
  },
  {
    says: 'impersonates others',
    group: IDENTITIES,
    resources: ['nodes'],
    verbs: ['impersonate:arbitrary-node', 'impersonate:associated-node', 'impersonate:*'],
    clusterWide: true,
  },
  { says: 'impersonates others', group: '*', resources: ['*'], verbs: ['impersonate-on:*'] },
  {
    says: 'hands out rights',
    group: RBAC,
    resources: ['roles', 'rolebindings'],
    verbs: WRITES,
  },
  {
    says: 'hands out rights',
    group: RBAC,
    resources: ['clusterrolebindings', 'clusterroles'],
    verbs: WRITES,
    clusterWide: true,
  },
  // A RoleBinding to a ClusterRole asks for `bind` on it in the namespace of the binding.
  { says: 'hands out rights', group: RBAC, resources: ['clusterroles', 'roles'], verbs: ['bind'], telling: true },
  { says: 'hands out rights', group: RBAC, resources: ['roles'], verbs: ['escalate'], telling: true },
  { says: 'hands out rights', group: RBAC, resources: ['clusterroles'], verbs: ['escalate'], clusterWide: true },
  {
    says: 'approves certificates',
    group: CERTIFICATES,
    // The controller approves by itself what comes from whoever may do the second.
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
    clusterWide: true,
  },
  {
    says: 'approves certificates',
    group: CERTIFICATES,
    resources: ['certificatesigningrequests/nodeclient'],
    verbs: ['create'],
    clusterWide: true,
  },
  {
    says: 'approves certificates',
    group: CERTIFICATES,
    resources: ['signers'],
    verbs: ['approve', 'sign', 'attest'],
    clusterWide: true,
  },
  {
    says: 'changes admission',
    group: 'admissionregistration.k8s.io',
    resources: [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
    ],
    verbs: WRITES,
    clusterWide: true,
  },
  {
    says: 'changes API services',
    group: 'apiregistration.k8s.io',
    resources: ['apiservices'],
    verbs: WRITES,
    clusterWide: true,
  },
  {
    says: 'changes conversion webhooks',
    group: 'apiextensions.k8s.io',
    resources: ['customresourcedefinitions'],
    verbs: WRITES,
    clusterWide: true,
  },
  ...proxies(['get', 'create']),
  ...proxies(['update', 'patch', 'delete']).map((right): LeadingRight => ({ ...right, unasked: true })),
  // What it is of cannot be changed afterwards.
  {
    says: 'makes volumes of host paths',
    group: '',
    resources: ['persistentvolumes'],
    verbs: ['create'],
    clusterWide: true,
  },
  {
    says: 'makes bootstrap tokens',
    group: '',
    resources: ['secrets'],
    verbs: WRITES,
    namespace: 'kube-system',
    // The authenticator reads those that are called so and no others.
    names: ['bootstrap-token-*'],
  },
  customPods('argoproj.io', 'workflows', 'cronworkflows', 'workflowtemplates', 'clusterworkflowtemplates'),
  customPods('argoproj.io', 'rollouts', 'sensors', 'eventsources', 'eventbus', 'analysisruns', 'analysistemplates'),
  customPods('tekton.dev', 'taskruns', 'pipelineruns', 'customruns', 'tasks', 'pipelines', 'clustertasks'),
  customPods('serving.knative.dev', 'services', 'configurations', 'revisions'),
  customPods('batch.volcano.sh', 'jobs', 'cronjobs'),
  customPods('kubeflow.org', 'notebooks', 'tfjobs', 'pytorchjobs', 'mpijobs', 'xgboostjobs', 'paddlejobs', 'jaxjobs'),
  customPods('trainer.kubeflow.org', 'trainjobs', 'trainingruntimes', 'clustertrainingruntimes'),
  customPods('ray.io', 'rayclusters', 'rayjobs', 'rayservices'),
  customPods('sparkoperator.k8s.io', 'sparkapplications', 'scheduledsparkapplications'),
  customPods('flink.apache.org', 'flinkdeployments', 'flinksessionjobs'),
  customPods('kubevirt.io', 'virtualmachines', 'virtualmachineinstances', 'virtualmachineinstancereplicasets'),
  customPods('apps.kruise.io', 'clonesets', 'statefulsets', 'daemonsets', 'broadcastjobs', 'advancedcronjobs'),
  customPods('apps.kruise.io', 'sidecarsets', 'uniteddeployments', 'ephemeraljobs'),
  customPods('keda.sh', 'scaledjobs'),
  customPods('jobset.x-k8s.io', 'jobsets'),
  customPods('leaderworkerset.x-k8s.io', 'leaderworkersets'),
  customPods('actions.github.com', 'autoscalingrunnersets', 'ephemeralrunnersets', 'ephemeralrunners'),
  customPods('actions.summerwind.dev', 'runners', 'runnersets', 'runnerdeployments', 'runnerreplicasets'),
  customPods('monitoring.coreos.com', 'prometheuses', 'prometheusagents', 'alertmanagers', 'thanosrulers'),
  customPods('opentelemetry.io', 'opentelemetrycollectors', 'instrumentations'),
  ...RIGHTS_TO_DIRECT,
];
