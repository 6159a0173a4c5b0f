import { kindClassOf } from '../masking/plan/mask-rules.ts';
import { MOST_SHOWN, type ShownMask } from '../masking/tokens/masked-value.ts';
import type { RequestInfo } from '../request/api-request.ts';

/** The field that a mask was shown for. */
export interface Origin {
  /** The resource with its group. */
  readonly kindClass: string;
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
}

/** A field takes some hundred bytes. */
const MOST_TOKENS = 20_000;

/**
 * Which field each of the newest masks was shown for, so that a refusal can name it. Holds no values, and nothing is
 * decided by it: what may be put back is always read from the cluster.
 */
export class MaskOrigins {
  readonly #origins = new Map<string, Origin>();

  /** Notes the masks of one answer: the first of them, because nobody writes the masks of a long list back. */
  noteAnswer(info: RequestInfo): (shown: ShownMask) => void {
    const kindClass = kindClassOf(info);
    let noted = 0;
    return ({ identity, field, token }) => {
      if (noted >= MOST_SHOWN) return;
      noted += 1;
      this.note(token, { kindClass, namespace: identity.namespace, name: identity.name, field });
    };
  }

  note(token: string, origin: Origin): void {
    this.#origins.delete(token);
    this.#origins.set(token, origin);
    if (this.#origins.size <= MOST_TOKENS) return;
    const oldest = this.#origins.keys().next();
    if (!oldest.done) this.#origins.delete(oldest.value);
  }

  get(token: string): Origin | undefined {
    return this.#origins.get(token);
  }
}
