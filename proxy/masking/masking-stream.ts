import { ByteWindow, type Splice } from './byte-window.ts';
import { createScanner, type ScannerKind } from './create-scanner.ts';
import { unescapeText } from './escaped-text.ts';
import type { Scanner } from './json-scanner.ts';
import { LAST_APPLIED, type MaskRules } from './mask-rules.ts';
import { type MaskKey, maskToken } from './mask-token.ts';
import { escapeString, type ObjectIdentity } from './masked-object.ts';
import type { OnMasked } from './masked-value.ts';
import { NotMaskable } from './not-maskable.ts';
import { ObjectMasker } from './object-masker.ts';
import { ObjectTokens } from './object-tokens.ts';
import { redactStatusText } from './redact-status.ts';
import { type MaskReport, newMaskReport } from './response-mask.ts';

export interface MaskingStreamOptions {
  readonly key: MaskKey;
  readonly rules: MaskRules;
  /** A stream of watch events instead of one document. */
  readonly events: boolean;
  readonly report: MaskReport;
  readonly identity?: ObjectIdentity;
  /** Told of each value as it is masked, those inside last-applied too. */
  readonly onMasked?: OnMasked | null;
  /** How many copies inside copies lie above. */
  readonly depth?: number;
  /** Shared with the copies inside the object. */
  readonly tokens?: ObjectTokens;
  readonly scanner?: ScannerKind;
}

/** Deeper copies of last-applied inside last-applied than anyone makes are replaced whole. */
const MAX_COPIES = 3;

/**
 * Bytes in, masked bytes out: the scanner, the walk and the window together. What it gives back is final; what it holds
 * back is what a later byte could still change.
 */
export class MaskingStream {
  readonly #window = new ByteWindow();
  readonly #masker: ObjectMasker;
  readonly #scanner: Scanner;
  readonly #events: boolean;
  #splices: Splice[] = [];

  constructor(options: MaskingStreamOptions) {
    const { key, rules, events, report } = options;
    const depth = options.depth ?? 0;
    const onMasked = options.onMasked ?? null;
    const tokens = options.tokens ?? new ObjectTokens();
    let copyRules: MaskRules | null = depth > 0 ? rules : null;
    this.#events = events;
    this.#masker = new ObjectMasker({
      key,
      rules,
      events,
      report,
      identity: options.identity ?? null,
      read: (start, end) => this.#window.slice(start, end),
      readText: (start, end) => this.#window.text(start, end),
      readKey: (start, end) => this.#window.key(start, end),
      maskCopy: (raw, identity) => {
        copyRules ??= { ...rules, kinds: null };
        return maskCopy(raw, { key, rules: copyRules, identity, onMasked, tokens, depth: depth + 1 });
      },
      tokens,
      isCopy: depth > 0,
      onMasked,
      redactStatus: (status) => redactStatusText(status, null),
    });
    this.#scanner = createScanner(this.#masker, { manyRoots: events }, options.scanner);
  }

  /** Bytes held back. */
  get held(): number {
    return this.#window.length;
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
    if (!this.#events && this.#scanner.roots === 0) throw new NotMaskable('the answer is empty');
    return this.#take(this.#window.end);
  }

  /**
   * Masks a document that is all there, in place of `push` and `end`.
   * @returns what to put into it, in order.
   */
  whole(document: Buffer): Splice[] {
    this.#window.append(document);
    this.#scanner.scan(document, 0, 0, document.length);
    this.#scanner.end(document, 0, document.length);
    if (this.#scanner.roots === 0) throw new NotMaskable('the answer is empty');
    return this.#masker.takeSplices().sort((a, b) => a.start - b.start);
  }

  /** The position up to which nothing can change any more. */
  #final(): number {
    const { end } = this.#window;
    if (this.#events) return this.#scanner.betweenRoots ? end : (this.#masker.openDocumentStart ?? this.#window.start);
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
}

interface CopyOptions {
  readonly key: MaskKey;
  readonly rules: MaskRules;
  readonly identity: ObjectIdentity;
  readonly onMasked: OnMasked | null;
  readonly tokens: ObjectTokens;
  readonly depth: number;
}

/**
 * Masks inside the copy of an object that client-side apply keeps. The keys stay, because the three-way merge of `kubectl
 * apply` reads them, and so does every byte that is no value; a text that cannot be read is replaced whole.
 * @param raw what stands between the quotes, escapes and all.
 * @returns what goes in there, by positions of `raw`; null where nothing had to be masked.
 */
function maskCopy(raw: Buffer, { depth, ...common }: CopyOptions): readonly Splice[] | null {
  const { key, rules, identity } = common;
  const report = newMaskReport();
  const { bytes, written } = unescapeText(raw);
  try {
    if (depth > MAX_COPIES) throw new NotMaskable('copies inside copies');
    const stream = new MaskingStream({ ...common, events: false, report, depth });
    const splices = stream.whole(bytes);
    if (report.maskedValues === 0) return null;
    return splices.map((splice) => ({
      start: written(splice.start),
      end: written(splice.end),
      bytes: typeof splice.bytes === 'string' ? splice.bytes : escapeString(splice.bytes.toString('utf8')),
    }));
  } catch (error) {
    if (!(error instanceof NotMaskable)) throw error;
    const fieldPath = `metadata.annotations[${LAST_APPLIED}]`;
    const token = maskToken(key, { kindClass: rules.kindClass, ...identity, fieldPath }, bytes);
    return [{ start: 0, end: raw.length, bytes: token }];
  }
}
