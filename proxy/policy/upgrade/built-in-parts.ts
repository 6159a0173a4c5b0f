import { BUILT_IN_VERSIONS } from '../default-policy/built-in-versions.ts';
import { DEFAULT_POLICY } from '../default-policy/default-policy.ts';
import { commentText } from './fingerprint.ts';
import { type PolicyPart, partsOf } from './policy-parts.ts';

/** A part of the built-in policy of this version, with its text. */
export interface BuiltIn extends PolicyPart {
  /** Its lines, comments above it first, without the indentation that they share; none of a head. */
  readonly lines: readonly string[];
}

/** The parts of the built-in policy of this version, in their order. */
export const BUILT_IN: readonly BuiltIn[] = DEFAULT_POLICY.flatMap(({ file, text }) =>
  partsOf(file, text).map((part) => ({ ...part, lines: linesOf(part, text) })),
);

const FIRST_SEEN = new Map<string, number>();
for (const [version, { parts }] of BUILT_IN_VERSIONS.entries()) {
  for (const [id, fingerprint] of Object.entries(parts)) {
    for (const key of [id, `${id} ${fingerprint}`]) if (!FIRST_SEEN.has(key)) FIRST_SEEN.set(key, version);
  }
}

/** The first built-in version (from 0) that had this part, whatever it said; null where none ever had. */
export function versionOf(id: string): number | null {
  return FIRST_SEEN.get(id) ?? null;
}

/** The first built-in version in which this part said this; null where it is a person's. */
export function versionSaying({ id, fingerprint }: Pick<PolicyPart, 'id' | 'fingerprint'>): number | null {
  return FIRST_SEEN.get(`${id} ${fingerprint}`) ?? null;
}

/** Fingerprints of all comment lines that were ever built in. */
export const BUILT_IN_COMMENTS: ReadonlySet<string> = new Set(
  BUILT_IN_VERSIONS.flatMap(({ comments }) => comments.split(/\s+/).filter(Boolean)),
);

/** The comment above a part, as one text. */
export function commentOf({ lines }: BuiltIn): string {
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines.slice(0, Math.max(0, end)).map(commentText).join(' ');
}

/** The built-in texts keep to one form, which their test holds: sets at four columns, rules at two. */
function linesOf({ kind, id }: PolicyPart, text: string): string[] {
  if (kind === 'head') return [];
  const name = id.slice(id.indexOf('/') + 1);
  const first = kind === 'rule' ? `  - id: ${name}` : `    ${name.slice(1)}:`;
  const margin = kind === 'rule' ? 2 : 4;
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line === first || (kind === 'set' && line.startsWith(first)));
  let top = start;
  while (lines[top - 1]?.trim().startsWith('#')) top -= 1;
  let end = start + 1;
  while ((lines[end] ?? '').startsWith(' '.repeat(margin + 1))) end += 1;
  return lines.slice(top, end).map((line) => line.slice(margin));
}
