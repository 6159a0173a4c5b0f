import { MaskingStream } from '../../../proxy/masking/masking-stream.ts';
import { compileMaskRules } from '../../../proxy/masking/plan/mask-rules.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import type { MaskedValue, OnMasked } from '../../../proxy/masking/tokens/masked-value.ts';
import type { LiveObject, LiveObjects } from '../../../proxy/rehydration/live-objects.ts';
import type { Origin } from '../../../proxy/rehydration/mask-origins.ts';
import { type Rehydrated, rehydrate } from '../../../proxy/rehydration/rehydrate.ts';
import type { RequestInfo } from '../../../proxy/request/api-request.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { checkBody } from '../../../proxy/request/request-body.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { KEY, MASK_SECRETS } from '../masking/requests.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests reach into JSON of many shapes
export type Loose = any;

/** What a client is shown of an object that is read at `target`. */
export function masked(
  object: object,
  target: string,
  obligations = [MASK_SECRETS],
  onMasked: OnMasked | null = null,
  anyKind = false,
): Loose {
  const request = readRequest({ method: 'GET', target, rawHeaders: [] });
  const rules = compileMaskRules({ request, obligations });
  if (rules === null) return structuredClone(object);
  const kinds = anyKind ? null : rules.kinds;
  const stream = new MaskingStream({
    key: KEY,
    rules: { ...rules, kinds },
    events: false,
    report: newMaskReport(),
    onMasked,
  });
  const bytes = Buffer.concat([stream.push(Buffer.from(JSON.stringify(object))), stream.end()]);
  return JSON.parse(bytes.toString('utf8'));
}

/** A cluster that holds the given objects, by path and query. */
export function clusterOf(
  objects: Readonly<Record<string, object>>,
  obligations = [MASK_SECRETS],
  /** What is written, for the rules of its answer. */
  maskedAs = '/api/v1/namespaces/team-a/secrets/db',
): LiveObjects & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    read: async (target): Promise<LiveObject | null> => {
      reads.push(target);
      const object = objects[target] as Loose;
      if (object === undefined) return null;
      const values: MaskedValue[] = [];
      const shown = masked(object, target, obligations, (value) => values.push(value));
      return {
        values,
        plain: readStrictJson(Buffer.from(JSON.stringify(object))),
        masked: readStrictJson(Buffer.from(JSON.stringify(shown))),
        resourceVersion: object.metadata?.resourceVersion ?? '',
        uid: object.metadata?.uid ?? '',
      };
    },
    mask: (object) => {
      const shown = masked(JSON.parse(jsonText(object)), maskedAs, obligations, null, true);
      return readStrictJson(Buffer.from(JSON.stringify(shown)));
    },
  };
}

export interface Write {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly target: string;
  readonly contentType?: string;
  readonly body: object | string | Buffer;
}

export interface WriteOptions {
  readonly isMasked?: boolean;
  readonly originOf?: (token: string) => Origin | undefined;
}

/** Sends a write through rehydration; what comes out is what the API server would get, null where it went unchanged. */
export function write(
  { method, target, contentType = 'application/json', body }: Write,
  objects: LiveObjects,
  { isMasked = true, originOf = () => undefined }: WriteOptions = {},
): Promise<Rehydrated | null> {
  const request = readRequest({ method, target, rawHeaders: ['Content-Type', contentType] });
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return rehydrate(request, bytes, checkBody(request, bytes), { objects, originOf, isMasked });
}

/** The same as JSON. */
export async function written(...args: Parameters<typeof write>): Promise<Loose> {
  const rehydrated = await write(...args);
  return rehydrated === null ? null : JSON.parse(rehydrated.body.toString('utf8'));
}

/** The refusal of a write that must be refused. */
export async function refused(...args: Parameters<typeof write>): Promise<Loose> {
  try {
    await write(...args);
  } catch (error) {
    return error;
  }
  throw new Error('the write was not refused');
}

export type Info = Partial<RequestInfo>;
