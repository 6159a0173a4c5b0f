/** A test for a text against patterns in which `*` stands for any run of characters. */
export type TextTest = (text: string) => boolean;

/** Compiles patterns once; the test does not allocate. An empty text is matched by the empty pattern only. */
export function compileGlobs(patterns: readonly string[]): TextTest {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (text) => {
    if (exact.has(text)) return true;
    if (text === '') return false;
    for (const pieces of wild) if (matchesPieces(pieces, text)) return true;
    return false;
  };
}

/** Greedy from the left with the last piece anchored at the end: linear, no regular expression that could blow up. */
function matchesPieces(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? '';
    const found = text.indexOf(piece, position);
    if (found === -1) return false;
    position = found + piece.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
