import { describe, expect, it } from 'vitest';
import { asker, judgeOf } from './judges.ts';

describe('a question about a request that nobody makes', () => {
  const PODS = '  - {id: pods, effect: allow, match: {resources: [pods]}}\n';
  const creating = { verb: 'create', group: '', resource: 'pods', namespace: 'shop', name: '' };

  it.each([
    ['permits who asks, whoever else a pod would act as', 'users: [eve]', 'allow'],
    ['permits somebody else', 'users: [mallory]', 'deny'],
  ])('is answered by what is known, where a rule about acting as another %s', (_name, as, outcome) => {
    const judge = judgeOf(`${PODS}  - {id: as, effect: allow, match: {actsAs: {as: {${as}}}}}\n`, asker('eve'));
    expect(judge.resource(creating)).toMatchObject({ outcome, unresolved: false });
  });
});
