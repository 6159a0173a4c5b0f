import type { PieceMasker } from '../masking/mask-document.ts';
import type { MaskReport, MaskSubject } from '../masking/plan/response-mask.ts';
import type { MaskKey } from '../masking/tokens/mask-token.ts';
import type { Lane } from './lane.ts';
import { unpack } from './packed-values.ts';
import type { Masked } from './protocol.ts';
import { newsOf, noteFound, numberOf } from './seen-news.ts';
import { nextSession } from './session-number.ts';

export interface RemoteMaskerOptions {
  readonly key: MaskKey;
  /** To count in. */
  readonly report: MaskReport;
  readonly events: boolean;
}

/** One answer, masked by a worker: what is pushed goes there, what is masked comes back, and what was found is noted here. */
export class RemoteMasker implements PieceMasker {
  readonly #lane: Lane;
  readonly #subject: MaskSubject;
  readonly #options: RemoteMaskerOptions;
  readonly #session: number;
  readonly #over: () => void;
  #isOpen = false;
  #held = 0;

  constructor(lane: Lane, subject: MaskSubject, options: RemoteMaskerOptions) {
    this.#lane = lane;
    this.#subject = subject;
    this.#options = options;
    this.#session = nextSession();
    this.#over = lane.take();
  }

  get held(): number {
    return this.#held;
  }

  async push(chunk: Uint8Array): Promise<Uint8Array> {
    if (!this.#isOpen) await this.#open();
    // A copy, because the chunk may be part of what others read.
    const copy = new Uint8Array(chunk);
    const { seen = null } = this.#subject;
    const news = seen === null ? null : newsOf(seen, this.#lane);
    const question = { what: 'push', session: this.#session, chunk: copy, news } as const;
    return this.#take(await this.#lane.ask(question, [copy.buffer]));
  }

  async end(): Promise<Uint8Array> {
    if (!this.#isOpen) await this.#open();
    return this.#take(await this.#lane.ask({ what: 'end', session: this.#session }));
  }

  /** It is over, masked or not. */
  close(): void {
    if (this.#isOpen) this.#lane.tell({ what: 'close', session: this.#session });
    this.#isOpen = false;
    this.#over();
  }

  async #open(): Promise<void> {
    const { request, obligations, trim = null, seen = null } = this.#subject;
    const { key, events } = this.#options;
    const { kid } = key;
    this.#isOpen = true;
    await this.#lane.ask({
      what: 'open',
      session: this.#session,
      opening: {
        info: request.info,
        obligations,
        trim,
        key: { kid, key: key.key },
        events,
        seen: seen === null ? null : numberOf(seen),
      },
      news: seen === null ? null : newsOf(seen, this.#lane),
    });
  }

  async #take(masked: Masked): Promise<Uint8Array> {
    const { report } = this.#options;
    const { seen, onMasked } = this.#subject;
    this.#held = masked.held;
    report.maskedValues += masked.maskedValues;
    report.maskedObjects += masked.maskedObjects;
    report.onlyMetadata &&= masked.onlyMetadata;
    for (const shown of masked.shown) onMasked?.(shown);
    if (seen != null) await noteFound(seen, unpack(masked.values));
    return masked.bytes;
  }
}
