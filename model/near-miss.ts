/**
 * The one of several texts that was probably meant by a misspelt one, for "did you mean": at most one slip for every four
 * characters, where a slip is a character too many, too few, another, or two that changed places (Damerau and Levenshtein's
 * distance, of neighbours alone). Null where nothing is near, or the text is among them.
 * @param most slips that are allowed, where that is fewer.
 */
export function nearMiss(text: string, known: readonly string[], most = 3): string | null {
  if (known.includes(text)) return null;
  const allowed = Math.min(most, Math.floor(text.length / 4) + 1);
  let nearest: string | null = null;
  let least = allowed + 1;
  for (const one of known) {
    if (Math.abs(one.length - text.length) >= least) continue;
    const slips = slipsBetween(text.toLowerCase(), one.toLowerCase());
    // A short text has a neighbour everywhere: half of it must be right.
    if (slips < least && slips * 2 < Math.max(text.length, one.length)) {
      least = slips;
      nearest = one;
    }
  }
  return nearest;
}

function slipsBetween(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let slips = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) slips = Math.min(slips, (beforeLast[column - 2] ?? 0) + 1);
      now.push(slips);
    }
    beforeLast = last;
    last = now;
  }
  return last[right.length] ?? 0;
}
