import type { Random } from '../proxy/masking/random.ts';

/** Longer inputs find nothing that shorter ones do not, and take their time. */
const LONGEST = 16 * 1024;

/** Bytes that readers stumble over. */
const ODD_BYTES = [
  0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x2f, 0x3a, 0x3b, 0x5c, 0x7b, 0x7f, 0x80, 0xc0, 0xff,
];

/** What mutations are made with. */
interface Material {
  readonly random: Random;
  /** Another input, to take pieces from. */
  readonly other: Buffer;
  readonly words: readonly string[];
}

type Mutation = (bytes: Buffer, material: Material) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  /** Turns one bit. */
  (bytes, { random }) => {
    const at = random.below(Math.max(bytes.length, 1));
    if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  /** Puts one odd byte in, or over another. */
  (bytes, { random }) => spliced(bytes, place(bytes, random), random.below(2), Buffer.from([random.pick(ODD_BYTES)])),
  /** Takes a piece out. */
  (bytes, { random }) => spliced(bytes, place(bytes, random), length(random), Buffer.alloc(0)),
  /** Says a piece twice, perhaps somewhere else. */
  (bytes, { random }) => spliced(bytes, place(bytes, random), 0, piece(bytes, random)),
  /** Puts a word in, or over something. */
  (bytes, { random, words }) =>
    words.length === 0
      ? bytes
      : spliced(
          bytes,
          place(bytes, random),
          random.pick([0, 0, length(random)]),
          Buffer.from(random.pick(words), 'latin1'),
        ),
  /** Puts a piece of the other input in. */
  (bytes, { random, other }) =>
    spliced(bytes, place(bytes, random), random.pick([0, length(random)]), piece(other, random)),
  /** Writes a number of two or four bytes over something: lengths, counts, ids. */
  (bytes, { random }) => {
    const number = Buffer.alloc(random.pick([2, 4]));
    const value = random.pick([0, 1, 0x7f, 0xff, 0x7fff, 0xffff, random.below(0x10000)]);
    if (number.length === 2) number.writeUInt16BE(value);
    else number.writeUInt32BE(random.pick([value, 0xffff_ffff, 0x8000_0000]));
    return spliced(bytes, place(bytes, random), number.length, number);
  },
  /** Cuts the end off. */
  (bytes, { random }) => bytes.subarray(0, place(bytes, random)),
];

/** An input made of another by one to six small changes. */
export function mutate(input: Buffer, material: Material): Buffer {
  let bytes = Buffer.from(input);
  for (let left = 1 + material.random.below(6); left > 0; left -= 1) {
    bytes = Buffer.from(material.random.pick(MUTATIONS)(bytes, material));
  }
  return bytes.subarray(0, LONGEST);
}

function spliced(bytes: Buffer, at: number, removed: number, added: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

function place(bytes: Buffer, random: Random): number {
  return random.below(bytes.length + 1);
}

function length(random: Random): number {
  return random.below(random.pick([2, 8, 64, 512]));
}

function piece(bytes: Buffer, random: Random): Buffer {
  const at = place(bytes, random);
  return bytes.subarray(at, at + length(random));
}
