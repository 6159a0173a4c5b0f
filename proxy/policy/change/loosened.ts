import { milliseconds } from '../document/duration.ts';
import type { PolicyRule } from '../document/policy-document.ts';
import { covers } from './match-cover.ts';
import { isAsStrict, limitsCover, masksCover, recordCovers } from './obligations-cover.ts';
import type { ResolvedMatch, ResolvedRule } from './resolved-rule.ts';

type Rule = ResolvedRule['rule'];

/** In what a rule got looser, or may have. */
export type Aspect =
  | 'permits'
  | 'denies'
  | 'asks'
  | 'approval'
  | 'message'
  | 'masks'
  | 'records'
  | 'input'
  | 'streams'
  | 'grants'
  | 'warnings';

/** How much a rule stands against a request that it matches. */
const RESTRICTION: Readonly<Record<PolicyRule['effect'], 0 | 1 | 2>> = {
  allow: 0,
  none: 0,
  requireApproval: 1,
  deny: 2,
};
const PERMITS: ReadonlySet<PolicyRule['effect']> = new Set(['allow', 'requireApproval']);

/**
 * In what one rule makes the policy looser than it was, by its text; null for a rule that is not there. The engine
 * (`policy-engine.ts`) combines rules without an order, each adding what it permits, denies, asks, masks, records and
 * limits: so a policy gets no looser where none of its rules does.
 *
 * @param shortestGrant milliseconds; the shortest `grantTTL` of the policy before. A stream that a person confirmed ends
 * with the grant, unless a `maxDuration` says otherwise: one that is longer would be a loosening.
 */
export function loosened(before: Rule | null, after: Rule | null, shortestGrant: number): ReadonlySet<Aspect> {
  const found = new Set<Aspect>();
  const sense = [before, after].some((rule) => rule !== null && PERMITS.has(rule.effect)) ? 'in-both' : 'restricting';
  const matchesMore = after !== null && (before === null || !covers(before.match, after.match, sense));
  const matchesLess = before !== null && (after === null || !covers(after.match, before.match, sense));
  const otherEffect = before?.effect !== after?.effect;

  const [permitted, permits] = [permittedBy(before), permittedBy(after)];
  if ([...permits].some((what) => matchesMore || !permitted.has(what))) found.add('permits');
  if (before !== null && RESTRICTION[before.effect] > 0) {
    const less = matchesLess || after === null || RESTRICTION[after.effect] < RESTRICTION[before.effect];
    if (less) found.add(before.effect === 'deny' ? 'denies' : 'asks');
  }
  if (after?.effect === 'requireApproval') {
    if (
      before?.approval !== undefined &&
      after.approval !== undefined &&
      !isAsStrict(after.approval, before.approval)
    ) {
      found.add('approval');
    }
    // It is what a person reads before a yes.
    const wasTold = before?.effect === 'requireApproval' ? before.message : undefined;
    if (after.message !== wasTold) found.add('message');
  }

  const [had, has] = [before?.obligations ?? {}, after?.obligations ?? {}];
  // What an allow rule obliges to, it does only where the request is certainly meant.
  const less = matchesLess || (after?.effect === 'allow' && otherEffect);
  if (had.mask !== undefined && had.mask.length > 0 && (less || !masksCover(has.mask ?? [], had.mask))) {
    found.add('masks');
  }
  if (had.record !== undefined && (less || !recordCovers(has.record, had.record))) found.add('records');
  if (had.stream !== undefined && (less || !limitsCover(has.stream, had.stream))) found.add('streams');
  const elsewhere = matchesMore || matchesLess || otherEffect;
  const [typed, types] = [had.record?.input === 'on', has.record?.input === 'on'];
  if (typed !== types || (types && elsewhere)) found.add('input');
  if (has.warnings === 'off' && (had.warnings !== 'off' || matchesMore || otherEffect)) found.add('warnings');
  const longest = has.stream?.maxDuration;
  if (longest !== undefined && longest > shortestGrant) {
    const isNew = had.stream?.maxDuration === undefined || longest > had.stream.maxDuration;
    if (isNew || matchesMore || otherEffect) found.add('grants');
  }
  return found;
}

/** Milliseconds; infinite where no rule asks. */
export function shortestGrantOf(rules: readonly ResolvedRule[]): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...rules.flatMap(({ rule }) => (rule.approval === undefined ? [] : [milliseconds(rule.approval.grantTTL)])),
  );
}

/** What a rule permits where it matches, as `compile-policy.ts` has it: the request, or acting as another by `Impersonate-*`. */
function permittedBy(rule: Rule | null): ReadonlySet<'request' | 'identity'> {
  if (rule === null || !PERMITS.has(rule.effect)) return new Set();
  const { resources, nonResourceURLs, impersonation, actsAs } = rule.match;
  const target = (resources ?? nonResourceURLs) !== undefined;
  const somebody = impersonation !== undefined || actsAs !== undefined;
  return new Set([
    ...(target || !somebody ? (['request'] as const) : []),
    ...(impersonation !== undefined || namesImpersonation(actsAs) ? (['identity'] as const) : []),
  ]);
}

function namesImpersonation(actsAs: ResolvedMatch['actsAs']): boolean {
  return actsAs !== undefined && (actsAs.through ?? ['impersonation']).includes('impersonation');
}
