import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { Random } from '../../proxy/masking/random.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = [
  ...['pods', 'pods/log', 'pods/exec', 'services', 'configmaps', 'secrets', 'events', 'endpoints', 'serviceaccounts'],
  ...['deployments.apps', 'deployments.apps/scale', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps'],
  ...['jobs.batch', 'cronjobs.batch', 'ingresses.networking.k8s.io', 'roles.rbac.authorization.k8s.io'],
  ...['rolebindings.rbac.authorization.k8s.io', 'leases.coordination.k8s.io'],
];
const GROUPS = Array.from({ length: 50 }, (_, index) => `team:${index}`);

/** A rule as a large organisation would have a thousand of. */
export interface PlainRule {
  readonly id: string;
  readonly effect: 'allow' | 'deny' | 'requireApproval';
  readonly groups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  /** A prefix followed by anything. */
  readonly namespace: string;
  readonly actsAs: string | null;
}

export function randomRules(count: number, seed = 1): PlainRule[] {
  const random = new Random(seed);
  const some = (all: readonly string[], most: number) => [
    ...new Set(Array.from({ length: 1 + random.below(most) }, () => random.pick(all))),
  ];
  return Array.from({ length: count }, (_, index) => ({
    id: `r${String(index).padStart(5, '0')}`,
    effect: random.pick(['allow', 'allow', 'allow', 'allow', 'allow', 'allow', 'requireApproval', 'deny'] as const),
    groups: some(GROUPS, 3),
    verbs: some(VERBS, 4),
    resources: withOneOfAnyVerb(some(RESOURCES, 3)),
    namespace: `team-${random.below(10)}`,
    actsAs: random.next() < 0.2 ? `robot-${random.below(5)}` : null,
  }));
}

/** A rule of subresources alone may name verbs that none of them has, and such a rule is refused. */
function withOneOfAnyVerb(resources: readonly string[]): readonly string[] {
  return resources.every((resource) => resource.includes('/')) ? [...resources, 'pods'] : resources;
}

/** The rules as policy documents. A document may hold a thousand. */
export function policyFiles(rules: readonly PlainRule[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (let at = 0; at < rules.length; at += 1000) {
    const lines = rules.slice(at, at + 1000).map((rule) => {
      const match = {
        subjects: { groups: rule.groups },
        verbs: rule.verbs,
        resources: rule.resources,
        namespaces: [`${rule.namespace}*`],
        ...(rule.actsAs === null ? {} : { impersonation: { as: { users: [rule.actsAs] } } }),
      };
      const approval = rule.effect === 'requireApproval' ? { approval: { level: 'ownerConfirm' } } : {};
      return `    - ${JSON.stringify({ id: rule.id, effect: rule.effect, match, ...approval })}`;
    });
    files[`p${at}.yaml`] =
      `apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: p${at}}\nspec:\n  rules:\n${lines.join('\n')}\n`;
  }
  return files;
}

export function randomQuestions(count: number, seed = 2): PolicyQuestion[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const [named = '', subresource] = random.pick(RESOURCES).split('/');
    const [resource = '', ...group] = named.split('.');
    const verb = random.pick(VERBS);
    return {
      principal: {
        user: `user-${random.below(500)}`,
        groups: [random.pick(GROUPS), random.pick(GROUPS)],
        session: { kind: 'outside', id: 's' },
      },
      cluster: { name: 'prod', labels: {} },
      verb,
      apiGroup: group.join('.'),
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      namespace: `team-${random.below(12)}-prod`,
      name: ['list', 'watch', 'create', 'deletecollection'].includes(verb) ? '' : `o${random.below(100)}`,
      nonResourcePath: '',
      impersonation:
        random.next() < 0.2 ? { user: `robot-${random.below(6)}`, uid: '', groups: [], extra: new Map() } : null,
    };
  });
}
