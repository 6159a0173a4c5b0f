import type { Caller } from '../../model/caller.ts';
import type { DecidedRecord, OwnReadRecord } from '../../model/journal-record.ts';
import { visibleJson } from '../../model/visible-text.ts';
import { type Flags, usageError } from '../command/flags.ts';
import { ENTRY_TYPES, type EntryType, endOf, type JournalEntry, typeOf } from './journal-entry.ts';
import { SINCE_FLAG, type TimeRange, timeRange, UNTIL_FLAG } from './time-range.ts';

const OUTCOMES = ['allow', 'deny', 'requireApproval', 'refused'] as const;

/** What entries are looked for; each may be given several times, and then any of its values will do. */
export const FILTER_FLAGS = {
  person: {
    type: 'string',
    value: 'NAME',
    multiple: true,
    says: 'who asked, or decided about something, also through sudo (claimed): ada or local:ada',
  },
  user: { type: 'string', value: 'NAME', multiple: true, says: 'the same as --person' },
  as: { type: 'string', value: 'NAME', multiple: true, says: 'as whom the request ran (kubectl --as)' },
  outcome: { type: 'string', value: 'OUTCOME', multiple: true, says: OUTCOMES.join(', ') },
  code: {
    type: 'string',
    value: 'CODE',
    multiple: true,
    says: 'the code of a refusal (denied-by-policy), of a sign, or of an approval (7F3K)',
  },
  status: {
    type: 'string',
    value: 'STATUS',
    multiple: true,
    says: 'what the client was answered: 404, 5xx, gone (it went away first), or none (no end on record)',
  },
  cluster: { type: 'string', value: 'NAME', multiple: true, says: 'as the gateway calls it' },
  namespace: { type: 'string', value: 'NAME', multiple: true, says: 'the namespace' },
  resource: {
    type: 'string',
    value: 'RESOURCE',
    multiple: true,
    says: 'deployments, deployments.apps, pods/exec: without a group of any, without a subresource with all of them',
  },
  name: { type: 'string', value: 'NAME', multiple: true, says: "the object's name" },
  verb: { type: 'string', value: 'VERB', multiple: true, says: 'get, list, watch, create, patch, delete, exec …' },
  rule: { type: 'string', value: 'RULE', multiple: true, says: 'the rule that decided: default/reads' },
  session: { type: 'string', value: 'ID', multiple: true, says: 'the terminal or session of the client' },
  'audit-id': {
    type: 'string',
    value: 'ID',
    multiple: true,
    says: "the request's own, as the cluster's audit log has it",
  },
  type: { type: 'string', value: 'TYPE', multiple: true, says: ENTRY_TYPES.join(', ') },
  since: SINCE_FLAG,
  until: UNTIL_FLAG,
} as const satisfies Flags;

type Named = Exclude<keyof typeof FILTER_FLAGS, 'since' | 'until' | 'user'>;
export type FilterValues = { readonly [Name in keyof typeof FILTER_FLAGS]?: string | string[] | undefined };

/** What is looked for, read and checked. */
export interface EntryFilter {
  readonly range: TimeRange;
  readonly wanted: ReadonlyMap<Named, readonly string[]>;
  /** Texts of which the line of a record that matches has each; most lines are told from that alone. */
  readonly needles: readonly Buffer[];
}

/** @throws {CommandError} for a value that nothing can have. */
export function readFilter(command: string, values: FilterValues, now: number): EntryFilter {
  const wanted = new Map<Named, readonly string[]>();
  for (const [name, value] of Object.entries(values) as Array<[keyof typeof FILTER_FLAGS, string | string[]]>) {
    if (!Array.isArray(value) || value.length === 0) continue;
    const key: Named = name === 'user' ? 'person' : (name as Named);
    if (value.includes('')) throw usageError(command, `--${name} is empty: give it a value, or leave it out`);
    wanted.set(key, [...(wanted.get(key) ?? []), ...value.map((one) => checked(command, key, one))]);
  }
  const { since, until } = values;
  const range = timeRange(command, { since: single(since), until: single(until) }, now);
  return { range, wanted, needles: needlesOf(wanted) };
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function checked(command: string, name: Named, value: string): string {
  if (name === 'outcome') {
    const found = OUTCOMES.find((one) => one.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    throw usageError(command, `--outcome takes ${OUTCOMES.join(', ')}, not "${value}"`);
  }
  if (name === 'type') {
    const found = value === 'decided' || value === 'finished' ? 'request' : ENTRY_TYPES.find((one) => one === value);
    if (found !== undefined) return found;
    throw usageError(command, `--type takes ${ENTRY_TYPES.join(', ')}, not "${value}"`);
  }
  if (name === 'status' && !/^(?:[1-5]\d\d|[1-5]xx|gone|none)$/i.test(value)) {
    throw usageError(
      command,
      `--status takes a status such as 404, a class such as 5xx, gone, or none, not "${value}"`,
    );
  }
  return name === 'status' ? value.toLowerCase() : value;
}

/** Of what the line of a beginning has as it is, where one value is wanted: in the one way in which the gateway writes it. */
function needlesOf(wanted: EntryFilter['wanted']): Buffer[] {
  const inLine: readonly Named[] = [
    'person',
    'as',
    'cluster',
    'namespace',
    'name',
    'verb',
    'rule',
    'session',
    'outcome',
  ];
  return [...inLine, 'audit-id' as const].flatMap((name) => {
    const [value, ...more] = wanted.get(name) ?? [];
    if (value === undefined || more.length > 0) return [];
    // A person may be named without `local:`, and `*` is any text.
    if (name !== 'person' && !value.includes('*')) return [Buffer.from(visibleJson(JSON.stringify(value)))];
    // Who ran sudo stands there without `local:`.
    const searched = name === 'person' ? value.replace(/^local:/, '') : value;
    const longest = searched.split('*').reduce((one, other) => (other.length > one.length ? other : one));
    return [Buffer.from(visibleJson(JSON.stringify(longest)).slice(1, -1))];
  });
}

/** Whether an entry is one that is looked for. */
export function isWanted(entry: JournalEntry, { range, wanted }: EntryFilter): boolean {
  const time = Date.parse(entry.record.time);
  if (range.since !== null && !(time >= range.since)) return false;
  if (range.until !== null && !(time < range.until)) return false;
  for (const [name, values] of wanted) {
    const has = TEXTS[name](entry);
    if (!values.some((value) => has.some((text) => FITS[name]?.(text, value) ?? fits(text, value)))) return false;
  }
  return true;
}

/** False where everything is wanted. */
export function isFiltering({ range, wanted }: EntryFilter): boolean {
  return wanted.size > 0 || range.since !== null || range.until !== null;
}

/** Whether the filter asks for what the end of a request alone says. */
export function asksForEnd({ wanted }: EntryFilter): boolean {
  return wanted.has('status') || wanted.has('code');
}

const decidedOf = ({ record }: JournalEntry): DecidedRecord | null => (record.type === 'decided' ? record : null);
const readOf = ({ record }: JournalEntry): OwnReadRecord | null => (record.type === 'own-read' ? record : null);
const some = (...texts: ReadonlyArray<string | null | undefined>) =>
  texts.filter((text): text is string => text !== null && text !== undefined && text !== '');

/** Who ran sudo, as they said themselves: where several people decide as one user nothing else tells them apart. */
const claimedUser = (caller: Caller | undefined) =>
  caller?.claims.sudoUser === undefined ? null : `local:${caller.claims.sudoUser}`;

/** What an entry has of each thing that may be looked for. */
export const TEXTS: Readonly<Record<Named, (entry: JournalEntry) => readonly string[]>> = {
  person: (entry) => {
    const { record } = entry;
    if (record.type === 'approval') return some(record.by, claimedUser(record.caller));
    if (record.type === 'gateway') return some(record.author?.by, claimedUser(record.author?.caller));
    return some(decidedOf(entry)?.principal.user, decidedOf(entry)?.approval?.by);
  },
  as: (entry) => some(decidedOf(entry)?.effective?.user, readOf(entry)?.effective?.user),
  outcome: (entry) => some(decidedOf(entry)?.decision.outcome),
  code: (entry) => {
    if (entry.record.type === 'approval') return some(entry.record.code);
    const decided = decidedOf(entry);
    const signs = (decided?.signs ?? []).map(({ code }) => code);
    return some(decided?.decision.code, decided?.approval?.code, endOf(entry)?.code, ...signs);
  },
  status: (entry) => {
    const end = endOf(entry);
    if (end !== null) return [end.status === 0 ? 'gone' : String(end.status)];
    return typeOf(entry) === 'request' ? ['none'] : [];
  },
  cluster: (entry) => some(decidedOf(entry)?.cluster, readOf(entry)?.cluster),
  namespace: (entry) => some(decidedOf(entry)?.request.namespace, readOf(entry)?.namespace),
  resource: (entry) => {
    const request = decidedOf(entry)?.request;
    if (request === undefined || request.resource === '') return some(readOf(entry)?.resource);
    return [`${request.resource}.${request.apiGroup}/${request.subresource}`];
  },
  name: (entry) => {
    const request = decidedOf(entry)?.request;
    return some(request?.name, request?.newName, ...(readOf(entry)?.reads ?? []).map(({ name }) => name));
  },
  verb: (entry) => some(...new Set(some(decidedOf(entry)?.request.verb, decidedOf(entry)?.request.policyVerb))),
  rule: (entry) => some(decidedOf(entry)?.decision.rule),
  session: (entry) => some(decidedOf(entry)?.principal.session.id),
  'audit-id': ({ record }) => {
    const reads = record.type === 'own-read' ? record.reads.map(({ auditId }) => auditId) : [];
    return 'auditId' in record ? [record.auditId, ...reads] : reads;
  },
  type: (entry): readonly EntryType[] => [typeOf(entry)],
};

const FITS: Readonly<Partial<Record<Named, (text: string, value: string) => boolean>>> = {
  person: (text, value) => fits(text, value) || fits(text, `local:${value}`),
  status: (text, value) =>
    value.endsWith('xx') ? text.length === 3 && text.startsWith(value.slice(0, 1)) : text === value,
  resource: (text, value) => {
    const [kind = '', subresource = ''] = text.split('/');
    const [wantedKind = '', wantedSubresource] = value.split('/');
    if (wantedSubresource !== undefined && !fits(subresource, wantedSubresource)) return false;
    const full = kind.replace(/\.$/, '');
    return fits(full, wantedKind) || fits(full.split('.')[0] ?? '', wantedKind);
  },
};

/** Exactly the same, where `*` stands for any text. Walks along, so that no value makes it slow. */
export function fits(text: string, value: string): boolean {
  const [first = '', ...rest] = value.split('*');
  if (rest.length === 0) return text === value;
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
