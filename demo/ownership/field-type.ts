import { messageNamed } from '../../proxy/request/protobuf/message-schema.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../store/json.ts';
import { isFreeForm } from '../store/typed-object.ts';

/** How a value merges: whole, field by field, or item by item. */
export type FieldType =
  | { readonly shape: 'leaf'; readonly scalar?: 'string' | 'boolean' | 'numeric' }
  | { readonly shape: 'struct'; readonly message: string }
  | { readonly shape: 'map'; readonly item: FieldType }
  | { readonly shape: 'list'; readonly item: FieldType; readonly keys: readonly string[] }
  | { readonly shape: 'set' };

const leaf: FieldType = { shape: 'leaf' };

/** Structs and maps that merge whole (`x-kubernetes-map-type: atomic` in the OpenAPI document of 1.36.3). */
const atomic = new Set(
  [
    'core.ConfigMapKeySelector core.EndpointAddress core.EndpointPort core.FileKeySelector core.LocalObjectReference',
    'core.NodeSelector core.NodeSelectorTerm core.ObjectFieldSelector core.ObjectReference core.ResourceFieldSelector',
    'core.SecretKeySelector core.SecretReference core.TypedLocalObjectReference discovery.EndpointPort',
    'meta.LabelSelector meta.OwnerReference rbac.RoleRef rbac.Subject core.PodSpec.nodeSelector core.ServiceSpec.selector',
  ].flatMap((line) => line.split(' ')),
);

const container = {
  env: 'name',
  ports: 'containerPort protocol',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
};
const conditions = { conditions: 'type' };

/** Lists of objects that merge by these keys (`x-kubernetes-list-map-keys` of 1.36.3); the others are replaced whole. */
const listKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'core.Container': container,
  'core.EphemeralContainer': container,
  'core.ContainerStatus': { allocatedResourcesStatus: 'name', volumeMounts: 'mountPath' },
  'core.PodSpec': {
    containers: 'name',
    ephemeralContainers: 'name',
    hostAliases: 'ip',
    imagePullSecrets: 'name',
    initContainers: 'name',
    resourceClaims: 'name',
    schedulingGates: 'name',
    topologySpreadConstraints: 'topologyKey whenUnsatisfiable',
    volumes: 'name',
  },
  'core.PodStatus': { ...conditions, podIPs: 'ip', resourceClaimStatuses: 'name' },
  'core.NodeStatus': { ...conditions, addresses: 'type' },
  'core.ResourceRequirements': { claims: 'name' },
  'core.ServiceAccount': { secrets: 'name' },
  'core.ServiceSpec': { ports: 'port protocol' },
  'meta.ObjectMeta': { ownerReferences: 'uid' },
  'apps.DaemonSetStatus': conditions,
  'apps.DeploymentStatus': conditions,
  'apps.ReplicaSetStatus': conditions,
  'apps.StatefulSetStatus': conditions,
  'core.NamespaceStatus': conditions,
  'core.PersistentVolumeClaimStatus': conditions,
  'core.ServiceStatus': conditions,
};

/** Lists of scalars that merge as sets. */
const sets = new Set(['meta.ObjectMeta.finalizers', 'core.NodeSpec.podCIDRs', 'discovery.Endpoint.addresses']);

/** What an absent key stands for (`default` in the OpenAPI document). */
const keyDefaults: Readonly<Record<string, Json>> = { protocol: 'TCP' };

const scalars: Readonly<Record<string, FieldType>> = {
  s: { shape: 'leaf', scalar: 'string' },
  y: { shape: 'leaf', scalar: 'string' },
  b: { shape: 'leaf', scalar: 'boolean' },
  i: { shape: 'leaf', scalar: 'numeric' },
  l: { shape: 'leaf', scalar: 'numeric' },
  d: { shape: 'leaf', scalar: 'numeric' },
};

/** The type of a message, or a leaf for one that merges whole. */
export function messageType(name: string): FieldType {
  const whole = atomic.has(name) || isFreeForm(name) || messageNamed(name) === undefined;
  return whole ? leaf : { shape: 'struct', message: name };
}

/** The type of a struct's field; null for a field that it does not have. */
export function fieldTypeOf(message: string, name: string): FieldType | null {
  const field = messageNamed(message)?.byName.get(name);
  if (field === undefined) return null;
  const owner = `${message}.${name}`;
  const item = scalars[field.type] ?? messageType(field.type);
  if (field.shape === 'map') return atomic.has(owner) ? leaf : { shape: 'map', item };
  if (field.shape !== 'list') return item;
  if (sets.has(owner)) return { shape: 'set' };
  const keys = listKeys[message]?.[name];
  return keys === undefined ? leaf : { shape: 'list', item, keys: keys.split(' ').sort() };
}

/** A part of a value: its path element, itself, its type. */
export interface Part {
  readonly element: string;
  readonly value: Json;
  readonly type: FieldType;
}

function keyElement(item: Json, keys: readonly string[]): string {
  const values: JsonObject = {};
  for (const key of keys) {
    const value = isJsonObject(item) ? (item[key] ?? keyDefaults[key]) : undefined;
    if (value !== undefined) values[key] = value;
  }
  return `k:${canonicalJson(values)}`;
}

/** The parts of a value in their order, or null when it merges whole. Fields that the type does not know merge whole. */
export function partsOf(value: Json | undefined, type: FieldType): Part[] | null {
  if (type.shape === 'leaf' || value === undefined || value === null) return null;
  if (type.shape === 'struct' || type.shape === 'map') {
    if (!isJsonObject(value)) return null;
    return Object.entries(value).map(([name, inner]) => ({
      element: `f:${name}`,
      value: inner,
      type: type.shape === 'map' ? type.item : (fieldTypeOf(type.message, name) ?? leaf),
    }));
  }
  if (!Array.isArray(value)) return null;
  if (type.shape === 'set') {
    return value.map((item) => ({ element: `v:${canonicalJson(item)}`, value: item, type: leaf }));
  }
  return value.map((item) => ({ element: keyElement(item, type.keys), value: item, type: type.item }));
}
