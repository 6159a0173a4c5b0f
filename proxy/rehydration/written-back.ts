import { kindClassOf } from '../masking/plan/mask-rules.ts';
import { Refusal, type StatusCause } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { textAt } from '../request/json-text.ts';
import type { JsonValue } from '../request/json-value.ts';
import type { Origin } from './mask-origins.ts';
import { fieldOfToken } from './masked-fields.ts';
import type { Unrestored } from './restore.ts';
import type { Source } from './source.ts';

/** Named in full; a body that holds more masks says so by the first ones. */
const MAX_CAUSES = 16;

/** Looked for, of those in one text. */
const MAX_TOKENS = 4;

/** What is known of where masks come from, to say why they cannot be put back. */
export interface Provenance {
  readonly live: Source | null;
  readonly originOf: (token: string) => Origin | undefined;
}

/** The refusal for masks that stand for nothing here: 422, because kubectl prints its causes one by one. */
export function maskWrittenBack(
  { info }: ApiRequest,
  body: JsonValue,
  found: readonly Unrestored[],
  provenance: Provenance,
): Refusal {
  const name = info.name || textAt(body, 'metadata', 'name');
  const here = { kindClass: kindClassOf(info), namespace: info.namespace, name };
  const unique = [...new Map(found.map((mask) => [mask.field, mask])).values()].slice(0, MAX_CAUSES);
  const causes = unique.map(
    (mask): StatusCause => ({
      reason: 'FieldValueForbidden',
      message: `Forbidden: ${why(mask, here, provenance)}`,
      field: mask.field,
    }),
  );
  const where = unique
    .map(({ field }) => field)
    .filter((field) => field !== '')
    .join(', ');
  return new Refusal(
    'mask-written-back',
    `${info.resource}${name === '' ? '' : ` "${name}"`}: ${where === '' ? 'the body' : where} holds a value masked by Gatehouse that cannot be put back there, and would overwrite the real one; nothing was written`,
    { resource: info.resource, group: info.apiGroup, ...(name === '' ? {} : { name }), causes },
  );
}

function why(
  { field, tokens }: Unrestored,
  here: { readonly kindClass: string; readonly namespace: string; readonly name: string },
  { live, originOf }: Provenance,
): string {
  const mend = 'leave the field out, write the real value, or ask for a reveal';
  for (const token of tokens.slice(0, MAX_TOKENS)) {
    const own = live === null ? null : fieldOfToken(live, token);
    if (own === field) return `the text around this masked value was changed; ${mend}`;
    if (own !== null) return `this masked value belongs to ${own}, and may only be written back there; ${mend}`;
    const origin = originOf(token);
    if (origin === undefined) continue;
    const sameObject =
      origin.kindClass === here.kindClass && origin.namespace === here.namespace && origin.name === here.name;
    if (sameObject && live !== null) {
      return `this masked value is stale: ${origin.field} was changed since it was read; read the object again`;
    }
    const object = `${origin.kindClass} ${origin.namespace === '' ? '' : `${origin.namespace}/`}${origin.name}`;
    return `this masked value belongs to ${object} (${origin.field}), and may only be written back there; ${mend}`;
  }
  return live === null
    ? `this masked value belongs to another object, and this one does not exist yet; ${mend}`
    : `this masked value is stale (the field was changed since it was read) or belongs to another object; ${mend}`;
}
