import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Cluster } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { sendUpstream } from './send-upstream.ts';
import type { Upstream, UpstreamResponse } from './upstream.ts';
import { upstreamTrouble } from './upstream-trouble.ts';

/** An object is at most 3 MiB as it was sent; defaults and managed fields come on top. Bytes. */
const LIMIT = 16 * 1024 * 1024;
/** What takes milliseconds to parse. Bytes. */
const LARGE = 256 * 1024;

/** What the API server said to a question of the gateway's own. */
export interface Probed {
  readonly status: number;
  /** The answer's JSON; null where it is none. */
  readonly object: unknown;
  /** The same as it came. */
  readonly bytes: Buffer;
  /** The same answer again, to pass on. */
  response(): UpstreamResponse;
}

/** How a question is asked. */
interface Asking {
  /** The form of the answer; JSON as it is kept, when nothing else is said. */
  readonly accept?: string | undefined;
  /** The question's own, where it is on record already. */
  readonly auditId?: string;
}

/** Asks the API server in the course of a client's request: same way, same credential, an Audit-ID of its own. */
export class Probe {
  readonly #upstream: Upstream;
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;

  constructor(upstream: Upstream, cluster: Cluster, signal: AbortSignal) {
    this.#upstream = upstream;
    this.#cluster = cluster;
    this.#signal = signal;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /**
   * Asks within a time limit, and on whether the client stays or not: what is found is remembered for others.
   * @returns `no-answer` once the time is over.
   */
  async within<Answer>(milliseconds: number, ask: (probe: Probe) => Promise<Answer>): Promise<Answer | 'no-answer'> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error('The cluster takes too long')), milliseconds);
    // What is asked may wait for what others asked before, which ends at their time limit and not at this one.
    const isOver = new Promise<'no-answer'>((resolve) =>
      limit.signal.addEventListener('abort', () => resolve('no-answer')),
    );
    try {
      return await Promise.race([ask(new Probe(this.#upstream, this.#cluster, limit.signal)), isOver]);
    } catch (error) {
      if (limit.signal.aborted) return 'no-answer';
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @throws {Refusal} as `sendUpstream`, and `upstream-response-invalid` for an answer that is no object's.
   */
  async ask(request: ApiRequest, body: Buffer | null = null, { accept, auditId }: Asking = {}): Promise<Probed> {
    const answered = await sendUpstream(this.#upstream, this.#cluster, {
      request,
      body,
      auditId: auditId ?? uuidV7(),
      accept: accept ?? 'application/json',
      compression: false,
      signal: this.#signal,
    });
    if ('socket' in answered) throw new Refusal('upstream-response-invalid', 'The cluster upgraded a plain request');
    const bytes = await this.#collect(answered);
    const isLarge = bytes.length > LARGE;
    // To bring it together, to parse it and what is done with it are tasks of their own: others are served in between.
    if (isLarge) await setImmediate();
    const object = json(bytes);
    if (isLarge) await setImmediate();
    return {
      status: answered.status,
      object,
      bytes,
      response: () => ({ ...answered, body: Readable.from([bytes]) }),
    };
  }

  async #collect({ body }: UpstreamResponse): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > LIMIT) break;
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.#signal.aborted ? error : upstreamTrouble(error, this.#cluster);
    }
    if (length > LIMIT) throw new Refusal('upstream-response-invalid', 'The cluster answered with more than an object');
    return Buffer.concat(chunks);
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
