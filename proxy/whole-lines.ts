/**
 * The lines of a stream that are ended by a line feed, without it; what is left behind the last one is none. Not
 * `node:readline`, which from Node 24 on splits at U+2028 and U+2029 too: JSON leaves those in a string as they are
 * (RFC 8259, 7).
 */
export async function* wholeLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      parts.push(chunk.subarray(from, at));
      yield Buffer.concat(parts);
      parts = [];
      from = at + 1;
    }
    parts.push(chunk.subarray(from));
  }
}
