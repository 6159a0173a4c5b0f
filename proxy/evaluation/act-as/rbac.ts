import { at, listAt, textAt, textsAt } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** Verbs that hand on rights or identities whatever they are on: KEP-5284's among them, and `*`, which includes all. */
const VERB = /^(?:\*|impersonate(?::.*)?|impersonate-on:.*|escalate|bind|approve|sign|attest)$/;
/** Resources behind which another identity stands, by the verbs that reach it. */
const RESOURCES: ReadonlyArray<readonly [resource: RegExp, verbs: RegExp, says: string]> = [
  [/^\*$/, /^/, 'every resource'],
  [/^secrets$/, /^(?:get|list|watch)$/, 'reading secrets'],
  [
    /^(?:pods|podtemplates|deployments|daemonsets|statefulsets|replicasets|replicationcontrollers|jobs|cronjobs)$/,
    /^(?:create|update|patch)$/,
    'making pods',
  ],
  [/^serviceaccounts\/(?:token|\*)$/, /^create$/, 'service account tokens'],
  [/^pods\/(?:exec|attach|portforward|ephemeralcontainers|\*)$/, /^(?:create|get|update|patch)$/, 'getting into pods'],
  [/^(?:pods|services|nodes|\*)\/(?:proxy|\*)$/, /^/, 'the proxy of the API server'],
  [/^certificatesigningrequests\/(?:approval|\*)$/, /^(?:update|patch)$/, 'approving certificates'],
  [
    /^(?:mutating|validating)(?:webhookconfigurations|admissionpolic(?:ies|ybindings)(?:\/.*)?)$/,
    /^(?:create|update|patch)$/,
    'admission',
  ],
  [/^apiservices$/, /^(?:create|update|patch)$/, 'API services'],
  [/^(?:cluster)?role(?:binding)?s$/, /^(?:create|update|patch)$/, 'rights of others'],
];
/** Roles of the cluster itself that lead further: every one but those that only look, and what everybody has. */
const HARMLESS_ROLE = /^(?:view|system:(?:basic-user|discovery|public-info-viewer|.*:?view(?:er)?))$/;
const BUILT_IN_ROLE = /^(?:cluster-admin|admin|edit|view|system:.*)$/;
const WIDE_GROUP = /^system:(?:masters|authenticated|unauthenticated|serviceaccounts(?::.*)?|nodes)$/;

/** Rights that let their holder act as others, which a role or a binding would give and did not before. */
export function gainedByRights(change: Change): Gained[] {
  return change.resource.endsWith('bindings') ? gainedByBinding(change) : gainedByRole(change);
}

function gainedByRole({ before, after }: Change): Gained[] {
  const had = dangersIn(before);
  const dangers = [...dangersIn(after)].filter((danger) => !had.has(danger));
  if (dangers.length === 0) return [];
  return [
    anyone('rbac', `others, for whoever holds the role ${textAt(after, 'metadata', 'name')} (${dangers.join(', ')})`),
  ];
}

function dangersIn(role: unknown): Set<string> {
  const dangers = new Set<string>();
  for (const rule of listAt(role, 'rules')) {
    const verbs = textsAt(rule, 'verbs');
    const resources = textsAt(rule, 'resources');
    for (const verb of verbs) {
      if (VERB.test(verb)) dangers.add(verb === '*' ? `every verb on ${resources.join(', ') || 'paths'}` : verb);
      for (const [resource, reaching, says] of RESOURCES) {
        if ((verb === '*' || reaching.test(verb)) && resources.some((name) => resource.test(name))) dangers.add(says);
      }
    }
  }
  for (const label of Object.keys(at(role, 'metadata', 'labels') ?? {})) {
    if (label.startsWith('rbac.authorization.k8s.io/aggregate-to-')) dangers.add(`aggregated to ${label.slice(39)}`);
  }
  if (listAt(role, 'aggregationRule', 'clusterRoleSelectors').length > 0) dangers.add('rights of other roles');
  return dangers;
}

/** A binding gives its subjects what the role holds; which rights those are is said by the role's name. */
function gainedByBinding({ before, after, role: bound }: Change): Gained[] {
  const role = textAt(after, 'roleRef', 'name');
  const sameRole = role === textAt(before, 'roleRef', 'name');
  const had = new Set(sameRole ? subjectsOf(before) : []);
  const subjects = subjectsOf(after).filter((subject) => !had.has(subject));
  if (subjects.length === 0) return [];
  const wide = subjects.filter((subject) => subject.startsWith('group ') && WIDE_GROUP.test(subject.slice(6)));
  // A Role may be called as one of the cluster's own is, and hold anything.
  const known = textAt(after, 'roleRef', 'kind') === 'ClusterRole' && BUILT_IN_ROLE.test(role);
  const unread = !known && (bound === null || bound === undefined);
  const dangers = known ? [] : unread ? ['which could not be read'] : [...dangersIn(bound)];
  const leads = known ? !HARMLESS_ROLE.test(role) : dangers.length > 0;
  if (!leads && wide.length === 0) return [];
  const rights = dangers.length === 0 ? role : `${role} (${dangers.join(', ')})`;
  const says = `the role ${rights}, for ${subjects.join(', ')}`;
  // Whoever holds cluster-admin in the whole cluster is what system:masters is.
  return [
    {
      road: 'rbac',
      user: '',
      groups: known && role === 'cluster-admin' ? ['system:masters'] : [],
      anyone: unread || !leads,
      account: null,
      says,
    },
  ];
}

function subjectsOf(binding: unknown): string[] {
  return listAt(binding, 'subjects').map((subject) => {
    const namespace = textAt(subject, 'namespace');
    const name = textAt(subject, 'name');
    const kind = textAt(subject, 'kind');
    if (kind === 'ServiceAccount') return `service account ${namespace}:${name}`;
    return `${kind === 'Group' ? 'group' : 'user'} ${name}`;
  });
}
