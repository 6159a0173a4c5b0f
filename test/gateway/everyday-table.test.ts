import { describe, expect, it } from 'vitest';
import type { Asked } from './environment/agreeing-person.ts';
import type { StepTaken } from './everyday/day-with-a-chart.ts';
import { differences } from './everyday/what-charts-ask.ts';

const served = new Set([
  'deployments.apps',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
]);
const taken = (chart: string, step: StepTaken['step'], ...asked: Asked[]): StepTaken[] => [
  { chart, step, asked, requests: [], from: 0, to: 0 },
];
const asked = (rule: string, what: string, more: Partial<Asked> = {}): Asked => ({
  outcome: 'asked',
  rules: [`confirm/${rule}`, 'everyday/namespaced-writes'],
  verb: 'patch',
  what,
  says: 'think twice',
  ...more,
});
const role = asked('rights-and-admission', 'roles.rbac.authorization.k8s.io rabbitmq-endpoint-reader');
const binding = asked('rights-and-admission', 'rolebindings.rbac.authorization.k8s.io rabbitmq-endpoint-reader');

describe('the table of what charts ask', () => {
  it('is silent where everything listed asks, and nothing else', () => {
    expect(differences(taken('rabbitmq', 'install', role, binding), served)).toEqual([]);
    expect(differences(taken('web', 'upgrade, image'), served)).toEqual([]);
  });

  it('says which chart, step and rule asked what it does not list, and what was told', () => {
    const one = asked('acting-as-another', 'deployments.apps web');
    expect(differences(taken('web', 'upgrade, image', one), served)).toEqual([
      'chart web, upgrade, image: patch of deployments.apps web was asked by acting-as-another: says "think twice"; the table does not list it',
    ]);
  });

  it.each([
    ['another rule asks about a listed object', asked('acting-as-another', role.what)],
    [
      'a listed rule asks about an object whose name only begins like it',
      asked('rights-and-admission', `${role.what}-2`),
    ],
    [
      'something listed is denied',
      asked('rights-and-admission', role.what, { outcome: 'denied', rules: ['never/no'] }),
    ],
  ])('is not content when %s', (_name, one) => {
    expect(differences(taken('rabbitmq', 'install', role, binding, one), served)).toHaveLength(1);
  });

  it('says what it lists and nobody asked, where the cluster serves it', () => {
    const missing = differences(taken('rabbitmq', 'install', binding), served);
    expect(missing).toEqual([
      expect.stringMatching(/^chart rabbitmq, install: roles\.\S+ rabbitmq-\S+ was not asked about/),
    ]);
    expect(differences(taken('rabbitmq', 'install'), new Set())).toEqual([]);
  });

  it('does not mix up steps', () => {
    expect(differences(taken('rabbitmq', 'read', role), served)).toHaveLength(1);
    expect(
      differences(taken('operator', 'restart', asked('acting-as-another', 'deployments.apps operator')), served),
    ).toHaveLength(1);
  });
});
