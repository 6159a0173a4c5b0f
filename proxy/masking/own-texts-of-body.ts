import type { ApiRequest } from '../request/api-request.ts';
import { isRecord } from '../request/json-value.ts';
import { LAST_APPLIED } from './tokens/mask-form.ts';
import { OwnValues } from './values/own-values.ts';
import { maskOwnTexts } from './walk/own-texts.ts';

/** Copies inside copies that are looked into. */
const MOST_COPIES = 4;

/**
 * The JSON body of a write of a Secret, without the texts that hold one of the values that stand in it: an annotation with
 * a copy, a label.
 * @param bytes whole and checked JSON.
 * @param shown what stands in their place; of ASCII, without what JSON escapes.
 */
export function withoutOwnTexts(bytes: Buffer, { info }: ApiRequest, shown: string): Buffer {
  const own = new OwnValues([info.name, info.namespace]);
  gather(own, JSON.parse(bytes.toString('utf8')), 0);
  if (own.size === 0) return bytes;
  const splices = maskOwnTexts(own, {
    part: 'copy',
    bytes,
    start: 0,
    masked: [],
    copies: new Set(),
    as: 'token',
    token: () => shown,
  });
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const splice of splices.toSorted((one, other) => one.start - other.start)) {
    // A text in a list that is left out as a whole.
    if (splice.start < from) continue;
    pieces.push(bytes.subarray(from, splice.start), Buffer.from(splice.bytes));
    from = splice.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

/** The values in an object, in a JSON Patch, and in the copy that an object carries. */
function gather(own: OwnValues, value: unknown, copies: number): void {
  if (Array.isArray(value)) {
    for (const operation of value) gatherOperation(own, operation, copies);
    return;
  }
  if (!isRecord(value)) return;
  gatherLeaves(own, value['data'], true, '');
  gatherLeaves(own, value['stringData'], false, '');
  if (Array.isArray(value['items'])) for (const item of value['items']) gather(own, item, copies);
  const annotations = isRecord(value['metadata']) ? value['metadata']['annotations'] : null;
  const copy = isRecord(annotations) ? annotations[LAST_APPLIED] : null;
  if (typeof copy !== 'string' || copies === MOST_COPIES) return;
  try {
    gather(own, JSON.parse(copy), copies + 1);
  } catch {
    // No copy then; the annotation is not shown anyway.
  }
}

function gatherOperation(own: OwnValues, operation: unknown, copies: number): void {
  if (!isRecord(operation)) return;
  const { path, value } = operation;
  const [, map, key = ''] = typeof path === 'string' ? path.split('/') : [];
  if (map === 'data' || map === 'stringData') gatherLeaves(own, value, map === 'data', key);
  else if (path === '') gather(own, value, copies);
}

function gatherLeaves(own: OwnValues, value: unknown, base64: boolean, key: string): void {
  if (typeof value === 'string') own.add(Buffer.from(value), base64, key);
  else if (isRecord(value)) for (const [name, inner] of Object.entries(value)) gatherLeaves(own, inner, base64, name);
}
