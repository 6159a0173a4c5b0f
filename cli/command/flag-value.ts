import { nearMiss } from '../../model/near-miss.ts';

/**
 * What the value of a flag is, so that the config file, its schema, completion and `gatehouse config check` know it too.
 * A `new-file` is written, the first word of a `command` is run, an `address` is listened on, a `context` is one of the
 * kubeconfig.
 */
export type ValueKind =
  | 'text'
  | 'file'
  | 'new-file'
  | 'folder'
  | 'command'
  | 'number'
  | 'address'
  | 'url'
  | 'group'
  | 'context';

/** Of what a list in an environment variable is separated by colons, as KUBECONFIG and PATH are. */
export const PATH_KINDS: ReadonlySet<ValueKind> = new Set(['file', 'new-file', 'folder']);

/** A whole number as people write it: neither `0x10` nor `1e3`. */
const WHOLE_NUMBER = /^\d{1,15}$/;

interface Declared {
  readonly kind?: ValueKind;
  readonly choices?: readonly string[];
  readonly atMost?: number;
  readonly value?: string;
}

/** Null, or what is wrong with a value, to follow the name of its flag. What can be told from its text alone. */
export function valueTrouble(
  { kind = 'text', choices, atMost = Number.POSITIVE_INFINITY, value: wanted = 'VALUE' }: Declared,
  value: string,
): string | null {
  if (choices !== undefined) return choiceTrouble(choices, value);
  if (kind === 'text') return null;
  if (value === '') return `is empty: give it ${wanted}, or leave it out`;
  if (kind === 'number') {
    if (!WHOLE_NUMBER.test(value) || Number(value) < 1) return `takes a whole number of at least 1, not "${value}"`;
    return Number(value) <= atMost ? null : `takes ${atMost} ${wanted.toLowerCase()} at most, not "${value}"`;
  }
  if (kind === 'url')
    return URL.canParse(value) ? null : `takes a URL such as https://example.org/path, not "${value}"`;
  if (PATH_KINDS.has(kind) && /^~|^\$/.test(value)) {
    return `takes a path, and no shell has expanded "${value}": write it out, or put ./ before it`;
  }
  return null;
}

function choiceTrouble(choices: readonly string[], value: string): string | null {
  if (choices.includes(value)) return null;
  const meant = nearMiss(value, choices);
  return `takes ${inWords(choices)}, not "${value}"${meant === null ? '' : `; did you mean "${meant}"?`}`;
}

/** `text or json`; `debug, info or error`. */
export function inWords(choices: readonly string[]): string {
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}
