import { parse } from 'yaml';
import type { ApiRequest } from '../request/api-request.ts';
import { isRecord } from '../request/json-value.ts';
import { JSON_PATCH } from '../request/media-types.ts';
import { readProtobufObject } from '../request/protobuf/read-object.ts';
import { MaskingStream } from './masking-stream.ts';
import type { MaskRules } from './plan/mask-rules.ts';
import { newMaskReport } from './plan/response-mask.ts';
import { KnownValues } from './values/known-values.ts';

const NO_KEY = { kid: 'none', key: Buffer.alloc(32) };

/**
 * What the rules would mask in the object that a request sends: an error may quote it. A JSON Patch says no names with
 * its values, and of a body that the rules cannot be followed in nothing is known: there every text counts.
 */
export function valuesOfBody(body: Buffer, { contentType }: ApiRequest, rules: MaskRules): KnownValues {
  const known = new KnownValues();
  const parsed = parseBody(body, contentType);
  if (contentType !== JSON_PATCH && isRecord(parsed)) {
    try {
      const tokens = rules.rules.map((rule) => ({ ...rule, as: 'token' as const }));
      const found = (rule: { readonly as: string }) => ({ ...rule, as: 'token' as const });
      const own: MaskRules = {
        ...rules,
        rules: tokens,
        inspections: rules.inspections.map((rule) => ({ ...rule, ...found(rule) })),
        configInspections: rules.configInspections.map((rule) => ({ ...rule, ...found(rule) })),
        annotations: new Map([...rules.annotations.keys()].map((name) => [name, 'token'])),
        kinds: null,
        trim: null,
        ownValues: null,
        seen: null,
      };
      const stream = new MaskingStream({
        key: NO_KEY,
        rules: own,
        events: false,
        report: newMaskReport(),
        onMasked: ({ plain, base64 }) => {
          known.add(Buffer.from(plain));
          if (base64) known.add(Buffer.from(plain.toString('latin1'), 'base64'));
        },
      });
      stream.push(Buffer.from(JSON.stringify(parsed)));
      stream.end();
      return known;
    } catch {
      // Every text counts then.
    }
  }
  for (const text of textsIn(parsed)) known.add(Buffer.from(text));
  return known;
}

function parseBody(body: Buffer, contentType: string): unknown {
  try {
    if (contentType === 'application/vnd.kubernetes.protobuf') return readProtobufObject(body);
    const text = body.toString('utf8');
    return contentType.includes('yaml') ? parse(text, { version: '1.1', maxAliasCount: 0 }) : JSON.parse(text);
  } catch {
    return null;
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const inner of value) yield* textsIn(inner);
  else if (isRecord(value))
    for (const [key, inner] of Object.entries(value)) if (key !== 'op' && key !== 'path') yield* textsIn(inner);
}
