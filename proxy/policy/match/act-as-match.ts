import { type GainedIdentity, ROADS, type Road } from '../../../model/gained-identity.ts';
import { compileGlobs } from '../../patterns/glob.ts';
import type { Impersonation } from '../../request/api-request.ts';
import { roadsToEvaluate } from '../act-as.ts';
import type { IdentityBlock } from '../document/policy-document.ts';
import type { PolicyQuestion } from '../policy-question.ts';
import type { FindingTest } from './dimension.ts';
import { compileImpersonation } from './impersonation-match.ts';

/** The `actsAs` dimension of a rule, sets resolved. */
export interface ActsAsBlock {
  readonly any: boolean;
  readonly as: IdentityBlock | null;
  /** Null: every road. */
  readonly through: readonly Road[] | null;
  readonly strong: boolean;
}

/** A rule that restricts: some identity could be meant. A rule that permits: there is one, and each is listed. */
export interface ActsAsTest extends FindingTest {
  /** The rule is about `Impersonate-*` too. */
  readonly namesImpersonation: boolean;
  /** The question without what is nobody in particular to this rule: what people are told in its name. */
  readonly mentioned: (question: PolicyQuestion) => PolicyQuestion;
}

/** Compiles the dimension; it covers `Impersonate-*` exactly as the `impersonation` dimension does. */
export function compileActsAs(block: ActsAsBlock): ActsAsTest {
  const through = new Set<Road>(block.through ?? ROADS);
  const impersonation = compileImpersonation({ any: block.any, as: block.as, uids: [] });
  const listed = listedIdentities(block);
  const headersOf = (question: PolicyQuestion): Impersonation | null =>
    through.has('impersonation') ? question.impersonation : null;
  const gainedIn = ({ gained = [] }: PolicyQuestion): readonly GainedIdentity[] =>
    gained.length === 0 ? gained : gained.filter(({ road, strong }) => through.has(road) && (strong || !block.strong));
  const isAnybody = (question: PolicyQuestion): boolean =>
    headersOf(question) !== null || gainedIn(question).some(isSomebody);
  const holds = (question: PolicyQuestion, lenient: boolean): boolean => {
    const headers = headersOf(question);
    if (lenient) return touches(headers, impersonation.touches) || gainedIn(question).some(listed.touches);
    if (!isAnybody(question)) return false;
    const gained = gainedIn(question).filter(isSomebody);
    return (headers === null || impersonation.covers(headers)) && gained.every(listed.covers);
  };
  return {
    mayFind: (question) => roadsToEvaluate(question).some((road) => through.has(road)),
    holds,
    // Identities are only added: one that is meant stays so, and so does one that is not listed.
    mayTurn: (question, lenient) => (lenient ? !holds(question, true) : holds(question, false) || !isAnybody(question)),
    namesImpersonation: through.has('impersonation'),
    mentioned: (question) => {
      const listedHere = new Set(gainedIn(question).filter(listed.touches));
      const gained = (question.gained ?? []).flatMap((identity) => {
        if (isSomebody(identity)) return identity;
        const { incidental: _, ...somebody } = identity;
        return listedHere.has(identity) ? somebody : [];
      });
      return { ...question, gained };
    },
  };
}

function touches(headers: Impersonation | null, test: (impersonation: Impersonation) => boolean): boolean {
  return headers !== null && test(headers);
}

function listedIdentities({ any, as }: ActsAsBlock) {
  const isUser = compileGlobs([
    ...(as?.users ?? []),
    ...(as?.serviceAccounts ?? []).map((account) => `system:serviceaccount:${account}`),
  ]);
  const isGroup = compileGlobs(as?.groups ?? []);
  return {
    touches: (identity: GainedIdentity): boolean =>
      (isSomebody(identity) && (any || identity.anyone)) || isUser(identity.user) || identity.groups.some(isGroup),
    // A service account's own groups come with it and need no listing; those of a certificate do.
    covers: ({ road, user, groups, anyone }: GainedIdentity): boolean =>
      any || (!anyone && isUser(user) && ((road !== 'csr' && isServiceAccount(user)) || groups.every(isGroup))),
  };
}

/** False for one that counts only for a rule that lists it. */
function isSomebody({ incidental }: GainedIdentity): boolean {
  return incidental !== true;
}

function isServiceAccount(user: string): boolean {
  return user.startsWith('system:serviceaccount:');
}

/** Everybody whom the request would act as, in one line; `(nobody)` without any. */
export function actsAsText({ impersonation, gained = [] }: PolicyQuestion, impersonated: string): string {
  const said = [
    ...(impersonation === null ? [] : [impersonated]),
    ...gained.filter(isSomebody).map(({ says }) => says),
  ];
  return said.length === 0 ? '(nobody)' : said.join('; ');
}
