/** Bytes that are not the protobuf they should be. */
export class ProtobufError extends Error {}

/** A cursor over protobuf's wire format (protobuf.dev/programming-guides/encoding). */
export class WireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new ProtobufError('varint overflow');
  }

  /**
   * The number and wire type of the field that comes. As Go's generated decoders read it: numbers have 32 bits, the rest
   * of a longer one is cut off, and one that is not positive is an error.
   */
  tag(): { readonly number: number; readonly wireType: number } {
    const tag = BigInt.asUintN(64, this.varint());
    const number = Number(BigInt.asIntN(32, tag >> 3n));
    if (number <= 0) throw new ProtobufError(`illegal tag ${number}`);
    return { number, wireType: Number(tag & 7n) };
  }

  chunk(length: number): Buffer {
    const end = this.#offset + length;
    if (length < 0 || end > this.#bytes.length) throw new ProtobufError('unexpected EOF');
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  bytes(): Buffer {
    return this.chunk(Number(this.varint()));
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.chunk(8);
    else if (wireType === 2) this.bytes();
    else if (wireType === 5) this.chunk(4);
    else throw new ProtobufError(`wire type ${wireType}`);
  }
}
