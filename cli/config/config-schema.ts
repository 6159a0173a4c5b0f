import { PATH_KINDS } from '../command/flag-value.ts';
import type { Flag, Flags } from '../command/flags.ts';

/** The JSON Schema (2020-12) of `gatehouse.yaml`, for editors and linters. What it takes, a gateway reads. */
export function configSchema(flags: Flags): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'gatehouse.yaml',
    description:
      'What a headless Gatehouse gateway is told: each key is a flag of "gatehouse gateway" without its dashes.',
    // A file of comments alone says nothing.
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(flags)
        .filter(([, { isHidden }]) => !isHidden)
        .map(([name, flag]) => [name, property(flag)]),
    ),
  };
}

function property(flag: Flag): Readonly<Record<string, unknown>> {
  const value = schemaOf(flag);
  const says = { description: flag.says.replaceAll(/\s+/g, ' ') };
  const standard =
    flag.default === undefined ? {} : { default: flag.kind === 'number' ? Number(flag.default) : flag.default };
  if (!flag.multiple) return { ...says, ...value, ...standard };
  return { ...says, oneOf: [value, { type: 'array', items: value, minItems: 1 }] };
}

function schemaOf({
  type,
  kind = 'text',
  choices,
  atMost = 999_999_999_999_999,
}: Flag): Readonly<Record<string, unknown>> {
  if (type === 'boolean') return { type: 'boolean' };
  if (choices !== undefined) return { type: 'string', enum: choices };
  if (kind === 'number') return { type: 'integer', minimum: 1, maximum: atMost };
  if (kind === 'url') return { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^\\x00-\\x20\\x7f]+$' };
  return {
    type: 'string',
    pattern: PATH_KINDS.has(kind) ? '^[^~$\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$' : '^[^\\x00-\\x1f\\x7f]+$',
  };
}
