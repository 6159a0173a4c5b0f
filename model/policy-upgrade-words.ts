import type { BuiltInPart, PartState, PolicyValue } from './policy-upgrade.ts';
import { type Difference, differences, type Reach, ruleReach, valueText } from './rule-differences.ts';

/** What a person is told of one part of the built-in policy beside the folder's. */
export interface PartWords {
  /** For lists of plain text: `+` new, `~` older in the folder, `-` not there, `=` a person's, `*` no longer built in. */
  readonly sign: string;
  /** What it does. */
  readonly about: string;
  /** How it stands in the folder, and what becomes of it. */
  readonly state: string;
  /** In what the two differ, line by line. */
  readonly differences: readonly string[];
  /** What taking it over lets through or stops; empty where it changes nothing. */
  readonly reach: string;
}

const SIGNS: Readonly<Record<PartState, string>> = {
  new: '+',
  old: '~',
  absent: '-',
  changed: '=',
  moved: '=',
  same: ' ',
  dropped: '*',
};

const REACH: Readonly<Record<Reach, string>> = {
  opens: 'loosens',
  closes: 'tightens',
  either: 'can loosen or tighten',
  same: '',
};

/** One part, in words. Every text of it is a person's own or built in: print it as text. */
export function partInWords(part: BuiltInPart): PartWords {
  const { state, inFolder, builtIn } = part;
  const differ = state === 'old' || state === 'changed';
  return {
    sign: SIGNS[state],
    about: aboutPart(part),
    state: stateInWords(part),
    differences: differ ? differences(inFolder, builtIn).map(differenceInWords) : [],
    reach: part.available ? reachInWords(part) : '',
  };
}

/** What is to be taken over, as one sentence; null where nothing is. */
export function offerInWords(parts: readonly BuiltInPart[]): string | null {
  const offered = parts.filter((part) => part.offered);
  const lacks = count(offered.filter(({ state }) => state === 'new'));
  const older = count(offered.filter(({ state }) => state === 'old'));
  const says = [
    lacks && `has ${lacks} that your folder lacks`,
    older && `says ${older} in another way than your folder`,
  ];
  const said = says.filter(Boolean).join(', and ');
  return said === '' ? null : `The built-in policy of this version ${said}`;
}

/** `2 rules`, `1 set`, `1 rule and 1 set`; empty for none. */
export function count(parts: ReadonlyArray<Pick<BuiltInPart, 'kind'>>): string {
  return (['rule', 'set'] as const)
    .map((kind) => ({ kind, number: parts.filter((part) => part.kind === kind).length }))
    .filter(({ number }) => number > 0)
    .map(({ kind, number }) => `${number} ${kind}${number === 1 ? '' : 's'}`)
    .join(' and ');
}

function aboutPart({ kind, builtIn, inFolder }: BuiltInPart): string {
  const value = builtIn ?? inFolder;
  if (kind === 'set') return `stands for ${listText(value)}`;
  if (kind === 'head') return 'name, owners and defaults of the document';
  return ruleInWords(value);
}

const EFFECTS: Readonly<Record<string, string>> = {
  allow: 'allows',
  deny: 'denies',
  requireApproval: 'asks a person',
};

type Block = Readonly<Record<string, PolicyValue | undefined>>;

/** What a rule does: its effect, and what it says to whom it meets or else what it matches. */
export function ruleInWords(rule: PolicyValue): string {
  const { effect, message, match, obligations } = rule as Block;
  const does = [EFFECTS[String(effect)], ...obligationsInWords((obligations ?? {}) as Block)].filter(Boolean);
  const meets = typeof message === 'string' ? `"${message.replace(/\{\{[^}]*\}\}/g, '…')}"` : matchInWords(match ?? {});
  return `${does.join(', ')}: ${meets}`;
}

function obligationsInWords({ mask, record, stream, warnings }: Block): string[] {
  const masked = ((mask ?? []) as readonly Block[]).map(
    ({ fields, annotations, patterns }) =>
      `masks ${[fields, annotations, patterns]
        .flatMap((one) => (one === undefined ? [] : listText(one)))
        .join(', ')
        .replace('builtin:credentials', 'what looks like a credential')}`,
  );
  return [
    ...masked,
    ...(record === undefined ? [] : [`records ${listText(record)}`]),
    ...(stream === undefined ? [] : [`bounds streams to ${listText(stream)}`]),
    ...(warnings === undefined ? [] : ['takes the warnings of Gatehouse away']),
  ];
}

function listText(value: PolicyValue): string {
  return valueText(value).replace(/^[[{]|[\]}]$/g, '');
}

function matchInWords(match: PolicyValue): string {
  const said = Object.entries(match as Readonly<Record<string, PolicyValue>>).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? listText(value) : valueText(value)}`,
  );
  return said.length === 0 ? 'everything' : said.join('; ');
}

function stateInWords({ state, file, kind, usedBy }: BuiltInPart): string {
  switch (state) {
    case 'new':
      return 'new since the version that your folder is from';
    case 'old':
      return usedBy.length === 0
        ? 'your folder has it as an earlier version did'
        : `your folder has it as an earlier version did, and ${usedBy.join(', ')}, which is yours, refers to it`;
    case 'absent':
      return 'not in your folder: taken out, or never taken over';
    case 'changed':
      return kind === 'head'
        ? 'yours, and left alone'
        : 'you changed it, so it is left alone; the built-in one differs';
    case 'moved':
      return `you moved it to another document, in ${file}, so it is left alone`;
    case 'dropped':
      return 'built in no longer, and left alone: take it out yourself if you do not need it';
    case 'same':
      return 'as in this version';
  }
}

/** `verbs: also patch; without get`, `effect: deny, was allow`, `namespaces: shop, where it said nothing`. */
export function differenceInWords({ path, added, removed, only, list }: Difference): string {
  const name = path.replace(/^match\./, '') || 'entries';
  if (only === 'after') return `${name}: ${added.join(', ')}, where it said nothing`;
  if (only === 'before') return `${name}: nothing, where it said ${removed.join(', ')}`;
  if (!list) return `${name}: ${added.join(', ')}, was ${removed.join(', ')}`;
  const says = [added.length > 0 && `also ${added.join(', ')}`, removed.length > 0 && `without ${removed.join(', ')}`];
  return `${name}: ${says.filter(Boolean).join('; ')}`;
}

function reachInWords({ kind, inFolder, builtIn }: BuiltInPart): string {
  if (kind === 'set') return inFolder === null ? '' : 'changes each rule that refers to it';
  const effect = (builtIn as { readonly [key: string]: PolicyValue } | null)?.['effect'];
  if (effect === 'requireApproval' && inFolder === null) {
    return 'asks where it was allowed, and lets a person allow what was denied';
  }
  return REACH[ruleReach(inFolder, builtIn)];
}
