// Writes messages.generated.ts: the protobuf numbers, JSON names and types of the Kubernetes messages that kubectl
// and helm write, taken from the generated.proto files of k8s.io/api and k8s.io/apimachinery.
// Run: node proxy/request/protobuf/generate-messages.mjs <folder holding api@vX and apimachinery@vX> <version>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules, version] = process.argv.slice(2);
if (!modules || !version) throw new Error('usage: generate-messages.mjs <go module folder> <version, e.g. v0.36.3>');

const api = `api@${version}`;
const machinery = `apimachinery@${version}/pkg`;
const packages = {
  core: `${api}/core/v1`,
  apps: `${api}/apps/v1`,
  batch: `${api}/batch/v1`,
  rbac: `${api}/rbac/v1`,
  networking: `${api}/networking/v1`,
  events: `${api}/events/v1`,
  authentication: `${api}/authentication/v1`,
  authorization: `${api}/authorization/v1`,
  coordination: `${api}/coordination/v1`,
  discovery: `${api}/discovery/v1`,
  policy: `${api}/policy/v1`,
  autoscaling: `${api}/autoscaling/v1`,
  scheduling: `${api}/scheduling/v1`,
  certificates: `${api}/certificates/v1`,
  meta: `${machinery}/apis/meta/v1`,
  resource: `${machinery}/api/resource`,
  runtime: `${machinery}/runtime`,
  intstr: `${machinery}/util/intstr`,
};
const prefixes = {
  'k8s.io.apimachinery.pkg.apis.meta.v1': 'meta',
  'k8s.io.apimachinery.pkg.api.resource': 'resource',
  'k8s.io.apimachinery.pkg.runtime': 'runtime',
  'k8s.io.apimachinery.pkg.util.intstr': 'intstr',
};
const roots = [
  'core.Namespace core.Pod core.Secret core.ConfigMap core.Service core.ServiceAccount core.Event core.Node core.Endpoints',
  'core.PersistentVolume core.PersistentVolumeClaim apps.Deployment apps.ReplicaSet apps.StatefulSet apps.DaemonSet',
  'batch.Job batch.CronJob rbac.Role rbac.RoleBinding rbac.ClusterRole rbac.ClusterRoleBinding networking.NetworkPolicy',
  'events.Event coordination.Lease discovery.EndpointSlice authentication.SelfSubjectReview authentication.TokenRequest',
  'authorization.SelfSubjectAccessReview authorization.SelfSubjectRulesReview authorization.SubjectAccessReview',
  'authorization.LocalSubjectAccessReview policy.Eviction autoscaling.Scale meta.DeleteOptions meta.Status runtime.TypeMeta',
  'core.ReplicationController core.PodTemplate core.Binding core.LimitRange apps.ControllerRevision',
  'core.ResourceQuota networking.Ingress policy.PodDisruptionBudget scheduling.PriorityClass',
  'certificates.CertificateSigningRequest',
]
  .join(' ')
  .split(' ');
const scalars = { string: 's', bool: 'b', int32: 'i', int64: 'l', double: 'd', bytes: 'y' };

/**
 * What only the Go types tell: inlined structs are nested messages in protobuf but flat in JSON, a few
 * fields are spelled apart, and pointers (and fields without omitempty) are written even when they hold zero.
 */
function readGoTypes(folder) {
  const names = new Map();
  const keepsZero = new Set();
  let go = '';
  try {
    go = readFileSync(join(modules, folder, 'types.go'), 'utf8');
  } catch {
    return { names, keepsZero };
  }
  let struct = '';
  for (const line of go.split('\n')) {
    struct = /^type (\w+) struct/.exec(line)?.[1] ?? struct;
    const tag = /(\S+)\s+`json:"([^",]*)([^"]*)" protobuf:"[^"]*name=(\w+)/.exec(line);
    if (!tag) continue;
    if (tag[2] !== tag[4]) names.set(`${struct}.${tag[4]}`, tag[2]);
    if (tag[1].startsWith('*') || !tag[3].includes('omitempty')) keepsZero.add(`${struct}.${tag[4]}`);
  }
  return { names, keepsZero };
}

const messages = new Map();
for (const [short, folder] of Object.entries(packages)) {
  const { names, keepsZero } = readGoTypes(folder);
  let message = null;
  for (const raw of readFileSync(join(modules, folder, 'generated.proto'), 'utf8').split('\n')) {
    const line = raw.trim();
    const start = /^message (\w+) \{/.exec(line);
    if (start) {
      message = { name: start[1], fields: [], uses: [] };
      messages.set(`${short}.${start[1]}`, message);
    }
    const field = /^(optional|repeated|map<string, ?([.\w]+)>) ?([.\w]+)? (\w+) = (\d+);/.exec(line);
    if (!field || !message) continue;
    const type = field[2] ?? field[3];
    const dot = type.lastIndexOf('.');
    const reference = type.startsWith('.')
      ? `${prefixes[type.slice(1, dot)] ?? type.slice(1, dot).split('.').at(-2)}.${type.slice(dot + 1)}`
      : `${short}.${type}`;
    const code = scalars[type] ?? reference;
    if (!scalars[type]) message.uses.push(reference);
    // EphemeralContainer converts an inlined struct in its own way: the tag does not show it.
    const renamed = field[4] === 'ephemeralContainerCommon' ? '' : names.get(`${message.name}.${field[4]}`);
    const kind = field[2]
      ? '%'
      : field[1] === 'repeated'
        ? '*'
        : renamed === ''
          ? '^'
          : scalars[type] && keepsZero.has(`${message.name}.${field[4]}`)
            ? '!'
            : ':';
    message.fields.push(`${renamed || field[4]} ${field[5]}${kind}${code}`);
  }
}

const wanted = new Set();
const queue = Array.from(roots);
while (queue.length > 0) {
  const name = queue.pop();
  if (wanted.has(name)) continue;
  const message = messages.get(name);
  if (!message) throw new Error(`no message ${name}`);
  wanted.add(name);
  queue.push(...message.uses);
}
const lines = [...wanted].sort().map((name) => `  '${name}':\n    '${messages.get(name).fields.join(';')}',`);
writeFileSync(
  new URL('messages.generated.ts', import.meta.url),
  `// Generated from k8s.io/api ${version} by generate-messages.mjs. Do not edit.
// Field: JSON name, protobuf number, kind (: one, ! one that JSON shows even when zero, * repeated, % map from string, ^ inlined in JSON), then the type:
// s string, b bool, i int32, l int64, d double, y bytes, or another message.
export const messageFields: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
);
