/** Many byte strings as two arrays, which cross to another thread without a copy of each. */
export interface PackedValues {
  readonly bytes: Uint8Array;
  /** Of each value, in order. */
  readonly lengths: Uint32Array;
}

export function pack(values: readonly Uint8Array[]): PackedValues {
  const lengths = Uint32Array.from(values, ({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const value of values) {
    bytes.set(value, at);
    at += value.length;
  }
  return { bytes, lengths };
}

export function* unpack({ bytes, lengths }: PackedValues): Generator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
