import { SeenValues } from '../redaction/seen-values.ts';
import { unpack } from './packed-values.ts';
import type { SeenNews } from './protocol.ts';

/** Values seen of one cluster, as this worker knows them: what it was told, and what it finds itself. */
export class WorkersSeen extends SeenValues {
  #found: Uint8Array[] = [];
  #isTold = false;

  learn(values: Iterable<Uint8Array>): void {
    this.#isTold = true;
    for (const value of values) this.add(value);
    this.#isTold = false;
  }

  override add(value: Uint8Array): void {
    const { version } = this;
    super.add(value);
    if (!this.#isTold && this.version !== version) this.#found.push(new Uint8Array(value));
  }

  takeFound(): Uint8Array[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

/** Those of all clusters. */
export class SeenOfClusters {
  readonly #seen = new Map<number, WorkersSeen>();

  of(number: number): WorkersSeen {
    let seen = this.#seen.get(number);
    if (seen === undefined) {
      seen = new WorkersSeen();
      this.#seen.set(number, seen);
    }
    return seen;
  }

  learn({ seen, values }: SeenNews): void {
    this.of(seen).learn(unpack(values));
  }
}
