import { type Json, type JsonObject, nameOf, objectAt, objectsAt, sameJson, textAt, textMapAt } from './json.ts';
import { labelsMatch, requirementsOf } from './selectors.ts';
import { type Cause, fieldInvalid, fieldRequired } from './status.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const pathNamedKinds = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

function checkMetadata(object: JsonObject, kind: string): Cause[] {
  const name = nameOf(object);
  const causes: Cause[] = [];
  if (name === '') {
    causes.push(fieldRequired('metadata.name', 'name or generateName is required'));
  } else if (pathNamedKinds.has(kind)) {
    if (/[/%]/.test(name)) causes.push(fieldInvalid('metadata.name', name, "may not contain '/'"));
  } else if (kind === 'Namespace' || kind === 'Service') {
    if (!label.test(name) || name.length > 63) causes.push(fieldInvalid('metadata.name', name, labelRule));
  } else if (!subdomain.test(name) || name.length > 253) {
    causes.push(fieldInvalid('metadata.name', name, subdomainRule));
  }
  for (const value of Object.values(textMapAt(object, 'metadata', 'labels'))) {
    if (!labelValue.test(value) || value.length > 63)
      causes.push(fieldInvalid('metadata.labels', value, labelValueRule));
  }
  return causes;
}

function checkPodSpec(spec: JsonObject, path: string): Cause[] {
  const containers = objectsAt(spec, 'containers');
  if (containers.length === 0) return [fieldRequired(`${path}.containers`)];
  return containers.flatMap((container, index) => [
    ...(textAt(container, 'name') ? [] : [fieldRequired(`${path}.containers[${index}].name`)]),
    ...(textAt(container, 'image') ? [] : [fieldRequired(`${path}.containers[${index}].image`)]),
  ]);
}

function checkWorkload(object: JsonObject): Cause[] {
  const selector = requirementsOf(objectAt(object, 'spec', 'selector'));
  const causes = checkPodSpec(objectAt(object, 'spec', 'template', 'spec'), 'spec.template.spec');
  const labels = textMapAt(object, 'spec', 'template', 'metadata', 'labels');
  if (selector.length === 0) causes.unshift(fieldRequired('spec.selector'));
  if (selector.length === 0 || !labelsMatch(selector, labels)) {
    causes.push(fieldInvalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return causes;
}

const requiredSecretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function checkKeys(object: JsonObject): Cause[] {
  const keys = ['data', 'binaryData'].flatMap((field) =>
    Object.keys(textMapAt(object, field)).map((key) => [field, key]),
  );
  return keys
    .filter(([, key = '']) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
    .map(([field, key = '']) => fieldInvalid(`${field}[${key}]`, key, keyRule));
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function checkSecret(object: JsonObject): Cause[] {
  const data = textMapAt(object, 'data');
  const missing = (requiredSecretKeys[textAt(object, 'type')] ?? []).filter((key) => !Object.hasOwn(data, key));
  return [...checkKeys(object), ...missing.map((key) => fieldRequired(`data[${key}]`))];
}

function checkJob(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec', 'template', 'spec');
  const policy = textAt(spec, 'restartPolicy');
  const causes = checkPodSpec(spec, 'spec.template.spec');
  if (policy === 'Always') {
    const message = 'Required value: valid values: "OnFailure", "Never"';
    causes.push({ reason: 'FieldValueRequired', message, field: 'spec.template.spec.restartPolicy' });
  }
  return causes;
}

const checks: Readonly<Record<string, (object: JsonObject) => Cause[]>> = {
  Pod: (object) => checkPodSpec(objectAt(object, 'spec'), 'spec'),
  Deployment: checkWorkload,
  ReplicaSet: checkWorkload,
  StatefulSet: checkWorkload,
  DaemonSet: checkWorkload,
  Job: checkJob,
  Secret: checkSecret,
  ConfigMap: checkKeys,
  Service: (object) =>
    objectsAt(object, 'spec', 'ports').length === 0 &&
    textAt(object, 'spec', 'type') !== 'ExternalName' &&
    textAt(object, 'spec', 'clusterIP') !== 'None'
      ? [fieldRequired('spec.ports')]
      : [],
};

/** What is wrong with an object that has its defaults; the few rules of the real server that people meet. */
export function validate(object: JsonObject, kind: string): Cause[] {
  return [...checkMetadata(object, kind), ...(checks[kind]?.(object) ?? [])];
}

/** Fields that may not change, by kind. */
const immutableFields: Readonly<Record<string, readonly string[]>> = {
  Secret: ['type'],
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  Job: ['spec.selector', 'spec.template'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
};

function fieldAt(object: JsonObject, path: string): Json {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  return objectAt(object, ...parts)[last] ?? null;
}

/** Ephemeral containers come one by one through their subresource, and stay as they came. */
function checkEphemeralContainers(before: JsonObject, after: JsonObject): Cause[] {
  const field = 'spec.ephemeralContainers';
  const [old, fresh] = [before, after].map((pod) => objectsAt(pod, 'spec', 'ephemeralContainers'));
  if (sameJson(old ?? null, fresh ?? null)) return [];
  return (old ?? []).flatMap((container) => {
    const now = fresh?.find((each) => each['name'] === container['name']);
    if (now && sameJson(now, container)) return [];
    const change = now ? 'changed' : 'removed';
    const message = `Forbidden: existing ephemeral containers ${JSON.stringify(container['name'])} may not be ${change}`;
    return [{ reason: 'FieldValueForbidden', message, field }];
  });
}

/** A pod's spec without what may change while it runs. */
function fixedSpec(pod: JsonObject): JsonObject {
  const { activeDeadlineSeconds, tolerations, terminationGracePeriodSeconds, ephemeralContainers, ...spec } = objectAt(
    structuredClone(pod),
    'spec',
  );
  for (const container of ['containers', 'initContainers'].flatMap((list) => objectsAt(spec, list))) {
    delete container['image'];
  }
  return spec;
}

/** The lines that differ between two specs; as from the real server, they quote the values of variables. */
function specDiff(before: JsonObject, after: JsonObject): string {
  const [old, fresh] = [before, after].map((spec) => JSON.stringify(spec, null, 1).split('\n'));
  const gone = (old ?? []).filter((line) => !fresh?.includes(line)).map((line) => `-${line}`);
  const come = (fresh ?? []).filter((line) => !old?.includes(line)).map((line) => `+${line}`);
  return [...gone, ...come].join('\n');
}

const changeableInPods =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function checkPodChange(before: JsonObject, after: JsonObject, subresource: string): Cause[] {
  if (subresource === 'ephemeralcontainers') return checkEphemeralContainers(before, after);
  const parts = [before, after].map((pod) => ({
    ...fixedSpec(pod),
    debug: objectsAt(pod, 'spec', 'ephemeralContainers'),
  }));
  const [old = {}, fresh = {}] = parts;
  if (textAt(before, 'spec', 'nodeName') === '' || sameJson(old, fresh)) return [];
  const message = `Forbidden: pod updates may not change fields other than ${changeableInPods}\n${specDiff(old, fresh)}\n`;
  return [{ reason: 'FieldValueForbidden', message, field: 'spec' }];
}

/** What a change may not do, by the subresource through which it comes. */
export function validateChange(before: JsonObject, after: JsonObject, kind: string, subresource = ''): Cause[] {
  const causes: Cause[] = kind === 'Pod' ? checkPodChange(before, after, subresource) : [];
  const changed = (immutableFields[kind] ?? [])
    .filter((path) => !sameJson(fieldAt(before, path), fieldAt(after, path)))
    .map((path) =>
      path === 'roleRef'
        ? fieldInvalid(path, fieldAt(after, path), 'cannot change roleRef')
        : fieldInvalid(path, fieldAt(after, path), 'field is immutable'),
    );
  causes.push(...changed);
  if ((kind === 'Secret' || kind === 'ConfigMap') && before['immutable'] === true) {
    const changed = ['data', 'binaryData', 'immutable'].filter(
      (field) => !sameJson(before[field] ?? null, after[field] ?? null),
    );
    for (const field of changed) {
      const message = 'Forbidden: field is immutable when `immutable` is set';
      causes.push({ reason: 'FieldValueForbidden', message, field });
    }
  }
  return causes;
}
