import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { bodyFormat } from '../../request/media-types.ts';
import { decodeProtobuf, type Json, openEnvelope } from '../../request/protobuf/decode.ts';
import { readProtobufObject } from '../../request/protobuf/read-object.ts';
import { ProtobufError } from '../../request/protobuf/wire-reader.ts';
import { readStrictJson } from '../../request/strict-json.ts';
import { writeJson } from '../../request/write-json.ts';
import { withContentType } from './derived-request.ts';

/** A request as it goes out. */
export interface RequestWithBody {
  readonly request: ApiRequest;
  readonly body: Buffer | null;
}

/** A request with its body. */
export interface Written {
  readonly request: ApiRequest;
  /** The body as it is to be sent, masks in it put back; null where none counts. */
  readonly body: Buffer | null;
  /** What it says; null where there is none, and for protobuf. */
  readonly parsed: JsonValue;
}

/**
 * The request as it leaves when nothing needs to be added. YAML goes out as the JSON that was read: two readers of YAML
 * need not agree, and a server-side apply takes JSON under its own type.
 */
export function canonical({ request, body, parsed }: Written): RequestWithBody {
  const isYaml = body !== null && body.length > 0 && bodyFormat(request.method, request.contentType) === 'yaml';
  return isYaml && request.info.subresource !== 'proxy' ? writtenAnew(request, parsed) : { request, body };
}

/** The request with a body written from what was read. */
export function writtenAnew(request: ApiRequest, value: JsonValue): RequestWithBody {
  return withJsonBody(request, Buffer.from(writeJson(value)));
}

/** The request with another body, which is JSON. */
export function withJsonBody(request: ApiRequest, body: Buffer): RequestWithBody {
  const keepsType = request.method === 'PATCH';
  return { request: keepsType ? request : withContentType(request, 'application/json'), body };
}

/** What a body says, for looking at it: protobuf as the JSON that it stands for; null where it cannot be told. */
export function readable({ body, parsed }: Written): JsonValue {
  if (parsed !== null || body === null || body.length === 0) return parsed;
  const object = readProtobufObject(body);
  return object === null ? null : readStrictJson(Buffer.from(JSON.stringify(object)));
}

/** The options of a DELETE: null without a body, undefined for one that cannot be read whole. */
export function deleteOptions({ body, parsed }: Written): JsonValue | undefined {
  if (body === null || body.length === 0) return null;
  if (parsed !== null) return isJsonObject(parsed) ? parsed : undefined;
  try {
    const { apiVersion, kind, raw } = openEnvelope(body);
    if (kind !== 'DeleteOptions') return undefined;
    const options = decodeProtobuf(raw, 'meta.DeleteOptions', 'refuse');
    return readStrictJson(Buffer.from(JSON.stringify({ apiVersion, kind, ...options } satisfies Record<string, Json>)));
  } catch (error) {
    if (error instanceof ProtobufError) return undefined;
    throw error;
  }
}
