import type { RuleChange } from '../../../model/policy-change.ts';
import type { PolicyValue } from '../../../model/policy-upgrade.ts';
import { differenceInWords, ruleInWords } from '../../../model/policy-upgrade-words.ts';
import { differences } from '../../../model/rule-differences.ts';
import { visible } from '../../../model/visible-text.ts';
import { type Aspect, loosened, shortestGrantOf } from './loosened.ts';
import type { ResolvedRule } from './resolved-rule.ts';

/** What of an aspect opens when it gets looser, and closes when it gets looser the other way round. */
const WORDS: Readonly<Record<Aspect, { readonly opens: string; readonly closes: string | null }>> = {
  permits: { opens: 'allows more', closes: 'allows less' },
  denies: { opens: 'denies less', closes: 'denies more' },
  asks: { opens: 'asks a person for less', closes: 'asks a person for more' },
  approval: { opens: 'makes an approval easier', closes: 'makes an approval stricter' },
  // Other words to whoever decides are neither more nor less.
  message: { opens: 'tells the person who is asked something else', closes: null },
  masks: { opens: 'masks less', closes: 'masks more' },
  records: { opens: 'records less', closes: 'records more' },
  input: { opens: 'changes whether what is typed is recorded', closes: null },
  streams: { opens: 'limits streams less', closes: 'limits streams more' },
  grants: { opens: 'lets a stream that was confirmed outlast its grant', closes: null },
  warnings: { opens: 'takes the warnings of Gatehouse away', closes: 'gives the warnings of Gatehouse back' },
};

/**
 * In which rules two policies differ, and what each opens and closes, in words. Rules are matched by their id, wherever
 * they stand. What does not open by its text, rule by rule, cannot be decided more loosely than before by the engine;
 * what cannot be told opens.
 */
export function comparePolicies(before: readonly ResolvedRule[], after: readonly ResolvedRule[]): RuleChange[] {
  const [old, present] = [byId(before), byId(after)];
  const grants = { before: shortestGrantOf(before), after: shortestGrantOf(after) };
  const ids = [...new Set([...old.keys(), ...present.keys()])].sort();
  const changes = ids.flatMap((id) => changeOf(id, old.get(id) ?? null, present.get(id) ?? null, grants));
  return changes.toSorted((left, right) => Number(right.opens.length > 0) - Number(left.opens.length > 0));
}

function changeOf(
  id: string,
  before: ResolvedRule | null,
  after: ResolvedRule | null,
  grants: { readonly before: number; readonly after: number },
): RuleChange[] {
  const [old, present] = [before?.rule ?? null, after?.rule ?? null];
  const [was, is] = [asText(old), asText(present)];
  const differ = differences(was, is);
  const opens = [...loosened(old, present, grants.before)].map((aspect) => opening(aspect, present));
  const closes = [...loosened(present, old, grants.after)].flatMap((aspect) => WORDS[aspect].closes ?? []);
  // Two texts that read alike may say different things, so it is not they that tell whether something changed.
  if (differ.length === 0 && opens.length === 0 && closes.length === 0) return [];
  return [
    {
      id,
      file: visible((after ?? before)?.file ?? ''),
      kind: before === null ? 'added' : after === null ? 'removed' : 'changed',
      about: aboutRule(present ?? old),
      opens,
      closes,
      differences: before === null || after === null ? [] : differ.map((one) => visible(differenceInWords(one))),
    },
  ];
}

function opening(aspect: Aspect, after: ResolvedRule['rule'] | null): string {
  if (aspect === 'permits' && after?.effect === 'requireApproval') return 'lets a person allow what was denied';
  return WORDS[aspect].opens;
}

/** What it does by its match. Its message is what somebody wrote to be read, and could say anything of the rule. */
function aboutRule(rule: ResolvedRule['rule'] | null): string {
  if (rule === null) return '';
  const { message, ...does } = rule;
  const says = message === undefined ? '' : `; its message: "${message}"`;
  return visible(`${ruleInWords(asText(does))}${says}`);
}

function byId(rules: readonly ResolvedRule[]): ReadonlyMap<string, ResolvedRule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

/** A rule as its text would say it, without the keys that it does not have. */
function asText(rule: Omit<ResolvedRule['rule'], 'message'> | null): PolicyValue {
  return JSON.parse(JSON.stringify(rule)) as PolicyValue;
}
