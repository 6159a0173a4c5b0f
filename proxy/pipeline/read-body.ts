import type { Sign } from '../../model/sign.ts';
import { readable } from '../evaluation/look/body.ts';
import { signsOf } from '../evaluation/signs/signs.ts';
import { isLargeBody } from '../large-bodies/large-bodies.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { JsonValue } from '../request/json-value.ts';
import { newNameOf } from '../request/new-name.ts';
import { checkBody, readBody } from '../request/request-body.ts';
import { type DecidedByUrl, isDeniedByUrl } from './ask-policy.ts';
import type { Passage } from './passage.ts';

/** A request whose body was read. */
export interface WholeRequest extends DecidedByUrl {
  /** As the client sent it; null where none counts. */
  readonly body: Buffer | null;
  /** What it says, from the strict reader; null for protobuf, where there is none, and where it is large. */
  readonly parsed: JsonValue;
  /** Tricks that its words name (`evaluation/signs/`). */
  readonly signs: readonly Sign[];
}

/**
 * The body, read as the API server will read it.
 * @throws {Refusal} for what cannot be read with certainty, and `journal-unavailable`: from here on the cluster may be
 * asked something, and nothing goes there that cannot be recorded.
 */
export async function readWhole(passage: Passage, decided: DecidedByUrl): Promise<WholeRequest> {
  const { exchange, parts } = passage;
  const { request } = decided;
  if (isDeniedByUrl(decided)) return { ...decided, ...saying(decided, null, null) };
  const received = announcesBody(request) ? await collected(request, exchange) : null;
  const read = received === null ? saying(decided, null, null) : await readBodyOf(passage, decided, received);
  if (parts.journal.problem() !== null) await parts.journal.assertWritable();
  return { ...decided, ...read, body: isRead(request) ? null : received };
}

function collected({ headers }: ApiRequest, exchange: Passage['exchange']): Promise<Buffer> {
  return readBody(exchange.body, headers.first('Content-Length'), { onSlow: () => exchange.slow() });
}

type Read = Pick<WholeRequest, 'body' | 'parsed' | 'signs'>;

/** What is large is read elsewhere, and its value stays there. */
async function readBodyOf(passage: Passage, decided: DecidedByUrl, received: Buffer): Promise<Read> {
  const { head, parts } = passage;
  if (!isLargeBody(received)) {
    const { request } = decided;
    const parsed = checkBody(request, received);
    passage.makes(newNameOf(request.info, () => readable({ request, body: received, parsed })));
    return saying(decided, received, parsed);
  }
  const { signs, newName } = await parts.largeBodies.check({ head, body: received }, decided.question);
  passage.makes(newName);
  return { body: received, parsed: null, signs };
}

function saying({ question, request }: DecidedByUrl, body: Buffer | null, parsed: JsonValue): Read {
  return { body, parsed, signs: signsOf(question, { request, body, parsed }) };
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
