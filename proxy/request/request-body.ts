import type { Readable } from 'node:stream';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from './api-request.ts';
import type { JsonValue } from './json-value.ts';
import { acceptedMediaTypes, bodyFormat, isBuiltInGroup } from './media-types.ts';
import { readStrictJson } from './strict-json.ts';
import { readStrictYaml } from './strict-yaml.ts';

/** The API server's own limit, in bytes (kube-apiserver `--max-request-body-bytes` default: 3 MiB). */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** Milliseconds for all of it, as kube-apiserver gives a request altogether (`--request-timeout`). */
const BODY_TIME = 60_000;

/** Milliseconds after which a body is a slow one; what a client has whole when it asks is there in less. */
const PROMPT = 1_000;

/**
 * How slowly a body may come: less than so many bytes in so many milliseconds is nobody's line. A modem brings the five-fold, and a
 * line that fails for a moment is waited for.
 */
const SLOWEST = { bytes: 15 * 1024, milliseconds: 15_000 };

export interface BodyWay {
  /** In bytes. */
  readonly limit?: number;
  /** Called once when the body turns out to be slow; what it throws ends the reading. */
  readonly onSlow: () => void;
}

/**
 * Collects the whole body.
 * @param announced the request's `Content-Length`.
 * @throws {Refusal} `body-too-large`, at once when Content-Length says so, else as soon as the limit is passed;
 * `request-too-slow`. The stream is left unread then; whoever answers closes the connection.
 */
export async function readBody(stream: Readable, announced: string | undefined, way: BodyWay): Promise<Buffer> {
  const { limit = BODY_LIMIT, onSlow } = way;
  if (Number(announced ?? 0) > limit) throw tooLarge(limit);
  const body: CollectedBody = { chunks: [], length: 0 };
  const { late, stop } = tooLate(body, onSlow);
  try {
    // A client that never sends the rest must not keep its place among the requests.
    return await Promise.race([collect(stream, body, limit), late]);
  } finally {
    stop();
  }
}

interface CollectedBody {
  readonly chunks: Buffer[];
  length: number;
}

async function collect(stream: Readable, body: CollectedBody, limit: number): Promise<Buffer> {
  // Leaving the loop must not destroy the stream: on a request that would take the socket away from the answer.
  const iterator: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of iterator) {
    body.length += chunk.length;
    if (body.length > limit) throw tooLarge(limit);
    body.chunks.push(chunk);
  }
  return Buffer.concat(body.chunks, body.length);
}

/** Rejects when a body that is being collected is too slow. */
function tooLate(
  body: CollectedBody,
  onSlow: () => void,
): { readonly late: Promise<never>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    let waited = 0;
    let before = 0;
    const judge = (): void => {
      waited += PROMPT;
      if (waited === PROMPT) onSlow();
      if (waited >= BODY_TIME) throw tooSlow(`took longer than ${BODY_TIME / 1000} s to arrive`);
      if (waited % SLOWEST.milliseconds !== 0) return;
      if (body.length - before < SLOWEST.bytes) {
        throw tooSlow(`brought less than ${SLOWEST.bytes / 1024} KiB in ${SLOWEST.milliseconds / 1000} s`);
      }
      before = body.length;
    };
    timer = setInterval(() => {
      try {
        judge();
      } catch (error) {
        reject(error);
      }
    }, PROMPT);
  });
  return { late, stop: () => clearInterval(timer) };
}

function tooSlow(what: string): Refusal {
  return new Refusal('request-too-slow', `The request body ${what}; send it again over a faster line`);
}

function tooLarge(limit: number): Refusal {
  return new Refusal('body-too-large', `Request entity too large: limit is ${limit}`);
}

/**
 * Checks that the API server will read the body as the gateway does, and answers its value. Null where there is none:
 * an empty body, protobuf, and what is sent to a backend through a `proxy` subresource.
 * @param readYaml reads YAML in another way.
 * @throws {Refusal} `media-type-not-supported` (415) or `body-not-readable` (400).
 */
export function checkBody(
  request: ApiRequest,
  bytes: Uint8Array,
  readYaml: (bytes: Uint8Array) => JsonValue = readJsonOrYaml,
): JsonValue {
  const { method, contentType, headers, info } = request;
  if (info.subresource === 'proxy') return null;
  const encoding = headers.first('Content-Encoding');
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    throw new Refusal('body-not-readable', `a body with Content-Encoding ${encoding} is not decoded; send it plain`);
  }
  if (method === 'GET' || method === 'HEAD') {
    if (bytes.length === 0) return null;
    throw new Refusal('body-not-readable', `a ${method} cannot have a body`);
  }
  if (bytes.length === 0 && method !== 'PATCH') return null;
  const format = bodyFormat(method, contentType);
  if (format === null) {
    const sent = contentType === '' ? 'a PATCH without a Content-Type' : `the media type ${contentType}`;
    throw notSupported(`${sent} is not taken here; send one of ${acceptedMediaTypes(method)}`);
  }
  if (format === 'json') return readStrictJson(bytes);
  if (format === 'yaml') return readYaml(bytes);
  if (!info.isResourceRequest || !isBuiltInGroup(info.apiGroup)) {
    // kube-apiserver 1.36.3 panics on it and closes the connection without an answer.
    throw notSupported(`${info.resource}.${info.apiGroup} is a custom resource, which has no protobuf form; send JSON`);
  }
  return null;
}

/** JSON is what kubectl sends as `apply-patch+yaml`; reading it as JSON keeps its numbers and is much faster. */
export function readJsonOrYaml(bytes: Uint8Array): JsonValue {
  if (bytes[0] === 0x7b) {
    try {
      return readStrictJson(bytes);
    } catch {
      // A YAML flow mapping begins alike; what is wrong with it is said below, a repeated key among it.
    }
  }
  return readStrictYaml(bytes);
}

function notSupported(message: string): Refusal {
  return new Refusal('media-type-not-supported', message);
}
