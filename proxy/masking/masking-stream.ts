import { ByteWindow, type Splice } from './byte-window.ts';
import { createScanner, type ScannerKind } from './create-scanner.ts';
import type { Scanner } from './json-scanner.ts';
import { LAST_APPLIED, type MaskRules } from './mask-rules.ts';
import { type MaskKey, maskToken } from './mask-token.ts';
import type { ObjectIdentity } from './masked-object.ts';
import type { OnMasked } from './masked-value.ts';
import { NotMaskable } from './not-maskable.ts';
import { ObjectMasker } from './object-masker.ts';
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
      maskLastApplied: (value, identity) =>
        maskLastApplied(value, { key, rules, identity, onMasked, depth: depth + 1 }),
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
  readonly depth: number;
}

/**
 * Masks inside the copy of an object that client-side apply keeps. The keys stay, because the three-way merge of `kubectl
 * apply` reads them; a text that cannot be read is replaced whole.
 * @returns what goes between the quotes; null where nothing had to be masked.
 */
function maskLastApplied(value: Buffer, { key, rules, identity, onMasked, depth }: CopyOptions): Buffer | null {
  const report = newMaskReport();
  try {
    if (depth > MAX_COPIES) throw new NotMaskable('copies inside copies');
    const copyRules = { ...rules, kinds: null };
    const stream = new MaskingStream({ key, rules: copyRules, events: false, report, identity, onMasked, depth });
    const masked = Buffer.concat([stream.push(value), stream.end()]);
    return report.maskedValues === 0 ? null : escapeString(masked.toString('utf8'));
  } catch (error) {
    if (!(error instanceof NotMaskable)) throw error;
    const fieldPath = `metadata.annotations[${LAST_APPLIED}]`;
    return Buffer.from(maskToken(key, { kindClass: rules.kindClass, ...identity, fieldPath }, value));
  }
}

/** As the API server writes a string: Go's encoder also escapes the three characters that mean something in HTML. */
function escapeString(text: string): Buffer {
  const quoted = JSON.stringify(text).slice(1, -1);
  return Buffer.from(quoted.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`));
}
