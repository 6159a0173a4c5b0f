/* Longer than 300 lines: one table of the forms in which files write settings, and how each is read. */

import { isCredentialName } from './credential-name.ts';
import type { Range } from './credential-shapes.ts';
import { isExpression, isNoSecret, isReference, looksMade } from './setting-value.ts';

/** What any name of a credential has in it: most lines have none of it, and most files neither. */
const HINT =
  /pass|pw|token|cred|dsn|sas|authoriz|auth(?=["']?[ \t]*[:=])|cookie|jwt|bearer|secret|(?:api|private|access|account|signing|encryption|master|auth|session|service|license|shared)[\W_]{0,2}key|conn(?:ection)?[\W_]{0,2}str|masterauth|identified/gi;

/** A longer line is no setting that a person wrote; what is in it is found by the forms that need no line. */
const LONGEST_LINE = 8192;

/** `key = value`, `key: value`, `key := value`, `export KEY=value`; a key in quotes or brackets too. */
const SETTING =
  /^([ \t]*)(#+|;+|\/\/+|--)?[ \t]*(?:- +)?(?:(?:export|set|ENV|ARG|const|let|var|local|readonly|final|public|private|static|declare -x|String|string)[ \t]+)*("[^"]{1,200}"|'[^']{1,200}'|[^\s:="'#;<>{}(),|&!*+]{1,200})[ \t]*(:=|=>|==|=|:(?!\/\/))[ \t]*(.*)$/;

/** `requirepass value`, `HTTP_Passwd value`, `password value`: two words and no more. */
const DIRECTIVE =
  /^([ \t]*)(#+|;+)?[ \t]*(?:(?:ENV|setenv|SetEnv|env)[ \t]+)?([A-Za-z][\w.-]{0,80})[ \t]+("[^"]*"|'[^']*'|[^\s"']+)[ \t]*;?[ \t]*$/;

/** A directive's name says more than a word of a sentence does. */
const SETS = /passw|passphrase|secret|token|api_?key|shared_?key|requirepass|masterauth/i;

/** What leads to a value and names it, and how the value goes on from there. */
interface NamedForm {
  readonly name: RegExp;
  readonly value: RegExp;
}

const WORD = /\\"[^"\\]*\\"|"[^"]*"|'[^']*'|[^\s"'`;&|,<>)]+/y;
const QUOTED = /"[^"]+"|'[^']+'/y;
const JSON_TEXT = /"(?:[^"\\]|\\.)+"/y;
const ELEMENT = /(?:<!\[CDATA\[[^\]]{1,4000}\]\]>|[^<>]{1,4000})(?=<\/)/y;
const ATTRIBUTE = /"[^"\n]+"|'[^'\n]+'/y;

/**
 * Anywhere in a line: what is assigned, quoted behind its name, or handed on as a flag, a header or a member of a map.
 */
const INLINE: readonly NamedForm[] = [
  { name: /(?<![\w.$%{-])[-_$]*([A-Za-z][\w.-]{0,80})=/g, value: WORD },
  { name: /(?<![\w.-])--?([A-Za-z][\w.-]{0,80})[ \t]+(?!-)/g, value: WORD },
  { name: /(?<![\w.-])\$?([A-Za-z][\w-]{0,80})[ \t]+(?=["'])/g, value: QUOTED },
  {
    name: /["'{,([][ \t]*([A-Za-z][\w.-]{0,80})(?:["']\]?)?[ \t]*(?:=>|[:=](?![=~]))[ \t]*/g,
    value: /"[^"]*"|'[^']*'|`[^`]*`|(?![{[])(?:(?:[Bb]earer|[Bb]asic|[Tt]oken)[ \t]+)?[^\s"',;})\]]+/y,
  },
  { name: /\bdefine\([ \t]*["'](\w{1,80})["'][ \t]*,[ \t]*/g, value: QUOTED },
];

/**
 * Over lines: members of JSON, also inside a string; elements and attributes of XML; `name` and `value` of an entry.
 */
const ANYWHERE: readonly NamedForm[] = [
  { name: /(?<!\\)"([A-Za-z_][\w.-]{0,80})"[ \t]*:\s*/g, value: JSON_TEXT },
  {
    name: /\\"([A-Za-z_][\w.-]{0,80})\\"[ \t]*:[ \t]*\\"/g,
    value: /(?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))+(?=\\")/y,
  },
  { name: /<([A-Za-z][\w.:-]{0,80})(?:[ \t][^<>]{0,400})?>/g, value: ELEMENT },
  { name: /\b(?:name|key)[ \t]*=[ \t]*"([^"\n]{1,200})"[^<>\n"]{0,200}>/g, value: ELEMENT },
  { name: /\b(?:name|key)[ \t]*=[ \t]*["']([^"'\n]{1,200})["']\s+value[ \t]*=[ \t]*/g, value: ATTRIBUTE },
  {
    name: /\bname["']?:[ \t]*["']?([\w.-]{1,200})["']?,?(?:[ \t]*\r?\n[ \t]*|[ \t]*)["']?value["']?:[ \t]*/g,
    value: /"[^"\n]*"|'[^'\n]*'|[^\s"'}][^\r\n}]*/y,
  },
];

const VALUE_FIRST = /\bvalue[ \t]*=[ \t]*"([^"\n]+)"\s+(?:name|key)[ \t]*=[ \t]*"([^"\n]{1,200})"/g;

/** Where nothing but the grammar says that it is one: SQL, `.netrc`, a flag of curl. */
const BY_GRAMMAR: readonly RegExp[] = [
  /\bIDENTIFIED(?:[ \t]+WITH[ \t]+\S{1,80})?[ \t]+BY[ \t]+(?:PASSWORD[ \t]+)?'([^'\n]+)'/gi,
  /\bPASSWORD[ \t]+'([^'\n]+)'/gi,
  /\blogin[ \t]+\S{1,200}[ \t]+password[ \t]+(\S+)/g,
  // curl's
  /(?<!\S)(?:-u|--user)[ =]["']?[^\s:"']{1,128}:([^\s"']{1,512})/g,
];

/** The password of a user in an access list of redis, `user name on >password`. */
const ACCESS_LIST = /^[ \t]*user[ \t]+\S{1,200}[ \t][^\n>]{0,400}>(\S+)/gm;

/** `auth` of a docker configuration, `_auth` of npm: base64 of a name and a password. */
const BASIC_AUTH = /(?<![\w-])_?auth["']?[ \t]*[:=][ \t]*["']?([A-Za-z0-9+/]{8,}={0,2})/g;

/** A private key that was made base64 as a whole, as a kubeconfig holds it: `-----BEGIN ` in base64. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}/g;

/**
 * The credentials in a text that is a configuration of whatever kind: properties, ini, YAML, JSON, TOML, XML, a script.
 * By the names of its settings and by their values, which are often none: a reference to a variable, a template, a
 * path, a word of a sentence.
 * @returns in no order; they may overlap.
 */
export function findInFile(text: string): Range[] {
  const ranges: Range[] = [];
  if (text.includes('LS0tLS1CRUdJTi')) encodedKeys(text, ranges);
  if (text.includes('>')) byGrammar(ACCESS_LIST, text, ranges);
  HINT.lastIndex = 0;
  if (!HINT.test(text)) return ranges;
  lines(text, ranges);
  for (const pattern of ANYWHERE) named(pattern, text, 0, ranges);
  for (const match of text.matchAll(VALUE_FIRST)) {
    const [whole, value = '', name = ''] = match;
    push({ name, value, start: match.index + whole.indexOf('"') + 1, isComment: false }, ranges);
  }
  for (const pattern of BY_GRAMMAR) byGrammar(pattern, text, ranges);
  for (const match of text.matchAll(BASIC_AUTH)) {
    const value = match[1] ?? '';
    const start = match.index + match[0].length - value.length;
    if (/^[^:\s\p{Cc}]{1,200}:[^\p{Cc}]+$/u.test(atob64(value))) ranges.push({ start, end: start + value.length });
  }
  return ranges;
}

function byGrammar(pattern: RegExp, text: string, ranges: Range[]): void {
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? '';
    push({ name: 'password', value, start: match.index + match[0].lastIndexOf(value), isComment: false }, ranges);
  }
}

function atob64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function encodedKeys(text: string, ranges: Range[]): void {
  for (const match of text.matchAll(ENCODED_PEM)) {
    if (!atob64(match[0].slice(0, 80)).includes('PRIVATE KEY')) continue;
    ranges.push({ start: match.index, end: match.index + match[0].length });
  }
}

function lines(text: string, ranges: Range[]): void {
  HINT.lastIndex = 0;
  for (let hint = HINT.exec(text); hint !== null; hint = HINT.exec(text)) {
    const start = text.lastIndexOf('\n', hint.index) + 1;
    const found = text.indexOf('\n', hint.index);
    const end = found === -1 ? text.length : found;
    HINT.lastIndex = end;
    // Several statements in one long line, as a minified script has, are no settings.
    if (end - start <= LONGEST_LINE) line(text, start, text[end - 1] === '\r' ? end - 1 : end, ranges);
  }
}

function line(text: string, start: number, end: number, ranges: Range[]): void {
  const source = text.slice(start, end);
  const setting = SETTING.exec(source);
  if (setting !== null) {
    const [, indent = '', comment, key = '', separator = '', rest = ''] = setting;
    const name = bareKey(key);
    const at = start + source.length - rest.length;
    if (separator !== '==' && isCredentialName(name)) {
      if (comment === undefined && separator === ':' && /^(?:[|>][-+0-9]*[ \t]*(?:#.*)?)?$/.test(rest)) {
        if (rest !== '' || /passw|token|api_?keys/i.test(name)) block(text, end, indent.length, rest === '', ranges);
      } else pushValue(name, rest + continued(text, end, rest), at, comment !== undefined, ranges);
      // What this line sets is said; whatever else is in its value is of that.
      if (rest !== '' && separator !== ':') return;
    }
  }
  const directive = DIRECTIVE.exec(source);
  if (directive !== null) {
    const [, , comment, name = '', value = ''] = directive;
    const at = start + source.lastIndexOf(value);
    if (SETS.test(name) && isCredentialName(name)) pushValue(name, value, at, comment !== undefined, ranges);
  }
  // .npmrc begins its lines with the address of a registry.
  if (/^[ \t]*(?:#|;|\/\/(?!\S+\/:))/.test(source)) return;
  for (const pattern of INLINE) named(pattern, source, start, ranges);
}

/** How many characters of the lines below a text in quotes may go on for. */
const LONGEST_QUOTED = 2048;

/** What of the lines below belongs to a value: up to its closing quote, or as long as lines end with a backslash. */
function continued(text: string, end: number, rest: string): string {
  const quote = /^(?:"""|'''|["'`])/.exec(rest)?.[0] ?? '';
  if (quote !== '') {
    if (closingQuote(rest, quote) !== -1) return '';
    const below = text.slice(end, end + LONGEST_QUOTED);
    const closing = closingQuote(`${quote}${below}`, quote);
    const value = below.slice(0, closing === -1 ? 0 : closing);
    // A quote that is none, such as an apostrophe, is closed by chance, in another paragraph.
    return quote.length === 1 && /\n\s*\n/.test(value) ? '' : value;
  }
  let until = end;
  while (text[until - 1] === '\\' && until < text.length && until - end < LONGEST_QUOTED) {
    const next = text.indexOf('\n', until + 1);
    until = next === -1 ? text.length : next;
  }
  return text.slice(end, until);
}

/** `$cfg['db']['password']`, `"password"`, `spring.datasource.password` by their last name. */
function bareKey(key: string): string {
  const bare = /^["']/.test(key) ? key.slice(1, -1) : key;
  return /\[["']?([^\]"']*)["']?\]$/.exec(bare)?.[1] ?? bare;
}

/** The lines behind `password: |`, or the items behind `passwords:`, which are indented further. */
function block(text: string, from: number, indent: number, itemsOnly: boolean, ranges: Range[]): void {
  let start = from + 1;
  let first = -1;
  let last = -1;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const source = text.slice(start, end);
    const width = source.length - source.trimStart().length;
    if (source.trim() !== '') {
      if (width < indent || (width === indent && !source.trimStart().startsWith('- '))) break;
      const item = /^\s*- +(.*)$/.exec(source)?.[1];
      if (itemsOnly && (item === undefined || /^[\w.-]+:(?: |$)/.test(item))) break;
      if (itemsOnly) pushValue('password', item ?? '', end - (item ?? '').length, false, ranges);
      else if (first === -1) first = start + width;
      last = end;
    }
    start = end + 1;
  }
  if (first !== -1 && !isReference(text.slice(first, last).trim())) ranges.push({ start: first, end: last });
}

function named({ name: pattern, value: how }: NamedForm, text: string, offset: number, ranges: Range[]): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    // What follows another name may be a name itself: `Environment=TOKEN=…`.
    const name = match[1] ?? '';
    if (!isCredentialName(name) || isMetricLabel(text, pattern.lastIndex)) continue;
    how.lastIndex = pattern.lastIndex;
    const value = how.exec(text)?.[0];
    if (value === undefined) continue;
    pushValue(name, value, offset + pattern.lastIndex, false, ranges);
    pattern.lastIndex += value.length;
  }
}

/** `kube_secret_info{secret="db"}` in PromQL, with which kube-state-metrics names Secrets. */
const METRIC_LABEL = /\bkube_\w{1,80}\{[^{}\n]{0,300}\bsecret[ \t]*[=!]~?=?[ \t]*$/;

function isMetricLabel(text: string, end: number): boolean {
  return METRIC_LABEL.test(text.slice(Math.max(0, end - 400), end));
}

/** A value as it stands behind its name, with the quotes, or what ends a statement. */
function pushValue(name: string, written: string, at: number, isComment: boolean, ranges: Range[]): void {
  const quote = /^(?:"""|'''|\\"|["'`])/.exec(written)?.[0] ?? '';
  if (quote !== '') {
    const closing = closingQuote(written, quote);
    const value = written.slice(quote.length, closing === -1 ? undefined : closing);
    push({ name, value, start: at + quote.length, isComment }, ranges);
    return;
  }
  const value = withoutEnd(written);
  // Names of a program's own: `self.password = password`, `exports.isToken = isToken`.
  const isOwn = /^\w+$/.test(value) && (/^(?:self|this)\./.test(name) || name.endsWith(`.${value}`));
  if (!isOwn && !isExpression(value)) push({ name, value, start: at, isComment }, ranges);
}

/** Without what ends a statement or a collection, unless that was begun in it. */
function withoutEnd(written: string): string {
  let value = written.replace(/[ \t]*[,;]?[ \t]*$/, '');
  for (const [opening, closing] of [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
  ] as const) {
    if (value.endsWith(closing) && !value.includes(opening)) value = value.slice(0, -1).trimEnd();
  }
  return value;
}

function closingQuote(written: string, quote: string): number {
  let at = quote.length;
  while (at < written.length) {
    if (written.startsWith(quote, at)) return at;
    if (written[at] === '\\') at += 2;
    else at += 1;
  }
  return -1;
}

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly isComment: boolean;
}

function push({ name, value, start, isComment }: Setting, ranges: Range[]): void {
  if (isNoSecret(name, value) || (isComment && !looksMade(value))) return;
  ranges.push({ start, end: start + value.length });
}

/** Endings of files that hold more than one value. */
const MORE_THAN_A_VALUE =
  /\.(?:ya?ml|json|toml|ini|conf|cfg|cnf|properties|xml|sh|bash|py|js|ts|lua|rb|pl|php|go|java|sql|tpl|tmpl|gotmpl|html?|css|md|env|hcl|tf|rules|repo|service|crt|cer)$/i;

/**
 * Whether a file (or variable) is one credential by its name: it is called like one and holds one value, or lines that
 * are one each (`tokens.csv`, `.pgpass`, `users.htpasswd`).
 */
export function isCredentialFile(name: string, text: string): boolean {
  if (MORE_THAN_A_VALUE.test(name) || !isCredentialName(name)) return false;
  const value = text.trimEnd();
  if (isNoSecret(name, value) || /^\s*[[{<]/.test(value)) return false;
  const quoted = /^(["'])(.*)\1$/s.exec(value)?.[2];
  if (quoted !== undefined && isNoSecret(name, quoted)) return false;
  if (!value.includes('\n')) return true;
  // A list of accounts without passwords is called passwd too.
  const rows = value.split('\n').filter((row) => row.trim() !== '');
  return rows.every((row) => !/\s/.test(row.trim())) && !rows.every((row) => /^[^:]+:[x*!]?:\d/.test(row));
}

/**
 * Whether a text that nobody can read certainly holds no credential: no name of one, no form, and nothing that writes
 * letters otherwise.
 */
export function holdsNoCredential(text: string): boolean {
  HINT.lastIndex = 0;
  return !HINT.test(text) && !/\\[xuU\r\n]|!|eyJ|:\/\/|-----BEGIN|LS0t|gh[oprsu]_|AKIA|ASIA/.test(text);
}
