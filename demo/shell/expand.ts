/** What a word may refer to. */
export interface ExpansionScope {
  readonly variable: (name: string) => string;
  readonly substitute: (script: string) => Promise<string>;
}

function closing(text: string, start: number): number {
  let depth = 1;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}

/** A `$…` at `start`: its value and where it ends. */
async function dollar(text: string, start: number, scope: ExpansionScope): Promise<{ value: string; end: number }> {
  if (text.startsWith('$(', start)) {
    const end = closing(text, start + 2);
    return { value: (await scope.substitute(text.slice(start + 2, end))).replace(/\n+$/, ''), end: end + 1 };
  }
  const braced = /^\$\{([A-Za-z_]\w*|[?$#])(?::?-([^}]*))?\}/.exec(text.slice(start));
  if (braced) return { value: scope.variable(braced[1] ?? '') || (braced[2] ?? ''), end: start + braced[0].length };
  const plain = /^\$([A-Za-z_]\w*|[?$#0-9@])/.exec(text.slice(start));
  if (plain) return { value: scope.variable(plain[1] ?? ''), end: start + plain[0].length };
  return { value: '$', end: start + 1 };
}

/** Resolves quotes, variables and `$( )`; unquoted results are split at white space into several words. */
export async function expandWord(word: string, scope: ExpansionScope): Promise<string[]> {
  const words: string[] = [];
  let current = '';
  let quoted = false;
  let index = 0;
  while (index < word.length) {
    const character = word[index] ?? '';
    if (character === '\\') {
      current += word[index + 1] ?? '';
      index += 2;
    } else if (character === "'") {
      const end = word.indexOf("'", index + 1);
      current += word.slice(index + 1, end);
      quoted = true;
      index = end + 1;
    } else if (character === '"') {
      const inner = await expandQuoted(word, index + 1, scope);
      current += inner.value;
      quoted = true;
      index = inner.end + 1;
    } else if (character === '$') {
      const { value, end } = await dollar(word, index, scope);
      const [first = '', ...rest] = value.split(/\s+/);
      current += first;
      for (const part of rest) {
        if (current !== '') words.push(current);
        current = part;
      }
      index = end;
    } else {
      current += character;
      index += 1;
    }
  }
  if (current !== '' || quoted) words.push(current);
  return words;
}

async function expandQuoted(
  word: string,
  start: number,
  scope: ExpansionScope,
): Promise<{ value: string; end: number }> {
  let value = '';
  let index = start;
  while (index < word.length && word[index] !== '"') {
    if (word[index] === '\\' && /["\\$`]/.test(word[index + 1] ?? '')) {
      value += word[index + 1];
      index += 2;
    } else if (word[index] === '$') {
      const found = await dollar(word, index, scope);
      value += found.value;
      index = found.end;
    } else {
      value += word[index];
      index += 1;
    }
  }
  return { value, end: index };
}
