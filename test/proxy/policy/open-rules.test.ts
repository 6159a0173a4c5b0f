import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../model/decision.ts';
import type { GainedIdentity } from '../../../model/gained-identity.ts';
import { combineDecisions } from '../../../proxy/policy/combine-decisions.ts';
import { type CompiledRule, compilePolicies } from '../../../proxy/policy/compile-policy.ts';
import { DEFAULT_POLICY } from '../../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../../proxy/policy/document/parse-policy.ts';
import {
  type Answer,
  allOf,
  awaiting,
  type Dimension,
  opposite,
  yesOrNo,
} from '../../../proxy/policy/match/dimension.ts';
import { PolicyEngine } from '../../../proxy/policy/policy-engine.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { randomQuestions } from '../../bench/policy/random-policy.ts';
import { acting, document, question } from './policies.ts';

const APPROVAL = { level: 'ownerConfirm', requestTtl: 1, grantTtl: 1, hold: 1, reasonRequired: false } as const;
const EVALUATED = { evaluated: true } as const;

/** A dimension that says what it is told, whatever it is asked. */
function saying(said: Answer, given: Partial<Dimension> = {}): Dimension {
  return { name: said, wanted: '', got: () => '', answer: () => said, fixed: false, ...given };
}

/** A dimension that holds or not, which only looking tells. */
function waitsFor(holds: boolean, given: Partial<Dimension> = {}): Dimension {
  const test = { mayFind: () => true, holds: () => holds, mayTurn: () => true };
  return { ...saying('open'), ...awaiting('identities', test), ...given };
}

function rule(id: string, effect: CompiledRule['effect'], dimensions: readonly Dimension[]): CompiledRule {
  return {
    id,
    effect,
    message: null,
    mentioned: (about) => about,
    dimensions,
    varying: dimensions.filter(({ fixed }) => !fixed),
    waiting: dimensions.flatMap((dimension) =>
      dimension.awaits === undefined ? [] : [{ ...dimension, awaits: dimension.awaits }],
    ),
    permitsIdentity: false,
    permitsRequest: true,
    approval: effect === 'requireApproval' ? APPROVAL : null,
    masks: [],
    record: null,
    stream: null,
    silent: false,
  };
}

function decide(rules: readonly CompiledRule[], given: Partial<PolicyQuestion> = {}): Decision {
  return new PolicyEngine(rules, 'digest').decide(question(given));
}

describe('dimensions together', () => {
  const answers: readonly Answer[] = ['yes', 'no', 'open'];
  const cases = answers.flatMap((left) => answers.map((right): [Answer, Answer] => [left, right]));

  it.each(cases)('%s and %s: one no settles it, else one open leaves it open', (left, right) => {
    const expected = [left, right].includes('no') ? 'no' : [left, right].includes('open') ? 'open' : 'yes';
    for (const lenient of [true, false]) {
      expect(allOf([saying(left), saying(right)], question(), lenient)).toBe(expected);
    }
  });

  it('none at all say yes', () => {
    expect(allOf([], question(), false)).toBe('yes');
  });

  it.each<[Answer, Answer]>([
    ['yes', 'no'],
    ['no', 'yes'],
    ['open', 'open'],
  ])('not %s is %s', (answer, expected) => {
    expect(opposite(answer)).toBe(expected);
  });
});

describe('a dimension that waits for what only looking tells', () => {
  const finds = { mayFind: () => true, mayTurn: () => true } as const;
  it.each([true, false])('is open, and says %s once everything was looked at', (holds) => {
    const { answer, awaits } = awaiting('identities', { ...finds, holds: () => holds });
    expect([answer(question(), true), awaits(question())]).toEqual(['open', 'identities']);
    expect([answer(question(EVALUATED), true), awaits(question(EVALUATED))]).toEqual([yesOrNo(holds), null]);
  });

  it('is not open where there is nothing to find', () => {
    const { answer, awaits } = awaiting('identities', { ...finds, holds: () => false, mayFind: () => false });
    expect([answer(question(), true), awaits(question())]).toEqual(['no', null]);
  });

  it('is not open where nothing that is found could turn it, and still waits for what there is', () => {
    const { answer, awaits } = awaiting('identities', { ...finds, holds: () => true, mayTurn: () => false });
    expect([answer(question(), true), awaits(question())]).toEqual(['yes', 'identities']);
  });
});

describe('a rule that is open', () => {
  const allow = rule('allow', 'allow', [saying('yes')]);

  it.each<[string, readonly CompiledRule[], Decision['outcome'], Decision['outcome']]>([
    ['allow: does not allow before', [rule('r', 'allow', [waitsFor(true)])], 'deny', 'allow'],
    ['allow: and not after, where it does not hold', [rule('r', 'allow', [waitsFor(false)])], 'deny', 'deny'],
    ['deny: is not skipped', [allow, rule('r', 'deny', [waitsFor(true)])], 'allow', 'deny'],
    ['deny: lets pass after, where it does not hold', [allow, rule('r', 'deny', [waitsFor(false)])], 'allow', 'allow'],
    [
      'requireApproval: is not skipped',
      [allow, rule('r', 'requireApproval', [waitsFor(true)])],
      'allow',
      'requireApproval',
    ],
    [
      'requireApproval: does not permit before',
      [rule('r', 'requireApproval', [waitsFor(true)])],
      'deny',
      'requireApproval',
    ],
    ['none: permits nothing, before or after', [rule('r', 'none', [waitsFor(true)])], 'deny', 'deny'],
  ])('%s', (_name, rules, before, after) => {
    expect(decide(rules)).toMatchObject({ outcome: before, unresolved: true, awaits: ['identities'] });
    expect(decide(rules, EVALUATED)).toMatchObject({ outcome: after, unresolved: false, awaits: [] });
  });

  it('leaves nothing unresolved of what is denied whatever is found', () => {
    const rules = [rule('d', 'deny', [saying('yes')]), rule('r', 'deny', [waitsFor(true)])];
    expect(decide(rules)).toMatchObject({ outcome: 'deny', decidingRule: 'd', unresolved: false, awaits: [] });
  });

  it.each<CompiledRule['effect']>(['allow', 'deny', 'requireApproval', 'none'])(
    'is none of effect %s of which another dimension says no, wherever that stands',
    (effect) => {
      for (const dimensions of [
        [saying('no'), waitsFor(true)],
        [waitsFor(true), saying('no')],
      ]) {
        expect(decide([rule('r', effect, dimensions)])).toMatchObject({ unresolved: false, awaits: [] });
      }
    },
  );

  it('is not one that permits and only might be about the request', () => {
    const perhaps = saying('no', { answer: (_question, lenient) => yesOrNo(lenient) });
    expect(decide([rule('r', 'allow', [perhaps, waitsFor(true)])]).unresolved).toBe(false);
    expect(decide([rule('r', 'deny', [perhaps, waitsFor(true)])]).unresolved).toBe(true);
  });

  it('asks its masks for already', () => {
    const mask = { resource: 'secrets', fields: ['data.*'], annotations: [], keep: [] };
    expect(decide([allow, { ...rule('r', 'none', [waitsFor(true)]), masks: [mask] }]).masks).toEqual([mask]);
    expect(decide([allow, { ...rule('r', 'none', [saying('no')]), masks: [mask] }]).masks).toEqual([]);
  });

  it('is explained by the dimension that says no, or else by the one that is open', () => {
    const trace = (dimensions: readonly Dimension[]) => decide([rule('r', 'allow', dimensions)]).trace[0];
    expect(trace([waitsFor(true), saying('no')])).toMatchObject({ matched: false, dimension: 'no' });
    expect(trace([waitsFor(true), saying('yes')])).toMatchObject({ matched: false, dimension: 'open' });
    expect(trace([saying('yes')])).toEqual({ rule: 'r', effect: 'allow', matched: true });
  });

  it('counts against the request should it still be open after everything was looked at', () => {
    const broken = [saying('open')];
    expect(decide([rule('r', 'allow', broken)], EVALUATED).outcome).toBe('deny');
    expect(decide([allow, rule('r', 'deny', broken)], EVALUATED).outcome).toBe('deny');
    const asks = rule('r', 'requireApproval', broken);
    expect(decide([allow, asks], EVALUATED).outcome).toBe('requireApproval');
    expect(decide([asks], EVALUATED).outcome).toBe('deny');
  });
});

describe('a request that is two things at once', () => {
  const allowed = decide([rule('a', 'allow', [saying('yes')])]);
  const open = decide([rule('a', 'allow', [saying('yes')]), rule('r', 'deny', [waitsFor(true)])]);
  const notYet = decide([rule('r', 'allow', [waitsFor(true)])]);
  const denied = decide([rule('d', 'deny', [saying('yes')])]);
  it.each<[string, Decision, Decision, boolean]>([
    ['allowed, and open', allowed, open, true],
    ['allowed, and not allowed yet', allowed, notYet, true],
    ['open, and denied', open, denied, false],
    ['not allowed yet, and denied', notYet, denied, false],
    ['allowed twice', allowed, allowed, false],
  ])('%s', (_name, one, other, unresolved) => {
    for (const decision of [combineDecisions(one, other), combineDecisions(other, one)]) {
      expect(decision).toMatchObject({ unresolved, awaits: unresolved ? ['identities'] : [] });
    }
  });
});

const ROADS_TAKEN: ReadonlyArray<Partial<PolicyQuestion>> = [
  { verb: 'create', name: '' },
  { verb: 'patch', resource: 'deployments', apiGroup: 'apps' },
  { verb: 'create', resource: 'pods/exec' },
  { verb: 'update', resource: 'clusterroles', apiGroup: 'rbac.authorization.k8s.io', namespace: '' },
  { verb: 'get' },
];
const GAINED: GainedIdentity = { road: 'pod', user: 'ci', groups: [], anyone: false, strong: true, says: 'ci' };

/** Every kind of rule about acting as another, with conditions beside it. */
const ACTS_AS = ['{any: true}', '{any: true, strong: true, through: [pod]}', '{as: {users: [eve]}}']
  .flatMap((actsAs) =>
    ['', ', names: [db]', ', namespaces: [vault]', ', not: {verbs: [patch]}'].flatMap((beside) => [
      `effect: allow, match: {actsAs: ${actsAs}${beside}, resources: ["*", "*/*"]}`,
      `effect: deny, match: {actsAs: ${actsAs}${beside}}`,
      `effect: none, match: {actsAs: ${actsAs}${beside}}, obligations: {warnings: off}`,
    ]),
  )
  .map((rest, index) => `  - {id: r${index}, ${rest}}\n`)
  .join('');

describe('every dimension of real rules', () => {
  const texts = [...DEFAULT_POLICY.map(({ text }) => text), document(ACTS_AS)];
  const compiled = compilePolicies(texts.flatMap((text, index) => parsePolicyFile(`${index}.yaml`, text).policies));
  const asked = [...randomQuestions(100), ...ROADS_TAKEN.map((given) => question(given))].flatMap((one) =>
    [undefined, [], [GAINED], [{ ...GAINED, user: 'eve' }]].flatMap((gained) =>
      [null, acting('eve')].map((impersonation) => ({ ...one, impersonation, ...(gained ? { gained } : {}) })),
    ),
  );
  const dimensions = compiled.rules.flatMap((each) => each.dimensions);
  const answersTo = (one: PolicyQuestion) =>
    dimensions.flatMap(({ answer }) => [answer(one, true), answer(one, false)]);

  it('is never open of what was evaluated, and some are before', () => {
    expect(compiled.problems).toEqual([]);
    expect(new Set(asked.flatMap((one) => answersTo({ ...one, ...EVALUATED })))).toEqual(new Set(['yes', 'no']));
    expect(asked.flatMap(answersTo)).toContain('open');
  });

  it('is open only where something is awaited, and never fixed', () => {
    for (const one of asked) {
      for (const { answer, awaits, fixed } of dimensions) {
        if (![answer(one, true), answer(one, false)].includes('open')) continue;
        expect([fixed, awaits?.(one) ?? null]).toEqual([false, 'identities']);
      }
    }
  });

  it('that said yes or no while something was awaited keeps its word, whatever is found', () => {
    const found = [[], [GAINED], [{ ...GAINED, user: 'eve' }], [{ ...GAINED, anyone: true }, GAINED]];
    let kept = 0;
    for (const one of asked) {
      for (const { answer, awaits } of dimensions) {
        if ((awaits?.(one) ?? null) === null) continue;
        for (const lenient of [true, false]) {
          const before = answer(one, lenient);
          if (before === 'open') continue;
          const after = found.map((more) =>
            answer({ ...one, ...EVALUATED, gained: [...(one.gained ?? []), ...more] }, lenient),
          );
          expect(new Set(after)).toEqual(new Set([before]));
          kept += 1;
        }
      }
    }
    expect(kept).toBeGreaterThan(0);
  });
});
