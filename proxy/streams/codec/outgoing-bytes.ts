/**
 * What goes out of a codec for one chunk that came in. Slices that stand behind one another in memory become one again,
 * so that a chunk of which nothing was changed goes out as it came, in one write.
 */
export class OutgoingBytes {
  readonly #slices: Buffer[] = [];

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const last = this.#slices.at(-1);
    if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset) {
      this.#slices[this.#slices.length - 1] = Buffer.from(
        last.buffer as ArrayBuffer,
        last.byteOffset,
        last.length + bytes.length,
      );
    } else {
      this.#slices.push(bytes);
    }
  }

  take(): Buffer[] {
    return this.#slices.splice(0);
  }
}
