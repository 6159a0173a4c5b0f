/**
 * Headers as they stood on the wire: repeated lines stay apart, order is kept. Node joins repeated lines in
 * `req.headers`, which turns two `Impersonate-Group` lines into one group, so the raw list is read instead.
 */
export class HeaderList {
  readonly #lines: ReadonlyArray<readonly [name: string, value: string]>;

  constructor(lines: ReadonlyArray<readonly [name: string, value: string]>) {
    this.#lines = lines;
  }

  /** From Node's `rawHeaders`: name, value, name, value, … */
  static fromRaw(rawHeaders: readonly string[]): HeaderList {
    const lines: Array<readonly [string, string]> = [];
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      lines.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
    }
    return new HeaderList(lines);
  }

  /** Every value of a header, one for each line. */
  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#lines.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  }

  /** The first line's value, as the API server reads single-valued headers. */
  first(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.#lines.find(([key]) => key.toLowerCase() === wanted)?.[1];
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#lines[Symbol.iterator]();
  }
}
