/** How a body is read, by its media type. */
export type BodyFormat = 'json' | 'yaml' | 'protobuf';

const WRITE_FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
};

/** RFC 6902: a list of operations, and the only patch that can read. */
export const JSON_PATCH = 'application/json-patch+json';

const PATCH_FORMATS: Readonly<Record<string, BodyFormat>> = {
  [JSON_PATCH]: 'json',
  'application/merge-patch+json': 'json',
  'application/strategic-merge-patch+json': 'json',
  'application/apply-patch+yaml': 'yaml',
};

/** The format of a body, or null where the API server does not take the type. A missing type is JSON, except on PATCH. */
export function bodyFormat(method: string, contentType: string): BodyFormat | null {
  if (method === 'PATCH') return formatIn(PATCH_FORMATS, contentType);
  return contentType === '' ? 'json' : formatIn(WRITE_FORMATS, contentType);
}

/** What to send instead, for messages. */
export function acceptedMediaTypes(method: string): string {
  return Object.keys(method === 'PATCH' ? PATCH_FORMATS : WRITE_FORMATS).join(', ');
}

function formatIn(formats: Readonly<Record<string, BodyFormat>>, contentType: string): BodyFormat | null {
  return Object.hasOwn(formats, contentType) ? (formats[contentType] ?? null) : null;
}

/** API groups compiled into kube-apiserver 1.36, the only ones whose kinds have a protobuf form. */
const BUILT_IN_GROUPS = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** True where the group's kinds are built into the API server and so have a protobuf form. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN_GROUPS.has(group);
}
