/** The words of a line as bash takes them apart, as far as the cursor. */
export interface BashLine {
  /** Without quotes. */
  readonly before: readonly string[];
  readonly current: string;
  /** The cursor's word as it was typed. */
  readonly raw: string;
  /** The quote that is open at the cursor, and where in `raw` it stands. */
  readonly open: { readonly quote: '"' | "'"; readonly at: number } | null;
}

/** Takes a line apart; nothing in it is expanded. */
export function readBashLine(line: string): BashLine {
  const words: string[] = [];
  let word = '';
  let start = 0;
  let isWord = false;
  let open: '"' | "'" | null = null;
  let openAt = 0;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (open === null && /\s/.test(character)) {
      if (isWord) words.push(word);
      word = '';
      isWord = false;
      start = at + 1;
      continue;
    }
    isWord = true;
    const next = line[at + 1];
    if (open === null && (character === '"' || character === "'")) {
      open = character;
      openAt = at;
    } else if (character === open) open = null;
    else if (character === '\\' && escapes(open, next)) {
      word += next ?? '';
      at += 1;
    } else word += character;
  }
  const raw = line.slice(start);
  return { before: words, current: word, raw, open: open === null ? null : { quote: open, at: openAt - start } };
}

/** Bash manual, 3.1.2: a backslash counts outside quotes, and in double ones before a few characters. */
function escapes(open: '"' | "'" | null, next: string | undefined): boolean {
  return open === null || (open === '"' && next !== undefined && '$`"\\'.includes(next));
}

/**
 * What bash puts into the line for a value, in place of what it takes for the word; null: it cannot be put there. Every
 * character that means something to the shell is quoted, since what is inserted is run at the next Enter.
 * @param breaks COMP_WORDBREAKS: behind the last of these begins what bash replaces.
 */
export function insertion(
  value: string,
  { raw, open }: Pick<BashLine, 'raw' | 'open'>,
  prefix: string,
  breaks: string,
): string | null {
  if (/\p{Cc}/u.test(value)) return null;
  if (open !== null) {
    // In double quotes ! is history's, and a backslash before it stays.
    if (open.at !== prefix.length || (open.quote === '"' && value.includes('!'))) return null;
    return open.quote === "'" ? value.replaceAll("'", "'\\''") : value.replaceAll(/[$`"\\]/g, '\\$&');
  }
  const whole = `${prefix}${value.replaceAll(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&')}`;
  const kept =
    Math.max(...[...breaks].filter((one) => one !== '"' && one !== "'").map((one) => raw.lastIndexOf(one))) + 1;
  return whole.startsWith(raw.slice(0, kept)) ? whole.slice(kept) : null;
}
