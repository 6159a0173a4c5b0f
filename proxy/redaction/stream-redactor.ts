import type { SeenValues } from './seen-values.ts';
import { type Match, matcherOf } from './value-matcher.ts';

/** A text that is there whole, without the values seen. */
export function redactText(seen: SeenValues, text: string): string {
  const redactor = new StreamRedactor(seen, 'words');
  return Buffer.concat([redactor.push(Buffer.from(text)), redactor.release()]).toString('utf8');
}

/** What stands in place of a value where lengths are free. */
export const REDACTED = '[redacted by Gatehouse]';

/** `stars`: as many as the value had bytes, for formats that count them (tar, HTTP bodies); `words` says what happened. */
export type RedactionStyle = 'words' | 'stars';

const NOTHING = Buffer.alloc(0);

/**
 * Takes the values that this gateway has seen out of one direction of a stream. Only the bytes of a match that may be
 * under way are held back; whoever owns the stream lets them go after a moment of silence (`release`).
 *
 * Best effort by nature: `rev`, `xxd`, line breaks inside base64, or a terminal that moves its cursor inside a value
 * defeat it. Policy on exec is what keeps values in.
 */
export class StreamRedactor {
  readonly #seen: SeenValues;
  readonly #style: RedactionStyle;
  #held = NOTHING;
  #replaced = 0;

  constructor(seen: SeenValues, style: RedactionStyle) {
    this.#seen = seen;
    this.#style = style;
  }

  /** Something may be replaced or is held back; while this is false bytes need not come here. */
  get active(): boolean {
    return !this.#seen.isEmpty || this.#held.length > 0;
  }

  /** Bytes that wait for what comes next. */
  get held(): number {
    return this.#held.length;
  }

  /** How many values were replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  /** @returns what may go out; `bytes` itself, the same object, where nothing was changed or held back. */
  push(bytes: Buffer): Buffer {
    if (this.#seen.isEmpty && this.#held.length === 0) return bytes;
    const whole = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const { found, openFrom } = matcherOf(this.#seen).search(whole);
    if (whole === bytes && found.length === 0 && openFrom === bytes.length) return bytes;
    // A copy: a few held bytes must not keep a whole chunk in memory.
    this.#held = Buffer.from(whole.subarray(openFrom));
    return this.#replace(whole.subarray(0, openFrom), found);
  }

  /** What was held back, now: nothing more is expected. */
  release(): Buffer {
    const held = this.#held;
    if (held.length === 0) return held;
    this.#held = NOTHING;
    return this.#replace(held, matcherOf(this.#seen).searchToEnd(held));
  }

  #replace(bytes: Buffer, found: readonly Match[]): Buffer {
    if (found.length === 0) return bytes;
    this.#replaced += found.length;
    const parts: Buffer[] = [];
    let from = 0;
    for (const { start, end } of found) {
      parts.push(bytes.subarray(from, start));
      parts.push(this.#style === 'stars' ? Buffer.alloc(end - start, '*') : Buffer.from(REDACTED));
      from = end;
    }
    parts.push(bytes.subarray(from));
    return Buffer.concat(parts);
  }
}
