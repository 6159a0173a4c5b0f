import type { JsonValue } from '../../request/json-value.ts';
import { cloudRolesOf } from './placement.ts';
import { said } from './said-object.ts';
import { type FindSigns, nameWords, sign } from './written.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const ENFORCE_VERSION = `${ENFORCE}-version`;
const ROLE_OF_ACCOUNT =
  /^(?:eks\.amazonaws\.com\/role-arn|iam\.gke\.io\/gcp-service-account|azure\.workload\.identity\/(?:client-id|tenant-id|use)|pod-identity\.alibabacloud\.com\/role-name|cloud\.ibm\.com\/.*profile.*)$/;
const ROLES_OF_NAMESPACE = /^iam\.amazonaws\.com\/(?:allowed-roles|permitted)$/;

/** What pods of a namespace must keep to, where that becomes less than `restricted`. */
export const namespaceSigns: FindSigns = ({ verb, object }) => [
  ...podSecurity(verb, object).map((how) => sign('namespace-pod-security', `pod security of the namespace: ${how}`)),
  ...cloudRolesOf(object, ROLES_OF_NAMESPACE, 'pods of the namespace'),
];

/** Identities of a cloud that a service account is given. */
export const serviceAccountSigns: FindSigns = ({ object }) =>
  cloudRolesOf(object, ROLE_OF_ACCOUNT, 'whatever runs as this service account');

/** Objects that are nothing but such an identity. */
export const cloudRoleSigns: FindSigns = () => [sign('cloud-role', 'pods may act as an identity of the cloud')];

function podSecurity(verb: string, object: JsonValue): string[] {
  const labels = said(object, 'metadata', 'labels');
  if (labels === null) return ['all labels removed'];
  const level = said(labels, ENFORCE);
  const version = said(labels, ENFORCE_VERSION);
  // Without the label a namespace has the cluster's own level, so a new one is loosened by `privileged` alone.
  if (verb === 'create') return level === 'privileged' ? ['enforces privileged'] : [];
  if (verb === 'update' && level === undefined) return ['enforces nothing of its own'];
  return [
    ...(level === null ? ['no longer enforced'] : []),
    ...(typeof level === 'string' && level !== 'restricted' ? [`enforces ${nameWords(level)}`] : []),
    ...(version === undefined || version === 'latest' ? [] : [`enforces as ${nameWords(version)} had it`]),
  ];
}
