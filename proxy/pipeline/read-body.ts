import { journalUnavailable } from '../journal/journal.ts';
import { isLargeBody } from '../large-bodies/large-bodies.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { JsonValue } from '../request/json-value.ts';
import { bodyFormat } from '../request/media-types.ts';
import { checkBody, readBody } from '../request/request-body.ts';
import { readStrictJson } from '../request/strict-json.ts';
import { type DecidedByUrl, isDeniedByUrl } from './ask-policy.ts';
import type { Passage } from './passage.ts';

/** A request whose body was read. */
export interface WholeRequest extends DecidedByUrl {
  /** As the client sent it; null where none counts. */
  readonly body: Buffer | null;
  /** What it says, from the strict reader; null for protobuf and where there is none. */
  readonly parsed: JsonValue;
}

/**
 * The body, read as the API server will read it.
 * @throws {Refusal} for what cannot be read with certainty, and `journal-unavailable`: from here on the cluster may be
 * asked something, and nothing goes there that cannot be recorded.
 */
export async function readWhole(passage: Passage, decided: DecidedByUrl): Promise<WholeRequest> {
  const { exchange, parts } = passage;
  const { request } = decided;
  if (isDeniedByUrl(decided)) return { ...decided, body: null, parsed: null };
  const received = announcesBody(request) ? await collected(request, exchange) : null;
  const parsed = received === null ? null : await readBodyOf(request, received, parts.largeBodies);
  passage.makes(parsed);
  const problem = parts.journal.problem();
  if (problem !== null) throw journalUnavailable(problem);
  return { ...decided, body: isRead(request) ? null : received, parsed };
}

function collected({ headers }: ApiRequest, exchange: Passage['exchange']): Promise<Buffer> {
  return readBody(exchange.body, headers.first('Content-Length'), { onSlow: () => exchange.slow() });
}

/** YAML is read some hundred times slower than JSON; what is large is read elsewhere, and its JSON here. */
async function readBodyOf(
  request: ApiRequest,
  received: Buffer,
  largeBodies: Passage['parts']['largeBodies'],
): Promise<JsonValue> {
  if (!isLargeBody(received) || bodyFormat(request.method, request.contentType) !== 'yaml') {
    return checkBody(request, received);
  }
  // What is refused for another reason is refused for that one, and not read.
  checkBody(request, received, () => null);
  const json = await largeBodies.yamlAsJson(received);
  return readStrictJson(json);
}

/** GET and HEAD. */
export function isRead({ method }: Pick<ApiRequest, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A GET or HEAD has a body only where it says so; a body that is not empty is refused then. An upgrade has none. */
function announcesBody(request: ApiRequest): boolean {
  if (request.upgrade !== null) return false;
  return !isRead(request) || request.headers.has('Content-Length') || request.headers.has('Transfer-Encoding');
}
