import { parse as parseYaml } from 'yaml';
import { decodeProtobuf, openEnvelope } from '../../proxy/request/protobuf/decode.ts';
import { ProtobufError } from '../../proxy/request/protobuf/wire-reader.ts';
import { isJsonObject, type Json, type JsonObject } from '../store/json.ts';
import { groupVersionOf, type ResourceKind } from '../store/resource-kinds.ts';
import { conform, DecodingError } from '../store/typed-object.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

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
    const shown = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : 'invalid'} (${shown})`,
    );
  }
}

function parseBody(body: Buffer, type: string, kind: Typed): Json {
  if (type === '' || type === 'application/json') return parseJson(body, kind);
  if (type === 'application/yaml') return parseYaml(body.toString('utf8'), { version: '1.1', merge: true }) as Json;
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
export function readBody(body: Buffer, contentType: string | undefined, kind: Typed, strict: boolean): JsonObject {
  const value = parseBody(body, mediaType(contentType).toLowerCase(), kind);
  if (!isJsonObject(value)) throw badRequest(`the object provided is not a ${kind.kind}`);
  const apiVersion = value['apiVersion'] ?? groupVersionOf(kind);
  const named = value['kind'] ?? kind.kind;
  if (
    (named !== '' && named !== kind.kind) ||
    (apiVersion !== '' && apiVersion !== groupVersionOf(kind) && !kind.anyVersion)
  ) {
    throw badRequest(
      `the object provided is unrecognized: ${named} in version "${apiVersion}" cannot be handled as a ${kind.kind} (${groupVersionOf(kind)})`,
    );
  }
  return { kind: kind.kind, apiVersion: groupVersionOf(kind), ...typed(value, kind, strict) };
}

/** @throws {ApiError} 400 in the words of the typed decoder. */
function typed(value: Json, kind: Typed, strict: boolean): JsonObject {
  const prefix = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `;
  try {
    const { object, unknownFields } = conform(value, kind.message);
    if (strict && unknownFields.length > 0) {
      const problems = unknownFields.map((field) => `unknown field "${field}"`).join(', ');
      throw badRequest(`${prefix}strict decoding error: ${problems}`);
    }
    return object;
  } catch (error) {
    if (error instanceof DecodingError) throw badRequest(prefix + error.message);
    throw error;
  }
}
