import { findShapes, SHAPES } from '../patterns/credential-shapes.ts';
import { SeenValues } from '../redaction/seen-values.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { maskRefusal } from './mask-document.ts';
import { MaskingStream } from './masking-stream.ts';
import type { MaskRules } from './plan/mask-rules.ts';
import { newMaskReport } from './plan/response-mask.ts';

const NO_KEY = { kid: 'none', key: Buffer.alloc(32) };

/**
 * The values of a Secret that the rules hide: what masking would replace in it, decoded, those inside a docker
 * configuration or a release by themselves. So are credentials that stand inside a value, a connection string or a file with
 * settings: programs print those alone.
 * @param secret its JSON.
 * @throws {Refusal} `response-not-maskable`.
 */
export function valuesOfSecret(secret: Buffer, read: ApiRequest, rules: MaskRules): readonly Buffer[] {
  const found = new SeenValues();
  try {
    const own: MaskRules = { ...rules, seen: found };
    const stream = new MaskingStream({ key: NO_KEY, rules: own, events: false, report: newMaskReport() });
    stream.push(secret);
    stream.end();
  } catch (error) {
    throw maskRefusal(error, read);
  }
  for (const value of found.values()) for (const inner of credentialsIn(value)) found.add(inner);
  return found.values();
}

const EVERY_SHAPE = new Set(SHAPES);

function credentialsIn(value: Buffer): Buffer[] {
  const text = value.toString('utf8');
  if (text.includes('\ufffd')) return [];
  return findShapes(text, EVERY_SHAPE).map(({ start, end }) => Buffer.from(text.slice(start, end)));
}
