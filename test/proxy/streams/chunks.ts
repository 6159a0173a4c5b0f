/** The same bytes in pieces of 1 to `longest` bytes; the same seed gives the same pieces. */
export function cutUp(bytes: Buffer, longest: number, seed: number): Buffer[] {
  const pieces: Buffer[] = [];
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < bytes.length; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const length = 1 + (Math.floor(state / 65_536) % longest);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
