import { Refusal, type StatusCause } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../request/json-value.ts';
import { containsMaskToken, textContainsMaskToken } from './mask-token.ts';
import { protobufSecretFields } from './protobuf-secret.ts';

const JSON_PATCH = 'application/json-patch+json';

/** Named in full; a body that holds more masks says so by the first ones. */
const MAX_CAUSES = 16;

/**
 * Keeps a mask from being stored over the value that it stands for, whatever the resource: `kubectl replace` of a saved
 * object and the last-applied that server-side apply rebuilds from a masked answer bring masks back without anybody's
 * intent. Also refuses the operations of a JSON Patch that read a Secret: `copy` and `move` put a value where no mask
 * looks for it, and `test` answers whether a guess is right.
 *
 * @param bytes the body as sent, empty when there is none.
 * @param parsed the body's value from the strict reader; null where it was not read (protobuf, no body).
 * @throws {Refusal} `mask-written-back` naming the fields, `patch-reads-secret`, `body-not-readable`.
 */
export function protectWrite(request: ApiRequest, bytes: Buffer, parsed: JsonValue): void {
  if (isSecrets(request) && request.contentType === JSON_PATCH) assertReadsNothing(request, parsed);
  const fields = [...new Set(maskedFields(request, parsed))];
  // The bytes too: comments and keys that the reader gave up, and all of protobuf, where data is not even base64.
  if (fields.length === 0 && containsMaskToken(bytes)) {
    const named = isSecrets(request) && parsed === null ? protobufSecretFields(bytes, containsMaskToken) : [];
    fields.push(...(named.length > 0 ? named : ['']));
  }
  if (fields.length > 0) throw maskWrittenBack(request, fields, parsed);
}

function isSecrets({ info }: ApiRequest): boolean {
  return info.isResourceRequest && info.apiGroup === '' && info.resource === 'secrets';
}

function maskWrittenBack({ info }: ApiRequest, fields: readonly string[], parsed: JsonValue): Refusal {
  const causes = fields.slice(0, MAX_CAUSES).map(
    (field): StatusCause => ({
      reason: 'FieldValueForbidden',
      message:
        'Forbidden: this is a masked value and would overwrite the real one; leave the field out or write the real value',
      field,
    }),
  );
  const where = fields
    .filter((field) => field !== '')
    .slice(0, MAX_CAUSES)
    .join(', ');
  const name = info.name || stringAt(parsed, 'metadata', 'name');
  return new Refusal(
    'mask-written-back',
    `${info.resource}${name === '' ? '' : ` "${name}"`}: ${where === '' ? 'the body' : where} holds a value masked by Gatehouse, which would overwrite the real one; nothing was written`,
    { resource: info.resource, group: info.apiGroup, ...(name === '' ? {} : { name }), causes },
  );
}

/** @throws {Refusal} for an operation that reads. */
function assertReadsNothing({ info }: ApiRequest, parsed: JsonValue): void {
  const object = { resource: info.resource, name: info.name };
  if (!Array.isArray(parsed)) {
    throw new Refusal('body-not-readable', 'A JSON Patch is a list of operations, and this body is not', object);
  }
  (parsed as readonly JsonValue[]).forEach((operation, index) => {
    const op = stringAt(operation, 'op');
    const path = stringAt(operation, 'path');
    if (op === 'add' || op === 'remove' || op === 'replace') return;
    if (op === 'test' && (path === '/metadata/resourceVersion' || path === '/metadata/uid')) return;
    throw new Refusal(
      'patch-reads-secret',
      `A JSON Patch of a Secret may not ${op === '' ? 'hold an operation without a name' : `"${op.slice(0, 20)}"`} (operation ${index}): it would read a value past its mask; use add, replace or remove`,
      object,
    );
  });
}

/** The fields whose value, or a key in it, holds a mask token. */
function* maskedFields(request: ApiRequest, parsed: JsonValue): Generator<string> {
  if (request.contentType !== JSON_PATCH || !Array.isArray(parsed)) {
    yield* walk(parsed, '');
    return;
  }
  for (const operation of parsed as readonly JsonValue[]) {
    const target = fieldOfPointer(stringAt(operation, 'path'));
    const value = isJsonObject(operation) ? operation.get('value') : undefined;
    if (value !== undefined) yield* walk(value, target);
    if (textContainsMaskToken(target)) yield target;
  }
}

/** Without recursion: the depth of the body is the client's choice. */
function* walk(value: JsonValue, field: string): Generator<string> {
  const waiting: Array<readonly [value: JsonValue, field: string]> = [[value, field]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, path] = next;
    if (typeof current === 'string') {
      if (textContainsMaskToken(current)) yield path;
    } else if (isJsonObject(current)) {
      for (const [key, inner] of [...current].reverse()) {
        if (textContainsMaskToken(key)) yield path;
        waiting.push([inner, join(path, key)]);
      }
    } else if (Array.isArray(current)) {
      const items = current as readonly JsonValue[];
      for (const [index, inner] of [...items.entries()].reverse()) waiting.push([inner, `${path}[${index}]`]);
    }
  }
}

/** The field that a JSON Pointer (RFC 6901) names. */
function fieldOfPointer(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  return parts.reduce((field, part) => join(field, part.replaceAll('~1', '/').replaceAll('~0', '~')), '');
}

/** As Kubernetes writes field paths: `data.password`, `data[ca.crt]`. */
function join(field: string, key: string): string {
  if (!/^[-\w]+$/.test(key)) return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
}

function stringAt(value: JsonValue, ...keys: readonly string[]): string {
  let current: JsonValue | undefined = value;
  for (const key of keys) current = isJsonObject(current) ? current.get(key) : undefined;
  return typeof current === 'string' ? current : '';
}
