import type { ApprovalRequest, ApprovalState, GrantState, Intent } from '../../model/approval.ts';
import { authorInWords } from '../../model/caller.ts';
import { visible } from '../../model/visible-text.ts';
import { type Field, fieldLines, shortDuration, wrapped } from '../command/printable.ts';
import { extraInWords, identityInWords, requestInWords, selectorsInWords, sessionInWords } from './request-in-words.ts';

const BODY_INDENT = '    ';

/**
 * What waits, for people: each with everything that tells it from another one and that an approval rests on, one thing a
 * line. What it carries and asks for to the letter is in {@link requestDetails}.
 * @param columns of the terminal; null: no line is broken.
 */
export function requestLines(requests: readonly ApprovalRequest[], now: number, columns: number | null): string[] {
  return requests.flatMap((request, index) => {
    const { intent } = request;
    const { principal, rules, message, reason, cluster } = intent;
    const fields: Field[] = [
      ...asksFor(intent),
      ['cluster', cluster],
      ['asked by', `${principal.user}, ${sessionInWords(principal.session)}`],
      ['acts as', actsAs(intent)],
      ['rule', rules.join(', ')],
      ['because', message],
      ['reason given', reason ?? ''],
      ['client', intent.request.userAgent],
      ['waits', waitsInWords(request, now)],
    ];
    return [...(index === 0 ? [] : ['']), ...titled(request, fields, columns)];
  });
}

/**
 * One request whole, decided or not: nothing of it is shortened but a body that the gateway itself cut, which says so.
 * @param columns of the terminal; null: no line is broken.
 */
export function requestDetails(request: ApprovalRequest, now: number, columns: number | null): string[] {
  const { intent, review } = request;
  const { principal, effective, request: asks, rules, message, reason, cluster } = intent;
  const fields: Field[] = [
    ['id', request.id],
    ['state', stateInWords(request, now)],
    ['decided by', review === null ? '' : `${authorInWords(review)}, at ${review.at}`],
    ['they said', review?.comment ?? ''],
    ['ended', request.endReason ?? ''],
    ['cluster', cluster],
    ['verb', asks.verb === asks.policyVerb ? asks.verb : `${asks.policyVerb} (as the API server has it: ${asks.verb})`],
    ['namespace', asks.namespace],
    ['name', asks.name || (asks.newName ?? '')],
    ['key', asks.revealKey ?? ''],
    ...asksFor(intent),
    ['request', `${asks.method} ${asks.target}`],
    ['asked by', `${principal.user} ${inBrackets(principal.groups)}`],
    ['from', sessionInWords(principal.session)],
    ['acts as', actsAs(intent)],
    ['with uid', effective?.uid ?? ''],
    ['with extra', extraInWords(effective)],
    [rules.length === 1 ? 'rule' : 'rules', rules.join(', ')],
    ['because', message],
    ['reason given', reason ?? ''],
    ['approval', approvalInWords(intent)],
    ['client', asks.userAgent],
    ['command', asks.kubectlCommand ?? ''],
    ['asked at', request.createdAt],
    ['policy', intent.policyDigest],
  ];
  return [...titled(request, fields, columns), ...bodyLines(intent, columns)];
}

function titled({ code, intent }: ApprovalRequest, fields: readonly Field[], columns: number | null): string[] {
  const told = fields.filter(([, value]) => value.trim() !== '');
  return [...fieldLines([[code, requestInWords(intent.request)]], columns), ...fieldLines(told, columns, '  ')];
}

/** What the body and the selectors ask for: by this two requests of one kind differ. */
function asksFor({ request, outline = [] }: Intent): Field[] {
  return [...outline.map(({ name, says }): Field => [name, says]), ['selects', selectorsInWords(request)]];
}

function actsAs({ effective }: Intent): string {
  return effective === null ? '' : identityInWords(effective);
}

function waitsInWords({ createdAt, expiresAt, held }: ApprovalRequest, now: number): string {
  const since = shortDuration(now - Date.parse(createdAt));
  const left = shortDuration(Date.parse(expiresAt) - now);
  return `for ${since}, until ${left} from now; ${held ? 'its client is on the line' : 'no client is on the line'}`;
}

const STATES: Readonly<Record<Exclude<ApprovalState, 'PENDING'>, string>> = {
  APPROVED: 'approved',
  DENIED: 'denied',
  EXPIRED: 'expired before anybody decided',
  CANCELLED: 'cancelled',
  SUPERSEDED: 'ended by a change of the policy',
};

const GRANTS: Readonly<Record<GrantState, string>> = {
  ACTIVE: 'good once',
  CONSUMED: 'used',
  EXPIRED: 'not used in time',
  REVOKED: 'taken back unused',
};

function stateInWords(request: ApprovalRequest, now: number): string {
  const { state, grant } = request;
  if (state === 'PENDING') return `waits ${waitsInWords(request, now)}`;
  if (grant === null) return STATES[state];
  const until = grant.state === 'ACTIVE' ? `, until ${shortDuration(Date.parse(grant.expiresAt) - now)} from now` : '';
  return `${STATES[state]}, ${GRANTS[grant.state]}${until}`;
}

/** What a yes would be. */
function approvalInWords({ requirement }: Intent): string {
  const { level, grantTtl, reasonRequired } = requirement;
  const who = level === 'peer' ? 'by another person; ' : '';
  const why = reasonRequired ? '; the policy asks for a reason' : '';
  return `${who}good for this request alone, once, for ${shortDuration(grantTtl)}${why}`;
}

function inBrackets(names: readonly string[]): string {
  return names.length === 0 ? '' : `[${names.join(', ')}]`;
}

/** What a write carries is as much a part of it as its target. */
function bodyLines({ bodyPreview, bodyBytes }: Intent, columns: number | null): string[] {
  if (bodyPreview === null && bodyBytes === 0) return [];
  if (bodyPreview === null) {
    return ['', `  its body of ${bodyBytes} bytes is no JSON or YAML that can be read, so it cannot be shown`];
  }
  const lines = bodyPreview.split('\n').flatMap((line) => wrapped(visible(line), columns, BODY_INDENT));
  return ['', `  its body of ${bodyBytes} bytes, with what is secret masked:`, ...lines];
}
