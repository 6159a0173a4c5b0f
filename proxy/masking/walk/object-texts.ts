import { unescapeString } from '../scan/escaped-text.ts';
import type { JsonEvents } from '../scan/json-scanner.ts';
import { JsonScanner } from '../scan/json-scanner.ts';

/** A text of an object, where it stands. */
export interface ObjectText {
  /** The keys and indexes that lead to it; of a key those that lead to its object, and itself. */
  readonly path: readonly string[];
  readonly what: 'key' | 'string' | 'scalar';
  /** Between the quotes. Positions as the caller counts them. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A container of an object. */
export interface ObjectPart {
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
}

interface Level {
  readonly array: boolean;
  readonly start: number;
  key: string;
  index: number;
}

/** Every text of an object, keys and numbers among them. For parts of objects, and only where something is suspected. */
export class ObjectTexts implements JsonEvents {
  readonly texts: ObjectText[] = [];
  readonly parts: ObjectPart[] = [];
  readonly #bytes: Buffer;
  readonly #offset: number;
  readonly #levels: Level[] = [];

  /**
   * @param bytes a JSON value, whole and checked.
   * @param offset where it begins.
   */
  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
    const scanner = new JsonScanner(this, { manyRoots: false });
    scanner.scan(bytes, 0, 0, bytes.length);
    scanner.end(bytes, 0, bytes.length);
  }

  openObject(at: number): void {
    this.#next();
    this.#levels.push({ array: false, start: at, key: '', index: -1 });
  }

  openArray(at: number): void {
    this.#next();
    this.#levels.push({ array: true, start: at, key: '', index: -1 });
  }

  close(end: number): void {
    const level = this.#levels.pop();
    if (level === undefined) return;
    this.parts.push({ path: this.#path(), start: this.#offset + level.start, end: this.#offset + end });
  }

  key(start: number, end: number, escaped: boolean): void {
    const level = this.#levels.at(-1);
    if (level === undefined) return;
    level.key = this.#text(start, end, escaped);
    this.#found('key', start, end, level.key);
  }

  string(start: number, end: number, escaped: boolean): void {
    this.#next();
    this.#found('string', start, end, this.#text(start, end, escaped));
  }

  scalar(start: number, end: number): void {
    this.#next();
    this.#found('scalar', start, end, this.#text(start, end, false));
  }

  #next(): void {
    const level = this.#levels.at(-1);
    if (level?.array === true) level.index += 1;
  }

  #found(what: ObjectText['what'], start: number, end: number, text: string): void {
    this.texts.push({ path: this.#path(), what, start: this.#offset + start, end: this.#offset + end, text });
  }

  #path(): string[] {
    return this.#levels.map(({ array, key, index }) => (array ? String(index) : key));
  }

  #text(start: number, end: number, escaped: boolean): string {
    const raw = this.#bytes.toString('utf8', start, end);
    return escaped ? unescapeString(raw) : raw;
  }
}
