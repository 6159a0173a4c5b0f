import { Refusal, type StatusCause } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
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
export function protectWrite(request: ApiRequest, bytes: Buffer, parsed: unknown): void {
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

function maskWrittenBack({ info }: ApiRequest, fields: readonly string[], parsed: unknown): Refusal {
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
function assertReadsNothing({ info }: ApiRequest, parsed: unknown): void {
  const object = { resource: info.resource, name: info.name };
  if (!Array.isArray(parsed)) {
    throw new Refusal('body-not-readable', 'A JSON Patch is a list of operations, and this body is not', object);
  }
  parsed.forEach((operation: unknown, index) => {
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
function* maskedFields(request: ApiRequest, parsed: unknown): Generator<string> {
  if (request.contentType === JSON_PATCH && Array.isArray(parsed)) {
    for (const operation of parsed as unknown[]) {
      const path = stringAt(operation, 'path');
      const target = path
        .split('/')
        .slice(1)
        .reduce((field, part) => join(field, part.replaceAll('~1', '/').replaceAll('~0', '~')), '');
      if (typeof operation === 'object' && operation !== null) {
        yield* walk('value' in operation ? operation.value : null, target);
        if (textContainsMaskToken(path)) yield target;
      }
    }
    return;
  }
  yield* walk(parsed, '');
}

/** Without recursion: the depth of the body is the client's choice. */
function* walk(value: unknown, field: string): Generator<string> {
  const waiting: Array<readonly [value: unknown, field: string]> = [[value, field]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, path] = next;
    if (typeof current === 'string') {
      if (textContainsMaskToken(current)) yield path;
    } else if (Array.isArray(current)) {
      for (let index = current.length - 1; index >= 0; index -= 1) waiting.push([current[index], `${path}[${index}]`]);
    } else if (typeof current === 'object' && current !== null) {
      for (const [key, inner] of Object.entries(current).reverse()) {
        if (textContainsMaskToken(key)) yield path;
        waiting.push([inner, join(path, key)]);
      }
    }
  }
}

/** As Kubernetes writes field paths: `data.password`, `data[ca.crt]`. */
function join(field: string, key: string): string {
  if (!/^[-\w]+$/.test(key)) return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
}

function stringAt(value: unknown, ...keys: readonly string[]): string {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return '';
    current = (current as Record<string, unknown>)[key];
  }
  return typeof current === 'string' ? current : '';
}
