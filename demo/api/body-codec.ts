import { parse as parseYaml } from 'yaml';
import { decodeProtobuf, openEnvelope } from '../../proxy/request/protobuf/decode.ts';
import { ProtobufError } from '../../proxy/request/protobuf/wire-reader.ts';
import { isJsonObject, type Json, type JsonObject } from '../store/json.ts';
import { groupVersionOf, type ResourceKind } from '../store/resource-kinds.ts';
import { type ApiError, badRequest, unsupportedMediaType } from '../store/status.ts';
import { conform, DecodingError } from '../store/typed-object.ts';
import type { FieldValidation } from './call.ts';
import { duplicateFields } from './duplicate-fields.ts';

type Typed = Pick<ResourceKind, 'group' | 'version' | 'kind' | 'message'> & { readonly anyVersion?: boolean };

const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** The media type without parameters. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim() ?? '';
}

function parseJson(body: Buffer, kind: Typed): Json {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw unrecognized(text, kind, goProblem(error));
  }
}

/** JavaScript's complaint about JSON as Go would have made it, where the two say the same. */
export function goProblem(error: unknown): string {
  const said = error instanceof Error ? error.message : 'invalid';
  return /end of JSON input|Expected property name or '}'|Unterminated/.test(said)
    ? 'unexpected end of JSON input'
    : said;
}

function unrecognized(text: string, kind: Typed, problem: string): ApiError {
  if (kind.kind === 'DeleteOptions') return badRequest(`couldn't get version/kind; json parse error: ${problem}`);
  const shown = text === '' ? '<empty>' : text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${problem} (${shown})`,
  );
}

/** The part of an object that Go's decoder reads first. */
const typeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function parseBody(body: Buffer, type: string, kind: Typed): Json {
  if (type === '' || type === 'application/json') return parseJson(body, kind);
  if (type === 'application/yaml') {
    // Only the first document counts.
    const [first] = body
      .toString('utf8')
      .split(/^---$/m)
      .filter((document) => document.trim() !== '');
    return parseYaml(first ?? '', { version: '1.1', merge: true }) as Json;
  }
  if (type !== 'application/vnd.kubernetes.protobuf') throw unsupportedMediaType(accepted);
  try {
    const envelope = openEnvelope(body);
    const named = { apiVersion: envelope.apiVersion, kind: envelope.kind };
    if (envelope.kind !== '' && envelope.kind !== kind.kind) return { ...named };
    return { ...named, ...decodeProtobuf(envelope.raw, kind.message) };
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}

/**
 * Reads a body as an object of a kind, typed as the real server types it.
 * @throws {ApiError} 400 when it is not one (with strict validation also for unknown fields), 415 for another format.
 */
export function readBody(
  body: Buffer,
  contentType: string | undefined,
  kind: Typed,
  validation: FieldValidation,
): JsonObject {
  const type = mediaType(contentType).toLowerCase();
  const value = parseBody(body, type, kind);
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'array' : typeof value;
    throw unrecognized(
      [...body].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      kind,
      `json: cannot unmarshal ${found} into Go value of type ${typeMeta}`,
    );
  }
  const apiVersion = value['apiVersion'] ?? groupVersionOf(kind);
  const named = value['kind'] ?? kind.kind;
  if (
    (named !== '' && named !== kind.kind) ||
    (apiVersion !== '' && apiVersion !== groupVersionOf(kind) && !kind.anyVersion)
  ) {
    const problem = `no kind ${JSON.stringify(named)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
    if (kind.kind === 'DeleteOptions') throw badRequest(problem);
    throw badRequest(`${named} in version "${apiVersion}" cannot be handled as a ${kind.kind}: ${problem}`);
  }
  return {
    kind: kind.kind,
    apiVersion: groupVersionOf(kind),
    ...typed(
      value,
      type === '' || type === 'application/json' ? duplicateFields(body.toString('utf8')) : [],
      kind,
      validation,
    ),
  };
}

/** @throws {ApiError} 400 in the words of the typed decoder. */
function typed(value: Json, duplicates: readonly string[], kind: Typed, validation: FieldValidation): JsonObject {
  const prefix = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `;
  try {
    const { object, unknownFields } = conform(value, kind.message);
    const problems = [
      ...duplicates.map((field) => `duplicate field "${field}"`),
      ...unknownFields.map((field) => `unknown field "${field}"`),
    ];
    if (validation.strict && problems.length > 0) {
      throw badRequest(`${prefix}strict decoding error: ${problems.join(', ')}`);
    }
    for (const problem of problems) validation.warn(problem);
    return object;
  } catch (error) {
    if (error instanceof DecodingError) throw badRequest(prefix + error.message);
    throw error;
  }
}
