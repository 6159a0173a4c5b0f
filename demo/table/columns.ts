// Long because it is one table: every kind and its columns.
import {
  type JsonObject,
  listAt,
  nameOf,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  textMapAt,
  textsAt,
} from '../store/json.ts';
import { requirementsOf } from '../store/selectors.ts';
import { age, type Column, column, humanDuration, wideColumn } from './column.ts';
import { podStatus } from './pod-status.ts';

const nameColumn = column('Name', nameOf);
const ageColumn = column('Age', (object) => age(textAt(object, 'metadata', 'creationTimestamp')));
const none = (text: string) => (text === '' ? '<none>' : text);

/** A LabelSelector as kubectl prints it. */
function selectorText(selector: JsonObject): string {
  const terms = requirementsOf(selector)
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!exists') return `!${key}`;
      if (operator === 'in' && values.length === 1) return `${key}=${values[0]}`;
      return `${key} ${operator} (${values.join(',')})`;
    })
    .sort();
  return none(terms.join(','));
}

function mapText(map: Readonly<Record<string, string>>): string {
  return none(
    Object.entries(map)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
  );
}

function containersOf(template: readonly string[]): Column[] {
  const containers = (object: JsonObject) => objectsAt(object, ...template, 'spec', 'containers');
  return [
    wideColumn('Containers', (object) =>
      containers(object)
        .map((each) => textAt(each, 'name'))
        .join(','),
    ),
    wideColumn('Images', (object) =>
      containers(object)
        .map((each) => textAt(each, 'image'))
        .join(','),
    ),
  ];
}

const templateContainers = containersOf(['spec', 'template']);
const selectorColumn = wideColumn('Selector', (object) => selectorText(objectAt(object, 'spec', 'selector')));

function number(...path: string[]): (object: JsonObject) => number {
  return (object) => numberAt(object, 0, ...path);
}

function readyColumn(): Column {
  return column('Ready', (object) => {
    return `${numberAt(object, 0, 'status', 'readyReplicas')}/${numberAt(object, 0, 'spec', 'replicas')}`;
  });
}

const podColumns: Column[] = [
  nameColumn,
  column('Ready', (pod) => podStatus(pod).ready),
  column('Status', (pod) => podStatus(pod).status),
  column('Restarts', (pod) => podStatus(pod).restarts),
  ageColumn,
  wideColumn('IP', (pod) => none(textAt(pod, 'status', 'podIP'))),
  wideColumn('Node', (pod) => none(textAt(pod, 'spec', 'nodeName'))),
  wideColumn('Nominated Node', (pod) => none(textAt(pod, 'status', 'nominatedNodeName'))),
  wideColumn('Readiness Gates', () => '<none>'),
];

function servicePorts(service: JsonObject): string {
  const ports = objectsAt(service, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 0, 'nodePort');
    return `${port['port']}${node ? `:${node}` : ''}/${textAt(port, 'protocol')}`;
  });
  return none(ports.join(','));
}

function externalAddress(service: JsonObject): string {
  const type = textAt(service, 'spec', 'type');
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName');
  const addresses = objectsAt(service, 'status', 'loadBalancer', 'ingress').map(
    (entry) => textAt(entry, 'ip') || textAt(entry, 'hostname'),
  );
  if (addresses.length > 0) return addresses.join(',');
  return type === 'LoadBalancer' ? '<pending>' : none(textsAt(service, 'spec', 'externalIPs').join(','));
}

function nodeStatus(node: JsonObject): string {
  const ready = objectsAt(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready');
  const state = ready?.['status'] === 'True' ? 'Ready' : ready ? 'NotReady' : 'Unknown';
  return objectAt(node, 'spec')['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles(node: JsonObject): string {
  const roles = Object.keys(textMapAt(node, 'metadata', 'labels'))
    .filter((label) => label.startsWith('node-role.kubernetes.io/'))
    .map((label) => label.slice('node-role.kubernetes.io/'.length));
  return none(roles.sort().join(','));
}

function nodeAddress(node: JsonObject, type: string): string {
  return none(
    textAt(objectsAt(node, 'status', 'addresses').find((address) => address['type'] === type) ?? {}, 'address'),
  );
}

function jobStatus(job: JsonObject): string {
  const holds = (type: string) =>
    objectsAt(job, 'status', 'conditions').some(
      (condition) => condition['type'] === type && condition['status'] === 'True',
    );
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (textAt(job, 'metadata', 'deletionTimestamp')) return 'Terminating';
  return holds('Suspended') ? 'Suspended' : 'Running';
}

function jobDuration(job: JsonObject): string {
  const start = textAt(job, 'status', 'startTime');
  if (start === '') return '';
  const end = textAt(job, 'status', 'completionTime');
  return humanDuration((end === '' ? Date.now() : Date.parse(end)) - Date.parse(start));
}

function subjects(binding: JsonObject, kind: string): string {
  return objectsAt(binding, 'subjects')
    .filter((subject) => subject['kind'] === kind)
    .map((subject) => {
      const name = textAt(subject, 'name');
      return kind === 'ServiceAccount' ? `${textAt(subject, 'namespace')}/${name}` : name;
    })
    .join(', ');
}

const bindingColumns: Column[] = [
  nameColumn,
  column('Role', (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`),
  ageColumn,
  wideColumn('Users', (binding) => subjects(binding, 'User')),
  wideColumn('Groups', (binding) => subjects(binding, 'Group')),
  wideColumn('ServiceAccounts', (binding) => subjects(binding, 'ServiceAccount')),
];

const roleColumns: Column[] = [
  nameColumn,
  column('Created At', (role) => textAt(role, 'metadata', 'creationTimestamp'), 'date'),
];

function eventSource(event: JsonObject): string {
  const host = textAt(event, 'source', 'host');
  return textAt(event, 'source', 'component') + (host ? `, ${host}` : '');
}

const eventColumns: Column[] = [
  column('Last Seen', (event) => age(textAt(event, 'lastTimestamp') || textAt(event, 'eventTime'))),
  column('Type', (event) => textAt(event, 'type')),
  column('Reason', (event) => textAt(event, 'reason')),
  column('Object', (event) => {
    return `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`;
  }),
  wideColumn('Subobject', (event) => textAt(event, 'involvedObject', 'fieldPath')),
  wideColumn('Source', eventSource),
  column('Message', (event) => textAt(event, 'message').trim()),
  wideColumn('First Seen', (event) => age(textAt(event, 'firstTimestamp') || textAt(event, 'eventTime'))),
  wideColumn('Count', (event) => numberAt(event, 1, 'count')),
  { ...wideColumn('Name', nameOf) },
];

function endpointsText(endpoints: JsonObject): string {
  const all = objectsAt(endpoints, 'subsets').flatMap((subset) => {
    const ports = objectsAt(subset, 'ports');
    return objectsAt(subset, 'addresses').flatMap((address) =>
      ports.map((port) => `${textAt(address, 'ip')}:${port['port']}`),
    );
  });
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : none(all.join(','));
}

function accessModes(object: JsonObject, ...path: string[]): string {
  const short: Record<string, string> = {
    ReadWriteOnce: 'RWO',
    ReadOnlyMany: 'ROX',
    ReadWriteMany: 'RWX',
    ReadWriteOncePod: 'RWOP',
  };
  return textsAt(object, ...path)
    .map((mode) => short[mode] ?? mode)
    .join(',');
}

/** The columns of each kind, as the real server names and orders them (k8s `pkg/printers/internalversion`). */
const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  Pod: podColumns,
  Namespace: [nameColumn, column('Status', (namespace) => textAt(namespace, 'status', 'phase')), ageColumn],
  Secret: [
    nameColumn,
    column('Type', (secret) => textAt(secret, 'type')),
    column('Data', (secret) => Object.keys(objectAt(secret, 'data')).length),
    ageColumn,
  ],
  ConfigMap: [
    nameColumn,
    column(
      'Data',
      (map) => Object.keys(objectAt(map, 'data')).length + Object.keys(objectAt(map, 'binaryData')).length,
    ),
    ageColumn,
  ],
  Service: [
    nameColumn,
    column('Type', (service) => textAt(service, 'spec', 'type')),
    column('Cluster-IP', (service) => none(textAt(service, 'spec', 'clusterIP'))),
    column('External-IP', externalAddress),
    column('Port(s)', servicePorts),
    ageColumn,
    wideColumn('Selector', (service) => mapText(textMapAt(service, 'spec', 'selector'))),
  ],
  ServiceAccount: [nameColumn, ageColumn],
  Event: eventColumns,
  Node: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    ageColumn,
    column('Version', (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion')),
    wideColumn('Internal-IP', (node) => nodeAddress(node, 'InternalIP')),
    wideColumn('External-IP', (node) => nodeAddress(node, 'ExternalIP')),
    wideColumn('OS-Image', (node) => textAt(node, 'status', 'nodeInfo', 'osImage') || '<unknown>'),
    wideColumn('Kernel-Version', (node) => textAt(node, 'status', 'nodeInfo', 'kernelVersion')),
    wideColumn('Container-Runtime', (node) => textAt(node, 'status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  Endpoints: [nameColumn, column('Endpoints', endpointsText), ageColumn],
  PersistentVolumeClaim: [
    nameColumn,
    column('Status', (claim) => textAt(claim, 'status', 'phase')),
    column('Volume', (claim) => textAt(claim, 'spec', 'volumeName')),
    column('Capacity', (claim) => textAt(claim, 'status', 'capacity', 'storage')),
    column('Access Modes', (claim) => accessModes(claim, 'status', 'accessModes')),
    column('StorageClass', (claim) => textAt(claim, 'spec', 'storageClassName')),
    column('VolumeAttributesClass', () => '<unset>'),
    ageColumn,
    wideColumn('VolumeMode', (claim) => textAt(claim, 'spec', 'volumeMode') || 'Filesystem'),
  ],
  PersistentVolume: [
    nameColumn,
    column('Capacity', (volume) => textAt(volume, 'spec', 'capacity', 'storage')),
    column('Access Modes', (volume) => accessModes(volume, 'spec', 'accessModes')),
    column('Reclaim Policy', (volume) => textAt(volume, 'spec', 'persistentVolumeReclaimPolicy')),
    column('Status', (volume) => textAt(volume, 'status', 'phase')),
    column('Claim', (volume) => {
      return `${textAt(volume, 'spec', 'claimRef', 'namespace')}/${textAt(volume, 'spec', 'claimRef', 'name')}`;
    }),
    column('StorageClass', (volume) => textAt(volume, 'spec', 'storageClassName')),
    column('VolumeAttributesClass', () => '<unset>'),
    column('Reason', (volume) => textAt(volume, 'status', 'reason')),
    ageColumn,
    wideColumn('VolumeMode', (volume) => textAt(volume, 'spec', 'volumeMode') || 'Filesystem'),
  ],
  Deployment: [
    nameColumn,
    readyColumn(),
    column('Up-to-date', number('status', 'updatedReplicas')),
    column('Available', number('status', 'availableReplicas')),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  ReplicaSet: [
    nameColumn,
    column('Desired', number('spec', 'replicas'), 'integer'),
    column('Current', number('status', 'replicas'), 'integer'),
    column('Ready', number('status', 'readyReplicas'), 'integer'),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  StatefulSet: [nameColumn, readyColumn(), ageColumn, ...templateContainers],
  DaemonSet: [
    nameColumn,
    column('Desired', number('status', 'desiredNumberScheduled'), 'integer'),
    column('Current', number('status', 'currentNumberScheduled'), 'integer'),
    column('Ready', number('status', 'numberReady'), 'integer'),
    column('Up-to-date', number('status', 'updatedNumberScheduled'), 'integer'),
    column('Available', number('status', 'numberAvailable'), 'integer'),
    column('Node Selector', (set) => mapText(textMapAt(set, 'spec', 'template', 'spec', 'nodeSelector'))),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  Job: [
    nameColumn,
    column('Status', jobStatus),
    column(
      'Completions',
      (job) => `${numberAt(job, 0, 'status', 'succeeded')}/${numberAt(job, 1, 'spec', 'completions')}`,
    ),
    column('Duration', jobDuration),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  CronJob: [
    nameColumn,
    column('Schedule', (job) => textAt(job, 'spec', 'schedule')),
    column('Timezone', (job) => none(textAt(job, 'spec', 'timeZone'))),
    column('Suspend', (job) => (objectAt(job, 'spec')['suspend'] === true ? 'True' : 'False'), 'boolean'),
    column('Active', (job) => listAt(job, 'status', 'active').length, 'integer'),
    column('Last Schedule', (job) => {
      const last = textAt(job, 'status', 'lastScheduleTime');
      return last === '' ? '<none>' : age(last);
    }),
    ageColumn,
    ...containersOf(['spec', 'jobTemplate', 'spec', 'template']),
    wideColumn('Selector', () => '<none>'),
  ],
  Role: roleColumns,
  ClusterRole: roleColumns,
  RoleBinding: bindingColumns,
  ClusterRoleBinding: bindingColumns,
  NetworkPolicy: [
    nameColumn,
    column('Pod-Selector', (policy) => selectorText(objectAt(policy, 'spec', 'podSelector'))),
    ageColumn,
  ],
  Lease: [nameColumn, column('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity')), ageColumn],
  EndpointSlice: [
    nameColumn,
    column('AddressType', (slice) => textAt(slice, 'addressType')),
    column('Ports', (slice) =>
      none(
        objectsAt(slice, 'ports')
          .map((port) => String(port['port']))
          .join(','),
      ),
    ),
    column('Endpoints', (slice) =>
      none(
        objectsAt(slice, 'endpoints')
          .flatMap((each) => textsAt(each, 'addresses'))
          .join(','),
      ),
    ),
    ageColumn,
  ],
};

const fallback: readonly Column[] = [
  nameColumn,
  column('Created At', (object) => textAt(object, 'metadata', 'creationTimestamp'), 'date'),
];

/** The columns that a kind's Table has. */
export function columnsOf(kind: string): readonly Column[] {
  return columnsByKind[kind] ?? fallback;
}
