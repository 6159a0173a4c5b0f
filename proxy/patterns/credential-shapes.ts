import { isCredentialName, isNoCredential } from './credential-name.ts';

/** A piece of a text that must not be seen; positions count characters. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How a credential gives itself away by its form. */
export type Shape = 'private-key' | 'jwt' | 'url-password' | 'api-key' | 'assignment';

export const SHAPES: readonly Shape[] = ['private-key', 'jwt', 'url-password', 'api-key', 'assignment'];

/**
 * Each is one pass over the text. The expressions have no two ways to read the same run of characters, and begin at the
 * edge of a run, so that no text makes them slow.
 */
const FIND: Readonly<Record<Shape, (text: string, ranges: Range[]) => void>> = {
  'private-key': privateKeys,
  jwt: (text, ranges) => {
    if (text.includes('eyJ')) all(JWT, text, ranges);
  },
  'url-password': urlPasswords,
  'api-key': (text, ranges) => {
    if (text.length >= SHORTEST_KEY) all(API_KEY, text, ranges);
  },
  assignment: assignments,
};

/** The ranges of a text that have one of the shapes; in order, not overlapping. */
export function findShapes(text: string, shapes: ReadonlySet<Shape>): Range[] {
  const ranges: Range[] = [];
  for (const shape of SHAPES) if (shapes.has(shape)) FIND[shape](text, ranges);
  return ranges.length < 2 ? ranges : merged(ranges);
}

/** In order, and those that touch or overlap as one. */
export function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && range.start < last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}

/** RFC 7519: three base64url parts, the first of which is a JSON object. */
const JWT = /(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)/g;

/** Tokens whose makers gave them a form of their own, so that they are found: GitHub, GitLab, Slack, Stripe, npm, AWS, Google. */
const API_KEY =
  /(?<![\w-])(gh[oprsu]_\w{30,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}|xox[abeoprs]-[\w-]{10,250}|[rs]k_live_\w{16,250}|npm_\w{36}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{35})(?![\w-])/g;

const SHORTEST_KEY = 20;

function all(pattern: RegExp, text: string, ranges: Range[]): void {
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? '';
    const start = match.index + match[0].length - value.length;
    if (value !== '') ranges.push({ start, end: start + value.length });
  }
}

/** PEM (RFC 7468) of any private key, from its first line to its last; to the end of the text where that is missing. */
function privateKeys(text: string, ranges: Range[]): void {
  for (let from = text.indexOf('-----BEGIN '); from !== -1; from = text.indexOf('-----BEGIN ', from)) {
    const label = text.indexOf('-----', from + 11);
    if (label === -1) return;
    if (!text.slice(from, label).endsWith('PRIVATE KEY')) {
      from = label;
      continue;
    }
    const last = text.indexOf('-----END ', label);
    const closing = last === -1 ? -1 : text.indexOf('-----', last + 9);
    const end = closing === -1 ? text.length : closing + 5;
    ranges.push({ start: from, end });
    from = end;
  }
}

const AUTHORITY_LIMIT = 2048;

/** The password of `scheme://user:password@host`, and of `user:password@tcp(host)`, as Go's MySQL driver writes it. */
function urlPasswords(text: string, ranges: Range[]): void {
  if (!text.includes('@')) return;
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    let end = start;
    let hasAt = -1;
    let colon = -1;
    let slash = -1;
    while (end < text.length && end - start < AUTHORITY_LIMIT) {
      const character = text.charCodeAt(end);
      // White space and quotes end a URL; brackets would too, but a password in one is often written as it is.
      if (character <= 0x20 || character === 0x22 || character === 0x27 || character === 0x60) break;
      if (character === 0x2f && slash === -1) {
        slash = end;
        // A slash in a password should have been escaped and often was not; behind a host and port it is a path.
        if (hasAt !== -1 || colon === -1 || /^\d{0,5}$/.test(text.slice(colon + 1, end))) break;
      }
      if (character === 0x40) hasAt = end;
      else if (character === 0x3a && colon === -1) colon = end;
      else if (character === 0x2c && hasAt !== -1) break;
      end += 1;
    }
    if (hasAt > colon && colon !== -1 && hasAt > colon + 1) pushReal(text, colon + 1, hasAt, ranges);
  }
  for (const match of text.matchAll(/(?<![^\s"'=])[\w.-]{1,128}:([^\s"'@]{1,512})@(?:tcp|tcp6|unix)\(/g)) {
    const start = match.index + match[0].indexOf(':') + 1;
    pushReal(text, start, start + (match[1] ?? '').length, ranges);
  }
}

function pushReal(text: string, start: number, end: number, ranges: Range[]): void {
  if (!isNoCredential('', text.slice(start, end))) ranges.push({ start, end });
}

const NAME = '(?<![\\w.-])-{0,2}([A-Za-z][\\w.-]{0,80})';
const VALUE = '("[^"]*"|\'[^\']*\'|[^\\s"\';&|,]+)';

/** `NAME=value`, `--flag=value`, `password=…;` of a connection string. */
const EQUALS = new RegExp(`${NAME}=${VALUE}`, 'g');
/** `--flag value`. */
const FLAG = new RegExp(`(?<![\\w.-])--?([A-Za-z][\\w.-]{0,80})[ \\t]+${VALUE}`, 'g');
/** `"name":"value"`, of JSON in a text. */
const JSON_MEMBER = /(?<!\\)"([A-Za-z][\w.-]{0,80})"[ \t]*:[ \t]*"((?:[^"\\]|\\.)+)/gs;
/** The same where the text was made a string once more: its quotes are escaped, and what it escaped is escaped twice. */
const QUOTED_MEMBER = /\\"([A-Za-z][\w.-]{0,80})\\"[ \t]*:[ \t]*\\"((?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))+)/gs;
/** `Authorization: Bearer …`, `X-Api-Key: …`. */
const HEADER = /(?<![\w-])([A-Za-z][\w-]{0,60}):[ \t]+((?:(?:[Bb]earer|[Bb]asic|[Tt]oken)[ \t]+)?[^\s"']+)/g;
/** `user:password` behind curl's `-u`. */
const USER_FLAG = /(?<!\S)(?:-u|--user)[ =]["']?[^\s:"']{1,128}:([^\s"']{1,512})/g;

/** What a text must have in it for a form to be looked for; most values have none of it. */
const FORMS: ReadonlyArray<readonly [pattern: RegExp, has: (text: string) => boolean]> = [
  [EQUALS, (text) => text.includes('=')],
  [FLAG, (text) => text.includes('-') && /[ \t]/.test(text)],
  [JSON_MEMBER, (text) => text.includes('"')],
  [QUOTED_MEMBER, (text) => text.includes('\\"')],
  [HEADER, (text) => text.includes(':')],
];

function assignments(text: string, ranges: Range[]): void {
  for (const [pattern, has] of FORMS) {
    if (!has(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const [whole, name = '', quoted = ''] = match;
      if (!isCredentialName(name)) continue;
      const bare = /^(?:"[^"]*"|'[^']*')$/.test(quoted) ? quoted.slice(1, -1) : quoted;
      if (bare.startsWith('-') && pattern === FLAG) continue;
      if (isNoCredential(name, bare)) continue;
      const start = match.index + whole.lastIndexOf(quoted) + (quoted.length - bare.length) / 2;
      ranges.push({ start, end: start + bare.length });
    }
  }
  if (text.includes('-u')) all(USER_FLAG, text, ranges);
}
