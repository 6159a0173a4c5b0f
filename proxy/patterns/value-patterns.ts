import { findInFile, isCredentialFile } from './credential-files.ts';
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
  /** The values are files or variables, whose keys are their names; null where they are neither. */
  readonly files: FileNames | null;
}

/**
 * What a file's own name says: `by-key` that all of it is a credential, whatever is in it; `by-text` that only where it
 * holds one value and nothing else, because `password-policy.json` and `token-refresh.sh` hold none.
 */
export type FileNames = 'by-key' | 'by-text';

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
    files: null,
  };
}

/** The same patterns for values that are files or variables, as a ConfigMap holds them. */
export function asFiles(patterns: ValuePatterns, files: FileNames): ValuePatterns {
  const shapes = new Set([...patterns.shapes].filter((shape) => shape !== 'assignment' || files === 'by-key'));
  return { ...patterns, shapes, files };
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
  if (patterns.files !== null) return findInFiles(text, name ?? '', patterns, findKnown);
  if (patterns.names && saysCredential(name, flag, text)) return [{ start: 0, end: text.length }];
  const assigned = patterns.names && flag !== null ? assignedWord(text) : 0;
  if (assigned > 0) return [{ start: assigned, end: text.length }];
  if (patterns.globs?.(text) === true) return [{ start: 0, end: text.length }];
  const found = findShapes(text, patterns.shapes);
  const known = patterns.seen && findKnown !== null ? findKnown(text) : NOWHERE;
  return known.length === 0 ? found : merged([...found, ...known]);
}

function findInFiles(
  text: string,
  name: string,
  patterns: ValuePatterns,
  findKnown: ((text: string) => readonly Range[]) | null,
): readonly Range[] {
  const { names, files, globs, shapes, seen } = patterns;
  const byKey = files === 'by-key' && isCredentialName(name) && !isNoCredential(name, text);
  if (names && (byKey || isCredentialFile(name, text))) return [{ start: 0, end: text.length }];
  if (globs?.(text) === true) return [{ start: 0, end: text.length }];
  const found = [
    ...findShapes(text, shapes),
    ...(names ? findInFile(text) : NOWHERE),
    ...(seen && findKnown !== null ? findKnown(text) : NOWHERE),
  ];
  return found.length === 0 ? NOWHERE : merged(found);
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
