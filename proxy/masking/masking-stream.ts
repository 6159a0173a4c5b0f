import { createScanner, type ScannerKind } from './create-scanner.ts';
import type { MaskRules } from './plan/mask-rules.ts';
import { type MaskReport, newMaskReport } from './plan/response-mask.ts';
import { ByteWindow, type Splice } from './scan/byte-window.ts';
import { escapeString, unescapeText } from './scan/escaped-text.ts';
import type { Scanner } from './scan/json-scanner.ts';
import { NotMaskable } from './scan/not-maskable.ts';
import { redactStatusText } from './status/redact-status.ts';
import { LAST_APPLIED } from './tokens/mask-form.ts';
import { type MaskKey, maskToken } from './tokens/mask-token.ts';
import type { OnMasked } from './tokens/masked-value.ts';
import type { ObjectIdentity } from './tokens/object-identity.ts';
import { ObjectTokens } from './tokens/object-tokens.ts';
import type { OwnValues } from './values/own-values.ts';
import { ObjectMasker } from './walk/object-masker.ts';

export interface MaskingStreamOptions {
  readonly key: MaskKey;
  readonly rules: MaskRules;
  /** A stream of watch events instead of one document. */
  readonly events: boolean;
  readonly report: MaskReport;
  /** Told of each value as it is masked, those inside last-applied too. */
  readonly onMasked?: OnMasked | null;
  readonly scanner?: ScannerKind;
}

/** Where a copy inside an object stands. */
interface Copied {
  /** How many copies lie around it. */
  readonly depth: number;
  /** Shared by an object and the copies inside it. */
  readonly tokens: ObjectTokens;
}

/** Deeper copies of last-applied inside last-applied than anyone makes are replaced whole. */
const MAX_COPIES = 3;

/**
 * Bytes in, masked bytes out: the scanner, the walk and the window together. What it gives back is final; what it holds
 * back is what a later byte could still change.
 */
export class MaskingStream {
  readonly #options: MaskingStreamOptions;
  readonly #copied: Copied;
  readonly #window = new ByteWindow();
  readonly #masker: ObjectMasker;
  /** What the masker is told; of a copy the identity changes from one to the next. */
  readonly #told: { identity: ObjectIdentity | null; own: OwnValues | null; report: MaskReport };
  #scanner: Scanner;
  #splices: Splice[] = [];
  /** For the copies in this stream's objects, one after another. */
  #copies: MaskingStream | null = null;

  constructor(options: MaskingStreamOptions, copied: Copied = { depth: 0, tokens: new ObjectTokens() }) {
    const { key, rules, events, report } = options;
    this.#options = options;
    this.#copied = copied;
    const told = {
      key,
      rules,
      events,
      report,
      identity: null as ObjectIdentity | null,
      read: (start: number, end: number) => this.#window.slice(start, end),
      readText: (start: number, end: number) => this.#window.text(start, end),
      readKey: (start: number, end: number) => this.#window.key(start, end),
      own: null as OwnValues | null,
      maskCopy: (start: number, end: number, identity: ObjectIdentity, own: OwnValues | null) =>
        this.#maskCopy(start, end, identity, own),
      tokens: copied.tokens,
      isCopy: copied.depth > 0,
      onMasked: options.onMasked ?? null,
      redactStatus: (status: Buffer) => redactStatusText(status, null),
    };
    this.#told = told;
    this.#masker = new ObjectMasker(told);
    this.#scanner = createScanner(this.#masker, { manyRoots: events }, options.scanner);
  }

  /** Bytes held back. */
  get held(): number {
    return this.#window.length;
  }

  /** What is held back, as it came; valid until the next `push`. */
  get heldBytes(): Buffer {
    return this.#window.view();
  }

  /**
   * @returns what is final now; may be empty.
   * @throws {NotMaskable}
   */
  push(chunk: Uint8Array): Buffer {
    const from = this.#window.length;
    this.#window.append(chunk);
    this.#scanner.scan(this.#window.view(), this.#window.start, from, from + chunk.length);
    return this.#take(this.#final());
  }

  /** The rest. Throws as `push` does when the stream ended too early. */
  end(): Buffer {
    this.#scanner.end(this.#window.view(), this.#window.start, this.#window.end);
    if (!this.#options.events && this.#scanner.roots === 0) throw new NotMaskable('the answer is empty');
    return this.#take(this.#window.end);
  }

  /** The position up to which nothing can change any more. */
  #final(): number {
    const { end } = this.#window;
    if (this.#options.events)
      return this.#scanner.betweenRoots ? end : (this.#masker.openDocumentStart ?? this.#window.start);
    return Math.min(end, this.#masker.unsettledFrom ?? end, this.#scanner.openTokenStart ?? end);
  }

  #take(position: number): Buffer {
    const found = this.#masker.takeSplices();
    // An outer object settles after the objects inside it, so what was found last need not stand last.
    if (found.length > 0) this.#splices = [...this.#splices, ...found].sort((a, b) => a.start - b.start);
    const ready = this.#splices.filter((splice) => splice.end <= position);
    if (ready.length > 0) this.#splices = this.#splices.slice(ready.length);
    return this.#window.take(position, ready);
  }

  /**
   * Masks inside the copy of an object that client-side apply keeps. The keys stay, because the three-way merge of
   * `kubectl apply` reads them, and so does every byte that is no value; a text that cannot be read is replaced whole.
   * @param from where its text begins, escapes and all, behind the quote.
   * @returns what goes in there; null where nothing had to be masked.
   */
  #maskCopy(from: number, to: number, identity: ObjectIdentity, own: OwnValues | null): readonly Splice[] | null {
    const { key, rules } = this.#options;
    const { bytes, written } = unescapeText(this.#window.slice(from, to));
    const report = newMaskReport();
    try {
      const splices = this.#copiesStream().#maskWhole(bytes, identity, own, report);
      if (splices.length === 0) return null;
      const placed: Splice[] = [];
      for (const splice of splices) {
        const start = from + written(splice.start);
        const masked = typeof splice.bytes === 'string' ? splice.bytes : escapeString(splice.bytes.toString('utf8'));
        placed.push({ start, end: from + written(splice.end), bytes: masked });
      }
      return placed;
    } catch (error) {
      // What it was in the middle of is of no use for the next one.
      this.#copies = null;
      if (!(error instanceof NotMaskable)) throw error;
      const fieldPath = `metadata.annotations[${LAST_APPLIED}]`;
      const token = maskToken(key, { kindClass: rules.kindClass, ...identity, fieldPath }, bytes);
      return [{ start: from, end: to, bytes: token }];
    }
  }

  #copiesStream(): MaskingStream {
    const depth = this.#copied.depth + 1;
    if (depth > MAX_COPIES) throw new NotMaskable('copies inside copies');
    const { rules } = this.#options;
    this.#copies ??= new MaskingStream(
      { ...this.#options, rules: depth > 1 ? rules : { ...rules, kinds: null, trim: null }, events: false },
      { ...this.#copied, depth },
    );
    return this.#copies;
  }

  /**
   * Masks a copy that is all there. Only whole documents come by here, so that nothing of one is left for the next.
   * @returns what to put into it, in order.
   */
  #maskWhole(document: Buffer, identity: ObjectIdentity, own: OwnValues | null, report: MaskReport): Splice[] {
    this.#told.identity = identity;
    this.#told.own = own;
    this.#told.report = report;
    this.#window.begin(document);
    this.#scanner = createScanner(this.#masker, { manyRoots: false }, this.#options.scanner);
    this.#scanner.scan(document, 0, 0, document.length);
    this.#scanner.end(document, 0, document.length);
    if (this.#scanner.roots === 0) throw new NotMaskable('the answer is empty');
    return this.#masker.takeSplices().sort((a, b) => a.start - b.start);
  }
}
