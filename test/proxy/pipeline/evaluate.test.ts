import { expect, it } from 'vitest';
import type { Decision } from '../../../model/decision.ts';
import type { Asked, Evaluated } from '../../../proxy/evaluation/evaluate.ts';
import { evaluate } from '../../../proxy/pipeline/evaluate.ts';
import type { Passage } from '../../../proxy/pipeline/passage.ts';
import type { RestoredRequest } from '../../../proxy/pipeline/restore-masks.ts';
import { apiRequest } from '../masking/requests.ts';

const decisionOf = (policyDigest: string) => ({ outcome: 'allow', policyDigest, unresolved: false }) as Decision;

/** What the evaluator is given for a request that was decided under a policy, while another may be in force. */
async function given(decidedUnder: string, inForce: string): Promise<Decision | undefined> {
  const asked: Asked[] = [];
  const request = apiRequest({ verb: 'update' });
  const evaluator = {
    evaluate: async (one: Asked): Promise<Evaluated> => {
      asked.push(one);
      return {
        decision: one.decision,
        outgoing: { request, body: null },
        pinnedTo: null,
        digest: null,
        answered: null,
      };
    },
  };
  const policy = { state: () => ({ digest: inForce }), decide: () => decisionOf(inForce) };
  const passage = { parts: { evaluator, policy }, exchange: { signal: new AbortController().signal } };
  const whole = { request, question: {}, decision: decisionOf(decidedUnder), body: null, parsed: null };
  const restored = { whole, outgoing: { request, body: null } };
  await evaluate(passage as unknown as Passage, restored as unknown as RestoredRequest);
  return asked[0]?.decision;
}

it('a policy that changed while the body came decides what is looked at', async () => {
  expect(await given('old', 'new')).toMatchObject({ policyDigest: 'new' });
});

it('one that did not is not asked again', async () => {
  const same = await given('same', 'same');
  expect(same).toMatchObject({ policyDigest: 'same' });
});
