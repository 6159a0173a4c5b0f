import { createHash } from 'node:crypto';
import {
  isJsonObject,
  type JsonObject,
  metadataOf,
  nameOf,
  objectAt,
  objectsAt,
  textAt,
  textMapAt,
  uidOf,
} from './json.ts';
import { admitPod, child, defaultPodSpec, defaultTemplate, fill } from './pod-defaults.ts';
import { shortName } from './random-names.ts';

type Defaulter = (object: JsonObject) => void;

function labelsFromTemplate(object: JsonObject): void {
  const labels = textMapAt(object, 'spec', 'template', 'metadata', 'labels');
  const metadata = metadataOf(object);
  if (metadata['labels'] === undefined && Object.keys(labels).length > 0) metadata['labels'] = labels;
}

function defaultDeployment(object: JsonObject): void {
  const spec = child(object, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = child(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate')
    fill(child(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' });
  defaultTemplate(spec);
}

function defaultStatefulSet(object: JsonObject): void {
  const spec = child(object, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  fill(spec, { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } });
  const strategy = child(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(child(strategy, 'rollingUpdate'), { partition: 0 });
  defaultTemplate(spec);
}

function defaultDaemonSet(object: JsonObject): void {
  const spec = child(object, 'spec');
  fill(spec, { revisionHistoryLimit: 10 });
  const strategy = child(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  fill(child(strategy, 'rollingUpdate'), { maxSurge: 0, maxUnavailable: 1 });
  defaultTemplate(spec);
}

function defaultJobSpec(spec: JsonObject): void {
  fill(spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false });
  fill(spec, { manualSelector: false, podReplacementPolicy: 'TerminatingOrFailed' });
  defaultTemplate(spec);
}

/** A Job's pods are found by its own uid (`pkg/registry/batch/job/strategy.go`). */
function selectJobPods(object: JsonObject): void {
  const spec = child(object, 'spec');
  if (spec['selector'] !== undefined) return;
  const uid = uidOf(object);
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const metadata = child(child(spec, 'template'), 'metadata');
  const labels = {
    ...textMapAt(metadata, 'labels'),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': nameOf(object),
    'controller-uid': uid,
    'job-name': nameOf(object),
  };
  metadata['labels'] = labels;
  const own = metadataOf(object);
  if (own['labels'] === undefined) own['labels'] = labels;
}

function defaultCronJob(object: JsonObject): void {
  const spec = child(object, 'spec');
  fill(spec, { concurrencyPolicy: 'Allow', failedJobsHistoryLimit: 1, successfulJobsHistoryLimit: 3, suspend: false });
  fill(object, { status: {} });
  const template = child(spec, 'jobTemplate');
  metadataOf(template);
  defaultTemplate(child(template, 'spec'));
}

/** An address from 10.96.0.0/16 that stays the same for one Service. */
function clusterAddress(object: JsonObject): string {
  const digest = createHash('sha256').update(uidOf(object)).digest();
  return `10.96.${digest[0]}.${(digest[1] ?? 0) || 1}`;
}

function defaultService(object: JsonObject): void {
  const spec = child(object, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  fill(object, { status: { loadBalancer: {} } });
  if (spec['type'] === 'ExternalName') return;
  fill(spec, { clusterIP: clusterAddress(object), internalTrafficPolicy: 'Cluster' });
  fill(spec, { clusterIPs: [textAt(spec, 'clusterIP')], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  for (const port of objectsAt(spec, 'ports')) {
    fill(port, { protocol: 'TCP', targetPort: port['port'] ?? 0 });
    if (port['targetPort'] === 0) port['targetPort'] = port['port'] ?? 0;
  }
  if (spec['type'] === 'LoadBalancer' || spec['type'] === 'NodePort') {
    fill(spec, { externalTrafficPolicy: 'Cluster' });
    if (spec['type'] === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
    objectsAt(spec, 'ports').forEach((port, index) => {
      fill(port, { nodePort: 30_000 + ((createHash('sha256').update(uidOf(object)).digest()[2] ?? 0) + index) });
    });
  }
}

/** `stringData` is write-only: it goes into `data` (`pkg/registry/core/secret/strategy.go`). */
function foldStringData(object: JsonObject): void {
  const plain = textMapAt(object, 'stringData');
  if (Object.keys(plain).length > 0) {
    const data = { ...textMapAt(object, 'data') };
    for (const [key, value] of Object.entries(plain)) data[key] = Buffer.from(value).toString('base64');
    object['data'] = data;
  }
  delete object['stringData'];
  const { type } = object;
  delete object['type'];
  // Go writes it last.
  object['type'] = type || 'Opaque';
}

function defaultNamespace(object: JsonObject): void {
  const metadata = metadataOf(object);
  metadata['labels'] = { ...textMapAt(metadata, 'labels'), 'kubernetes.io/metadata.name': nameOf(object) };
  fill(object, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
}

function defaultPod(object: JsonObject): void {
  const spec = child(object, 'spec');
  admitPod(spec, shortName(5));
  fill(object, { status: { phase: 'Pending', qosClass: qosClass(spec) } });
}

/** Quality of service from requests and limits, as the kubelet prints it. */
function qosClass(spec: JsonObject): string {
  const resources = objectsAt(spec, 'containers').map((container) => objectAt(container, 'resources'));
  const any = resources.some((each) => isJsonObject(each['requests']) || isJsonObject(each['limits']));
  return any ? 'Burstable' : 'BestEffort';
}

function defaultRoleBinding(object: JsonObject): void {
  fill(child(object, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' });
  for (const subject of objectsAt(object, 'subjects')) {
    if (subject['kind'] !== 'ServiceAccount') fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
}

function defaultNetworkPolicy(object: JsonObject): void {
  const spec = child(object, 'spec');
  child(spec, 'podSelector');
  for (const rule of [...objectsAt(spec, 'ingress'), ...objectsAt(spec, 'egress')]) {
    for (const port of objectsAt(rule, 'ports')) fill(port, { protocol: 'TCP' });
  }
  fill(spec, { policyTypes: spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'] });
}

const always: Readonly<Record<string, Defaulter>> = {
  Pod: (object) => {
    defaultPodSpec(child(object, 'spec'));
    fill(child(object, 'spec'), { enableServiceLinks: true });
  },
  Deployment: defaultDeployment,
  ReplicaSet: (object) => {
    fill(child(object, 'spec'), { replicas: 1 });
    defaultTemplate(child(object, 'spec'));
  },
  StatefulSet: defaultStatefulSet,
  DaemonSet: defaultDaemonSet,
  Job: (object) => defaultJobSpec(child(object, 'spec')),
  CronJob: defaultCronJob,
  Service: defaultService,
  Secret: foldStringData,
  Namespace: defaultNamespace,
  RoleBinding: defaultRoleBinding,
  ClusterRoleBinding: defaultRoleBinding,
  NetworkPolicy: defaultNetworkPolicy,
};

const onCreate: Readonly<Record<string, Defaulter>> = {
  Pod: defaultPod,
  Job: selectJobPods,
  ReplicaSet: labelsFromTemplate,
  DaemonSet: labelsFromTemplate,
};

/** Fills in what the API server would, on any write. */
export function applyDefaults(object: JsonObject, kind: string): void {
  always[kind]?.(object);
}

/** Fills in what the API server would only when an object is new; needs name and uid. */
export function applyCreationDefaults(object: JsonObject, kind: string): void {
  onCreate[kind]?.(object);
}
