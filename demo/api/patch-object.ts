import { JsonPatchError, jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { goJson, isJsonObject, type Json, type JsonObject } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { ApiError, badRequest, unprocessablePatch } from '../store/status.ts';
import { conform, DecodingError } from '../store/typed-object.ts';
import { goProblem } from './body-codec.ts';
import type { FieldValidation } from './call.ts';

const patchTypes: Readonly<Record<string, 'merge' | 'json' | 'strategic'>> = {
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
  'application/strategic-merge-patch+json': 'strategic',
};

/** A value as Go prints a map in `%v`: the form in which the real server echoes a strategic patch. */
function goFormat(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goFormat(value[key] ?? null)}`).join(' ')}]`;
}

/**
 * The 422 of a patch whose result has a wrong type. As on the real server it quotes the whole patched object for a merge
 * or JSON patch, a Secret's values included, and the patch alone for a strategic one.
 */
function brokenPatch(result: JsonObject, patch: Json, type: string, problem: string): ApiError {
  const sorted = Object.fromEntries(Object.entries(result).sort(([left], [right]) => (left < right ? -1 : 1)));
  const strategic = type === 'strategic';
  const value = strategic ? goFormat(patch) : goJson(sorted);
  const reason = strategic && problem.startsWith('illegal') ? `error decoding from json: ${problem}` : problem;
  const message = `Invalid value: ${JSON.stringify(value)}: ${reason}`;
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

function parsePatch(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${goProblem(error)}`);
  }
}

function apply(before: JsonObject, patch: Json, type: string): Json {
  if (type === 'json') {
    if (Array.isArray(patch)) return jsonPatch(before, patch);
    const found = isJsonObject(patch) ? 'object' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (!isJsonObject(patch)) {
    const found = Array.isArray(patch) ? 'array' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
    );
  }
  return type === 'merge' ? mergePatch(before, patch) : strategicMergePatch(before, patch);
}

/**
 * The object that a patch makes of another.
 * @throws {ApiError} 400, 415, 422 as the real server's.
 */
export function patchObject(
  before: JsonObject,
  body: Buffer,
  contentType: string,
  kind: Pick<ResourceKind, 'kind' | 'message'>,
  validation: FieldValidation,
): JsonObject {
  const type = patchTypes[contentType];
  if (type === undefined) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  const patch = parsePatch(body);
  let result: Json;
  try {
    result = apply(before, patch, type);
  } catch (error) {
    if (error instanceof JsonPatchError) throw unprocessablePatch();
    throw error;
  }
  if (!isJsonObject(result)) throw unprocessablePatch();
  try {
    const { object, unknownFields } = conform(result, kind.message);
    const problems = unknownFields.map((field) => `unknown field "${field}"`);
    if (validation.strict && problems.length > 0) {
      throw brokenPatch(result, patch, type, `strict decoding error: ${problems.join(', ')}`);
    }
    for (const problem of problems) validation.warn(problem);
    return { kind: kind.kind, apiVersion: before['apiVersion'] ?? '', ...object };
  } catch (error) {
    if (error instanceof DecodingError) throw brokenPatch(result, patch, type, error.message);
    throw error;
  }
}
