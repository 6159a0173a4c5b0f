import { Refusal } from '../refusal.ts';
import { type LiveRead, type LiveReads, liveObjectsIn } from '../rehydration/live-objects.ts';
import type { Origin } from '../rehydration/mask-origins.ts';
import { type Rehydrated, rehydrate } from '../rehydration/rehydrate.ts';
import { readRequest } from '../request/read-request.ts';
import { checkBody } from '../request/request-body.ts';
import { pack } from './packed-values.ts';
import type { Refused, Restoring, Results } from './protocol.ts';
import type { WorkersSeen } from './workers-seen.ts';

type Turn = Results['restore'];

/**
 * One body whose masks are put back. It goes on until it is done or wants something that only the serving thread has, such
 * as a read from the cluster; each turn is answered once, so that questions and answers of a worker stay in step.
 */
export class RestoringSession {
  readonly #restoring: Restoring;
  readonly #seen: WorkersSeen;
  readonly #reads = new Map<string, Promise<LiveRead | null>>();
  readonly #origins = new Map<string, Origin>();
  readonly #wanted: Array<{ readonly target: string; readonly give: (read: LiveRead | null | Refused) => void }> = [];
  #turn: { readonly resolve: (turn: Turn) => void; readonly reject: (error: unknown) => void } | null = null;

  #ended: { readonly turn: Turn } | { readonly error: unknown } | null = null;

  constructor(restoring: Restoring, seen: WorkersSeen) {
    this.#restoring = restoring;
    this.#seen = seen;
  }

  /** @throws {Refusal} as `rehydrate`. */
  start(): Promise<Turn> {
    return this.#untilNext(() => void this.#run());
  }

  goOn(read: LiveRead | null | Refused): Promise<Turn> {
    return this.#untilNext(() => {
      this.#wanted.shift()?.give(read);
      this.#want();
    });
  }

  goOnWith(origins: ReadonlyArray<readonly [string, Origin]>): Promise<Turn> {
    for (const [token, origin] of origins) this.#origins.set(token, origin);
    return this.#untilNext(() => void this.#run(true));
  }

  #untilNext(begin: () => void): Promise<Turn> {
    return new Promise((resolve, reject) => {
      this.#turn = { resolve, reject };
      begin();
      this.#tellEnd();
    });
  }

  #over(end: { readonly turn: Turn } | { readonly error: unknown }): void {
    this.#ended = end;
    this.#tellEnd();
  }

  /** It may have ended while a read was still wanted, of which it needs nothing any more. */
  #tellEnd(): void {
    if (this.#ended === null || this.#turn === null) return;
    if ('turn' in this.#ended) this.#turn.resolve(this.#ended.turn);
    else this.#turn.reject(this.#ended.error);
    this.#turn = null;
    this.#ended = null;
  }

  async #run(knowsOrigins = false): Promise<void> {
    const unknown = new Set<string>();
    try {
      const restored = await this.#rehydrate((token) => {
        const origin = this.#origins.get(token);
        if (origin === undefined) unknown.add(token);
        return origin;
      });
      const body = restored && { body: new Uint8Array(restored.body), pinnedTo: restored.pinnedTo };
      this.#over({ turn: { restored: body, values: pack(this.#seen.takeFound()) } });
    } catch (error) {
      // Only a refusal asks where masks came from: once more, in words that name it.
      this.#over(unknown.size > 0 && !knowsOrigins ? { turn: { wanted: { origins: [...unknown] } } } : { error });
    }
  }

  async #rehydrate(originOf: (token: string) => Origin | undefined): Promise<Rehydrated | null> {
    const { head, body, masks, isMasked, key } = this.#restoring;
    const request = readRequest(head);
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const reads: LiveReads = { read: (target) => this.#read(target) };
    const objects = liveObjectsIn(reads, { request, masks, key, seen: this.#seen });
    return rehydrate(request, bytes, checkBody(request, bytes), { objects, originOf, isMasked });
  }

  /** Each object is read once, one after another. */
  #read(target: string): Promise<LiveRead | null> {
    const known = this.#reads.get(target);
    if (known !== undefined) return known;
    const read = new Promise<LiveRead | null>((resolve, reject) => {
      this.#wanted.push({
        target,
        give: (given) => {
          if (given === null || !('refused' in given)) return resolve(given);
          const { code, message, details } = given.refused;
          reject(new Refusal(code, message, details));
        },
      });
      if (this.#wanted.length === 1) this.#want();
    });
    this.#reads.set(target, read);
    return read;
  }

  #want(): void {
    const [next] = this.#wanted;
    if (next === undefined) return;
    this.#turn?.resolve({ wanted: { target: next.target } });
    this.#turn = null;
  }
}
