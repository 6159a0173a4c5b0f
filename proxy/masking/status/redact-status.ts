import { gunzipSync } from 'node:zlib';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import type { StatusCause } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';

/** What replaces a text that may quote a Secret. */
export const WITHHELD = 'text withheld by Gatehouse, because it may quote Secret values';

/** An error body above this is not read: a Status holds at most one object, and etcd takes 1.5 MiB. */
const LIMIT = 16 * 1024 * 1024;

const NAME = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?';
const RESOURCE = '[a-z][a-z0-9]{0,62}(?:\\.[a-z0-9.-]{1,200})?(?:/[a-z]{1,30})?';
const FIELD = '[-\\w.\\[\\]/]{1,300}';

/**
 * Messages of the API server that are made of names alone (apimachinery `api/errors`, apiserver
 * `handlers/responsewriters`, structured-merge-diff). Anything else may hold a value: the 422 of a patch that breaks a
 * type quotes the whole object, and admission policies write what they like.
 */
const NAMES_ONLY: readonly RegExp[] = [
  new RegExp(`^${RESOURCE} "${NAME}" not found$`),
  new RegExp(`^${RESOURCE} "${NAME}" already exists$`),
  new RegExp(
    `^${RESOURCE}(?: "${NAME}")? is forbidden: User "[^"\\\\]{1,253}" cannot [a-z]{1,20} resource "${RESOURCE}" in API group "[a-z0-9.-]{0,253}" ` +
      `(?:in the namespace "${NAME}"|at the cluster scope)$`,
  ),
  new RegExp(
    `^Operation cannot be fulfilled on ${RESOURCE} "${NAME}": the object has been modified; please apply your changes to the latest version and try again$`,
  ),
  new RegExp(
    `^Apply failed with [0-9]{1,5} conflicts?: (?:conflicts? with "[-\\w.]{1,128}"(?: with subresource "[a-z]{1,30}")?(?: using [a-z0-9./]{1,100})?(?: at [-0-9T:Z]{1,30})?:(?: \\.${FIELD}|(?:\\n- \\.${FIELD})+)\\n?){1,20}$`,
  ),
  /^conflict with "[-\w.]{1,128}"(?: with subresource "[a-z]{1,30}")?(?: using [a-z0-9./]{1,100})?(?: at [-0-9T:Z]{1,30})?$/,
  /^too old resource version: [0-9]{1,20} \([0-9]{1,20}\)$/,
  /^The resourceVersion for the provided (?:watch|list) is too old\.$/,
  /^(?:Unauthorized|the server does not allow this method on the requested resource|the server rejected our request due to an error in our request)$/,
];

/** Whether a text of the API server is made of names alone, so that it can hold no value. */
export function holdsNamesOnly(text: string): boolean {
  return text.length <= 4096 && NAMES_ONLY.some((pattern) => pattern.test(text));
}

/**
 * Reads the error body of a request on Secrets and gives back a Status that says the same without any value.
 * Never throws for what the body is: an unreadable one becomes a Status made from the HTTP status alone.
 */
export async function redactStatus(response: UpstreamResponse, _request: ApiRequest): Promise<Buffer> {
  return redactStatusText(await readErrorBody(response), response.status);
}

/** The body of an error, decompressed; empty where it is longer than any Status, or cannot be read. */
export async function readErrorBody(response: UpstreamResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > LIMIT) {
      chunks.length = 0;
      break;
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = response.headers.find(([header]) => header.toLowerCase() === 'content-encoding')?.[1];
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return body;
  try {
    return gunzipSync(body, { maxOutputLength: LIMIT });
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * The same error with every text in it redacted; what is no JSON is redacted as the text that it is.
 * @returns null where nothing had to be.
 */
export function substituteInStatus(body: Buffer, redact: (text: string) => string): Buffer | null {
  const text = body.toString('utf8');
  let changed = false;
  const redacted = (value: string): string => {
    const result = redact(value);
    changed ||= result !== value;
    return result;
  };
  let status: unknown;
  try {
    status = JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'string' ? redacted(value) : withKeys(value, redacted),
    );
  } catch {
    const result = redacted(text);
    return changed ? Buffer.from(result) : null;
  }
  return changed ? Buffer.from(JSON.stringify(status)) : null;
}

/** An object with its keys redacted; where two become the same, each keeps its own value under a number. */
function withKeys(value: unknown, redacted: (text: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const keys = entries.map(([key]) => redacted(key));
  if (keys.every((key, index) => key === entries[index]?.[0])) return value;
  const times = new Map<string, number>();
  return Object.fromEntries(
    entries.map(([, inner], index) => {
      const key = keys[index] ?? '';
      const before = times.get(key) ?? 0;
      times.set(key, before + 1);
      return [before === 0 ? key : `${key}.${before}`, inner];
    }),
  );
}

/**
 * The Status in `text`, built anew from the fields that hold names and codes; messages go unless they are made of names
 * alone. Fields that are not known are left out.
 * @param httpStatus stands in where the text has no code; null for the Status of a watch event.
 */
export function redactStatusText(text: Buffer, httpStatus: number | null): Buffer {
  const status = record(parse(text));
  const code = integer(status['code']) ?? httpStatus ?? 500;
  const reason = word(status['reason']) ?? REASONS[code] ?? (code >= 500 ? 'InternalError' : 'BadRequest');
  const details = record(status['details']);
  const metadata = record(status['metadata']);
  const causes = Array.isArray(details['causes']) ? details['causes'].map(redactCause) : null;
  return Buffer.from(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: present({
        resourceVersion: word(metadata['resourceVersion']),
        continue: opaque(metadata['continue']),
        remainingItemCount: integer(metadata['remainingItemCount']),
      }),
      status: 'Failure',
      message: redactMessage(status['message'], reason, details),
      reason,
      ...(Object.keys(details).length === 0
        ? {}
        : {
            details: present({
              name: name(details['name']),
              group: name(details['group']),
              kind: word(details['kind']),
              uid: word(details['uid']),
              causes,
              retryAfterSeconds: integer(details['retryAfterSeconds']),
            }),
          }),
      code,
    }),
  );
}

function redactMessage(message: unknown, reason: string, details: Record<string, unknown>): string {
  if (typeof message === 'string' && holdsNamesOnly(message)) return message;
  const object = name(details['name']);
  const kind = word(details['kind']);
  const what = kind === null || kind === 'secrets' || kind === 'Secret' ? 'secret' : kind;
  return `${reason}${object === null ? '' : ` on ${what} "${object}"`}: ${WITHHELD}`;
}

function redactCause(value: unknown): StatusCause {
  const cause = record(value);
  const message = cause['message'];
  return {
    reason: word(cause['reason']) ?? '',
    message: typeof message === 'string' && (message === '' || holdsNamesOnly(message)) ? message : WITHHELD,
    field: field(cause['field']),
  };
}

/** Reasons of the codes that an API server answers with in something other than a Status (apimachinery `meta/v1`). */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function parse(text: Buffer): unknown {
  try {
    // Nothing of the value is passed on but what the rules above let through, so repeated keys do no harm.
    return JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}

/** Reasons, kinds, uids and versions. */
function word(value: unknown): string | null {
  return typeof value === 'string' && /^[-A-Za-z0-9]{1,64}$/.test(value) ? value : null;
}

function name(value: unknown): string | null {
  return typeof value === 'string' && /^[-a-z0-9.]{1,253}$/.test(value) ? value : null;
}

/** A `continue` token: it names objects and holds no values. */
function opaque(value: unknown): string | null {
  return typeof value === 'string' && /^[-\w=+/]{1,4096}$/.test(value) ? value : null;
}

function field(value: unknown): string {
  return typeof value === 'string' && /^[-\w.[\]/]{0,300}$/.test(value) ? value : '';
}
