import { isCredentialName, isNoCredential } from './credential-name.ts';
import { findShapes, merged, type Range, SHAPES, type Shape } from './credential-shapes.ts';
import { compileGlobs, type TextTest } from './glob.ts';

/** How a policy says what looks like a credential: `patterns` of a mask obligation. */
export interface ValuePatterns {
  readonly shapes: ReadonlySet<Shape>;
  /** By the name of what holds the value. */
  readonly names: boolean;
  /** Values of Secrets that this gateway has seen. */
  readonly seen: boolean;
  /** Whole values, with `*` for any run of characters. */
  readonly globs: TextTest | null;
}

const BUILT_IN: ReadonlySet<string> = new Set([
  'builtin:credentials',
  'builtin:credential-name',
  'builtin:seen-value',
  ...SHAPES.filter((shape) => shape !== 'assignment').map((shape) => `builtin:${shape}`),
]);

/** What may be written as a pattern, for the message that refuses another. */
export const PATTERN_FORMS = `${[...BUILT_IN].sort().join(', ')}, or glob: with a text in which * stands for any run of characters`;

export function isPattern(text: string): boolean {
  return BUILT_IN.has(text) || (text.startsWith('glob:') && text.length > 5);
}

/** @param patterns each of which {@link isPattern} accepts. */
export function compilePatterns(patterns: readonly string[]): ValuePatterns {
  const all = patterns.includes('builtin:credentials');
  const has = (name: string): boolean => all || patterns.includes(`builtin:${name}`);
  const globs = patterns.filter((pattern) => pattern.startsWith('glob:')).map((pattern) => pattern.slice(5));
  const names = has('credential-name');
  return {
    shapes: new Set(SHAPES.filter((shape) => (shape === 'assignment' ? names : has(shape)))),
    names,
    seen: has('seen-value'),
    globs: globs.length === 0 ? null : compileGlobs(globs),
  };
}

/** What is known about the place of a value. */
export interface ValueContext {
  /** Of what holds it: the variable, header, parameter or annotation; null where it has none. */
  readonly name: string | null;
  /** The word before it in a command line, empty for the first; null where it is no word of one. */
  readonly flag: string | null;
}

const NOWHERE: readonly Range[] = [];

/** The ranges of a value that a policy's patterns take for a credential; in order, not overlapping. */
export function findCredentials(
  text: string,
  { name, flag }: ValueContext,
  patterns: ValuePatterns,
  findKnown: ((text: string) => readonly Range[]) | null,
): readonly Range[] {
  if (text === '') return NOWHERE;
  if (patterns.names && saysCredential(name, flag, text)) return [{ start: 0, end: text.length }];
  const assigned = patterns.names && flag !== null ? assignedWord(text) : 0;
  if (assigned > 0) return [{ start: assigned, end: text.length }];
  if (patterns.globs?.(text) === true) return [{ start: 0, end: text.length }];
  const found = findShapes(text, patterns.shapes);
  const known = patterns.seen && findKnown !== null ? findKnown(text) : NOWHERE;
  return known.length === 0 ? found : merged([...found, ...known]);
}

/** Where the value of a word such as `--password=…` begins: all of the rest, whatever is in it. 0 where it is none. */
function assignedWord(text: string): number {
  const [whole = '', name = ''] = /^-{0,2}([A-Za-z][\w.-]{0,80})=/.exec(text) ?? [];
  if (!isCredentialName(name)) return 0;
  // A script that begins with an assignment goes on behind it.
  if (!text.startsWith('-') && /\s/.test(text)) return 0;
  return isNoCredential(name, text.slice(whole.length)) ? 0 : whole.length;
}

/** By the name that it is given, or by the flag before it: `--password`, `hunter2`. */
function saysCredential(name: string | null, flag: string | null, text: string): boolean {
  if (name !== null && isCredentialName(name)) return !isNoCredential(name, text);
  if (flag === null || !/^--?[A-Za-z]/.test(flag) || flag.includes('=') || text.startsWith('-')) return false;
  return isCredentialName(flag) && !isNoCredential(flag, text);
}
