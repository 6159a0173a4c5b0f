import type { z } from 'zod';
import { oneLine } from '../one-line.ts';
import { complaintOf } from './kubeconfig-schema.ts';
import { faultIn, type Located, lineOf, plainValue } from './kubeconfig-yaml.ts';

export type EntryKind = 'cluster' | 'user' | 'context';

/** What is wrong in a file and costs nothing else of it. kubectl refuses the whole file for it. */
export interface KubeconfigFlaw {
  /** What is lost: one entry of a list, or a field of the file itself. */
  readonly kind: EntryKind | 'file';
  /** The entry's name, where that can be read. */
  readonly name: string | null;
  readonly file: string;
  /** File, line, and what to mend; quotes nothing of the file but names. */
  readonly message: string;
}

export interface Entry<Value> {
  readonly name: string;
  readonly value: Value;
}

/** The fields of a file, with what is found wrong in it. */
export interface FileFields {
  readonly file: string;
  readonly fields: ReadonlyMap<string, Located>;
  readonly flaws: KubeconfigFlaw[];
}

/**
 * The good entries of `clusters`, `users` or `contexts`; what is wrong with the others is added to the flaws. client-go
 * refuses a name that is used twice (`clientcmd/api/v1/conversion.go`), so it is neither entry's.
 */
export function readEntries<Schema extends z.ZodType>(
  from: FileFields,
  kind: EntryKind,
  schema: Schema,
): readonly Entry<z.infer<Schema>>[] {
  const list = from.fields.get(`${kind}s`);
  if (list === undefined || list.value === null) return [];
  if (!Array.isArray(list.value)) {
    const reason = faultIn(list)?.reason ?? 'must be a list';
    addFlaw(from, { kind, name: null, line: list.line, what: `"${kind}s" ${reason}` });
    return [];
  }
  const read = (list.value as readonly Located[]).map((item) => readEntry(item, kind, schema));
  const lines = new Map<string | null, number[]>();
  for (const { name, line } of read) lines.set(name, [...(lines.get(name) ?? []), line]);
  const good: Entry<z.infer<Schema>>[] = [];
  for (const { name, line, outcome } of read) {
    const title = `${kind}${name === null ? '' : ` ${JSON.stringify(name)}`}`;
    const all = lines.get(name) ?? [];
    if (name !== null && all.length > 1) {
      lines.delete(name);
      const where = [...new Set(all)].join(', ');
      addFlaw(from, { kind, name, line, what: `${title} is defined more than once (line ${where})` });
    } else if (name !== null && all.length === 0) {
      // It was said at the first of its name.
    } else if ('reason' in outcome) {
      addFlaw(from, { kind, name, line: outcome.line, what: `${title}: ${outcome.reason}` });
    } else if (name !== null) {
      good.push({ name, value: outcome.value });
    }
  }
  return good;
}

/** One of the fields that a file has besides its lists; what a null makes of the schema where it is wrong. */
export function readField<Schema extends z.ZodType>(from: FileFields, name: string, schema: Schema): z.infer<Schema> {
  const located = from.fields.get(name) ?? NOTHING;
  const outcome = readValue(located, schema, [name]);
  if (!('reason' in outcome)) return outcome.value;
  addFlaw(from, { kind: 'file', name: null, line: outcome.line, what: outcome.reason });
  return schema.parse(null);
}

export function addFlaw(
  { file, flaws }: FileFields,
  flaw: {
    readonly kind: KubeconfigFlaw['kind'];
    readonly name: string | null;
    readonly line: number;
    readonly what: string;
  },
): void {
  const { kind, name, line, what } = flaw;
  const message = `${file}, line ${line}: ${oneLine(what)}. kubectl reads nothing of this file until that is mended`;
  flaws.push({ kind, name, file, message });
}

const NOTHING: Located = { line: 1, value: null };

type Outcome<Value> = { readonly value: Value } | { readonly line: number; readonly reason: string };

function readEntry<Schema extends z.ZodType>(
  item: Located,
  kind: EntryKind,
  schema: Schema,
): { readonly name: string | null; readonly line: number; readonly outcome: Outcome<z.infer<Schema>> } {
  const { line, value } = item;
  if (value !== null && !(value instanceof Map)) {
    return { name: null, line, outcome: { line, reason: faultIn(item)?.reason ?? 'must be a map of fields' } };
  }
  const fields = (value ?? new Map()) as ReadonlyMap<string, Located>;
  const named = fields.get('name') ?? NOTHING;
  const name = named.value ?? '';
  if (typeof name !== 'string') {
    const reason = faultIn(named)?.reason ?? 'must be text; a number, and words such as yes and no, need quotes';
    return { name: null, line, outcome: { line: named.line, reason: `"name" ${reason}` } };
  }
  const fault = faultIn(item);
  if (fault !== null) return { name, line, outcome: { line: fault.line, reason: words(fault.path, fault.reason) } };
  return { name, line, outcome: readValue(fields.get(kind) ?? { line, value: null }, schema, []) };
}

function readValue<Schema extends z.ZodType>(
  located: Located,
  schema: Schema,
  above: readonly string[],
): Outcome<z.infer<Schema>> {
  const fault = faultIn(located);
  if (fault !== null) return { line: fault.line, reason: words([...above, ...fault.path], fault.reason) };
  const { success, data, error } = schema.safeParse(plainValue(located));
  if (success) return { value: data };
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const reason = issue === undefined ? 'cannot be read' : complaintOf(issue);
  return { line: lineOf(located, path), reason: words([...above, ...path], reason) };
}

function words(path: readonly PropertyKey[], reason: string): string {
  return path.length === 0 ? reason : `"${path.map(String).join('.')}" ${reason}`;
}
