import { z } from 'zod';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import type { Exchange } from '../../listener/exchange.ts';
import { redactStatus } from '../../masking/status/redact-status.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { HeaderList } from '../../request/header-list.ts';
import { readBody } from '../../request/request-body.ts';
import type { Outcome, Passage, RequestHead, RevealedKey } from '../passage.ts';
import type { SentRequest, WantedAnswer } from '../send.ts';
import type { Answer } from './answer.ts';
import { brokenAnswer } from './broken-answer.ts';
import { notUpgraded } from './document.ts';

/** What a reveal asks for. The names are checked so that they cannot leave their place in the path. */
const revealSchema = z.object({
  cluster: z.string().regex(/^[a-z0-9-]{1,63}$/),
  namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  name: z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/),
  key: z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/),
  reason: z.string().trim().min(1).max(500),
});
type Reveal = z.infer<typeof revealSchema>;

const BODY_LIMIT = 16 * 1024;

/** A Secret is at most 1 MiB of data, which is 1.4 MiB in base64; managed fields and annotations come on top. */
const SECRET_LIMIT = 4 * 1024 * 1024;

/** A reveal as it was asked for. */
export interface AskedReveal {
  readonly cluster: string;
  /** The read that it takes, made as a client would send it, so that policy sees the same target. */
  readonly head: RequestHead;
  readonly reveal: RevealedKey;
}

/**
 * Reads `POST {cluster, namespace, name, key, reason}`.
 * @throws {Refusal} `method-not-allowed`, `body-too-large`, `body-not-readable`.
 */
export async function readReveal(exchange: Exchange): Promise<AskedReveal> {
  if (exchange.method !== 'POST') throw new Refusal('method-not-allowed', 'A reveal is a POST');
  const { cluster, ...reveal } = await askedIn(exchange);
  const head = {
    method: 'GET',
    target: `/api/v1/namespaces/${reveal.namespace}/secrets/${reveal.name}`,
    rawHeaders: ['Host', 'gatehouse', 'Accept', 'application/json', 'User-Agent', 'gatehouse/reveal'],
  };
  return { cluster, head, reveal };
}

/**
 * One key of one Secret in clear, after the same steps as any request: the Secret is reduced to the key inside the
 * gateway, and the value is answered once, `{value}` in base64, as the API server holds it. Nothing is kept but what
 * redaction remembers of it.
 */
export class RevealAnswer implements Answer {
  readonly wanted: WantedAnswer = { target: null, accept: 'application/json', compression: false };
  readonly #passage: Passage;
  readonly #reveal: RevealedKey;
  readonly #request: ApiRequest;

  constructor(passage: Passage, reveal: RevealedKey, request: ApiRequest) {
    this.#passage = passage;
    this.#reveal = reveal;
    this.#request = request;
  }

  begin(): void {}

  end(): void {}

  async give({ answered }: SentRequest): Promise<Outcome> {
    const response = notUpgraded(answered);
    try {
      return await this.#give(response);
    } catch (error) {
      throw brokenAnswer(this.#passage, response, error);
    }
  }

  async #give(response: UpstreamResponse): Promise<Outcome> {
    const { cluster, parts } = this.#passage;
    const { namespace, name, key } = this.#reveal;
    if (response.status !== 200) {
      const status = await redactStatus(response, this.#request);
      return this.#respond(response.status, status);
    }
    const value = dataValue(await collect(response), key);
    if (value === null) {
      throw new Refusal('reveal-key-missing', `Secret "${name}" in namespace "${namespace}" has no key "${key}"`);
    }
    parts.seen.of(cluster).add(Buffer.from(value, 'base64'));
    return this.#respond(200, Buffer.from(JSON.stringify({ value })));
  }

  async #respond(status: number, body: Buffer): Promise<Outcome> {
    await this.#passage.exchange.respond(status, jsonHeaders(body.length), body);
    return { status, code: null, maskedValues: 0, ended: null };
  }
}

async function askedIn(exchange: Exchange): Promise<Reveal> {
  const length = HeaderList.fromRaw(exchange.rawHeaders).first('Content-Length');
  const body = await readBody(exchange.body, length, { limit: BODY_LIMIT, onSlow: () => exchange.slow() });
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal('body-not-readable', 'A reveal must be JSON', { cause });
  }
  const checked = revealSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new Refusal(
    'body-not-readable',
    `A reveal needs a valid ${issue?.path.join('.') || 'body'}: ${issue?.message}`,
  );
}

function jsonHeaders(bytes: number): ReadonlyArray<readonly [string, string]> {
  return [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(bytes)],
    ['Cache-Control', 'no-store'],
  ];
}

async function collect(response: UpstreamResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > SECRET_LIMIT)
      throw new Refusal('upstream-response-invalid', 'The cluster answered with more than a Secret can hold');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The key's value in base64, or null. */
function dataValue(secret: Buffer, key: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret.toString('utf8'));
  } catch (cause) {
    throw new Refusal('upstream-response-invalid', 'The cluster answered with something that is not a Secret', {
      cause,
    });
  }
  const data: unknown = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : null;
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return null;
  const value: unknown = Object.entries(data).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : null;
}
