import { serviceAccountGroups, serviceAccountUser } from '../../policy/act-as.ts';
import { listAt, textAt } from '../fields.ts';

/** A binding, as much of it as counts. */
export interface Binding {
  /** Empty for the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** The role's place below its API version: `clusterroles/view`, `namespaces/ci/roles/deployer`. */
  readonly role: string;
  /** `user eve`, `group ops`; service accounts by their user names. */
  readonly subjects: readonly string[];
}

/** A RoleBinding or ClusterRoleBinding as the API server lists it. */
export function readBinding(object: unknown): Binding {
  const namespace = textAt(object, 'metadata', 'namespace');
  return {
    namespace,
    name: textAt(object, 'metadata', 'name'),
    role: rolePath(object, namespace),
    subjects: listAt(object, 'subjects').map((subject) => subjectKey(subject, namespace)),
  };
}

/** Where the role of a binding is. */
export function rolePath(binding: unknown, namespace: string): string {
  const name = encodeURIComponent(textAt(binding, 'roleRef', 'name'));
  const isLocal = textAt(binding, 'roleRef', 'kind') === 'Role';
  return isLocal ? `namespaces/${encodeURIComponent(namespace)}/roles/${name}` : `clusterroles/${name}`;
}

/** As kubernetes `plugin/pkg/auth/authorizer/rbac` has it: an account without a namespace is of the binding's own. */
function subjectKey(subject: unknown, namespace: string): string {
  const name = textAt(subject, 'name');
  const kind = textAt(subject, 'kind');
  if (kind === 'ServiceAccount') {
    return `user ${serviceAccountUser(textAt(subject, 'namespace') || namespace, name)}`;
  }
  return `${kind === 'Group' ? 'group' : 'user'} ${name}`;
}

/** The bindings of a cluster, found by whom they are for. */
export class Bindings {
  readonly #bySubject = new Map<string, Binding[]>();

  constructor(bindings: readonly Binding[]) {
    for (const binding of bindings) {
      for (const subject of new Set(binding.subjects)) {
        const known = this.#bySubject.get(subject);
        if (known === undefined) this.#bySubject.set(subject, [binding]);
        else known.push(binding);
      }
    }
  }

  /** Those for a service account, by its groups too; for the whole cluster first, then by namespace and name. */
  of({ namespace, name }: { readonly namespace: string; readonly name: string }): Binding[] {
    const subjects = [
      `user ${serviceAccountUser(namespace, name)}`,
      ...accountGroups(namespace).map((group) => `group ${group}`),
    ];
    const found = new Set(subjects.flatMap((subject) => this.#bySubject.get(subject) ?? []));
    return [...found].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  }
}

/** Every group that a service account is in at the API server. */
export function accountGroups(namespace: string): string[] {
  return [...serviceAccountGroups(namespace), 'system:authenticated'];
}

function placeOf({ namespace, name }: Binding): string {
  return `${namespace}/${name}`;
}
