/**
 * How a helm release, or gzip of another kind, is told in a few bytes, wherever a chunk was cut: small as it comes, it may be
 * a thousand times as large when it is opened.
 */
const SIGNS: readonly Buffer[] = ['"release"', 'H4sI', 'SDRzS'].map((text) => Buffer.from(text));

/** Whether a small piece of an answer may come to much when it is looked into. */
export function mayHoldMuch(chunk: Uint8Array): boolean {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return SIGNS.some((sign) => bytes.includes(sign));
}
