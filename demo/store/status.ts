import type { Json, JsonObject } from './json.ts';
import type { ResourceKind } from './resource-kinds.ts';

/** One entry of `details.causes`. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** An answer that is not the asked object: a Kubernetes Status with its HTTP code. */
export class ApiError extends Error {
  readonly code: number;
  readonly status: JsonObject;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }
}

type Named = Pick<ResourceKind, 'group' | 'resource' | 'kind'>;

function qualified(kind: Named): string {
  return kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
}

function details(kind: Named, name: string, word: string): JsonObject {
  return { ...(name ? { name } : {}), ...(kind.group ? { group: kind.group } : {}), kind: word };
}

export function notFound(kind: Named, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, details(kind, name, kind.resource));
}

/** A path that no resource answers. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(kind: Named, name: string): ApiError {
  const message = `${qualified(kind)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, details(kind, name, kind.resource));
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(kind: Named, name: string, why = modified): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, details(kind, name, kind.resource));
}

export function preconditionFailed(kind: Named, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${kind.kind} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, details(kind, name, kind.kind));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(kind: Named, name: string, why: string): ApiError {
  const message = `${qualified(kind)}${name ? ` "${name}"` : ''} is forbidden: ${why}`;
  return new ApiError(403, 'Forbidden', message, details(kind, name, kind.resource));
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unsupportedMediaType(accepted: string): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

/** A media type that is written, in a form or for a verb for which it is not. */
export function notAcceptable(available: string): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${available}`);
}

/** A media type that is never written. */
export function unknownFormat(available: string): ApiError {
  return new ApiError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${available}`, {});
}

/** What the demo cluster leaves out, said as such. */
export function notInDemo(what: string): ApiError {
  return new ApiError(501, 'NotImplemented', `${what} is not in the demo cluster`, {});
}

export function expired(revision: string, oldest: number): ApiError {
  return new ApiError(410, 'Expired', `too old resource version: ${revision} (${oldest})`);
}

/** A JSON Patch that does not apply; the server says no more than this. */
export function unprocessablePatch(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** `Secret "x" is invalid: field: problem`. */
export function invalid(kind: { group: string; kind: string }, name: string, causes: readonly Cause[]): ApiError {
  const listed = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const problems = listed.length === 1 ? listed[0] : `[${listed.join(', ')}]`;
  const type = kind.group && kind.kind ? `${kind.kind}.${kind.group}` : kind.kind;
  return new ApiError(422, 'Invalid', `${type} "${name}" is invalid: ${problems}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    causes: causes.map((cause): Json => ({ reason: cause.reason, message: cause.message, field: cause.field })),
  });
}

export function fieldInvalid(field: string, value: Json, problem: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${problem}`, field };
}

export function unsupportedValue(field: string, value: string, supported: readonly string[]): Cause {
  const listed = supported.map((word) => JSON.stringify(word)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${listed}`;
  return { reason: 'FieldValueNotSupported', message, field };
}

export function fieldRequired(field: string, problem = ''): Cause {
  return { reason: 'FieldValueRequired', message: problem ? `Required value: ${problem}` : 'Required value', field };
}

/** The answer to a DELETE that left nothing behind. */
export function deleted(kind: Named, name: string, uid: string): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { ...details(kind, name, kind.resource), uid },
  };
}
