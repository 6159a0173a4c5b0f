import { messageFields } from './messages.generated.ts';

/** How often a field stands in its message. `inline` messages are flat in JSON. */
export type FieldShape = 'one' | 'list' | 'map' | 'inline';

/** A field of a message: its JSON name, protobuf number, and a scalar letter (s b i l d y) or the name of a message. */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly shape: FieldShape;
  readonly type: string;
  /** Go writes it even when it holds its zero value: a pointer, or no `omitempty`. */
  readonly keepsZero: boolean;
}

/** A Kubernetes type: its fields by JSON name (inlined ones included) and by protobuf number. */
export interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
}

const shapes: Record<string, FieldShape> = { ':': 'one', '!': 'one', '*': 'list', '%': 'map', '^': 'inline' };
const known = new Map<string, Message>();

function readField(text: string): Field {
  const [, name = '', number = '', shape = '', type = ''] = /^(\S+) (\d+)([:!*%^])(.+)$/.exec(text) ?? [];
  return { name, number: Number(number), shape: shapes[shape] ?? 'one', type, keepsZero: shape === '!' };
}

/** The type of that name (`core.Secret`), or undefined. */
export function messageNamed(name: string): Message | undefined {
  const before = known.get(name);
  if (before) return before;
  const text = Object.hasOwn(messageFields, name) ? messageFields[name] : undefined;
  if (text === undefined) return undefined;
  const fields = text === '' ? [] : text.split(';').map(readField);
  const byName = new Map<string, Field>();
  for (const field of fields) {
    if (field.shape === 'inline') {
      for (const [inner, innerField] of messageNamed(field.type)?.byName ?? []) byName.set(inner, innerField);
    } else {
      byName.set(field.name, field);
    }
  }
  const message = { name, fields, byNumber: new Map(fields.map((field) => [field.number, field])), byName };
  known.set(name, message);
  return message;
}
