/** Where a command's stream goes or comes from. `to` is a word, or `&1` and `&2` for another stream. */
export interface Redirect {
  readonly stream: 0 | 1 | 2;
  readonly append: boolean;
  readonly to: string;
}

/** A command with its raw words: quotes and variables are resolved when it runs. */
export interface SimpleCommand {
  readonly type: 'command';
  readonly words: readonly string[];
  readonly redirects: readonly Redirect[];
}

/** What the shell can run. */
export type Node =
  | SimpleCommand
  | { readonly type: 'pipeline'; readonly stages: readonly Node[]; readonly negated: boolean }
  | { readonly type: 'list'; readonly items: ReadonlyArray<{ readonly node: Node; readonly after: '&&' | '||' | ';' }> }
  | { readonly type: 'while'; readonly until: boolean; readonly condition: Node; readonly body: Node }
  | { readonly type: 'for'; readonly variable: string; readonly words: readonly string[]; readonly body: Node }
  | { readonly type: 'if'; readonly condition: Node; readonly then: Node; readonly otherwise: Node | null };

/** Text that is no shell command. `incomplete` when more lines could make it one. */
export class ShellSyntaxError extends Error {
  readonly incomplete: boolean;

  constructor(message: string, incomplete = false) {
    super(message);
    this.incomplete = incomplete;
  }
}

interface Token {
  readonly text: string;
  readonly operator: boolean;
}

const operators = [
  '&&',
  '||',
  '>>',
  ';;',
  '2>&1',
  '1>&2',
  '>&2',
  '2>>',
  '2>',
  '1>',
  '|',
  ';',
  '&',
  '>',
  '<',
  '\n',
  '(',
  ')',
];

function closingParenthesis(text: string, start: number): number {
  let depth = 1;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  throw new ShellSyntaxError('unterminated $(', true);
}

function readWord(text: string, start: number): number {
  let index = start;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (character === '\\') {
      index += 2;
    } else if (character === "'") {
      const end = text.indexOf("'", index + 1);
      if (end < 0) throw new ShellSyntaxError('unterminated quoted string', true);
      index = end + 1;
    } else if (character === '"') {
      index = closingQuote(text, index + 1) + 1;
    } else if (text.startsWith('$(', index)) {
      index = closingParenthesis(text, index + 2) + 1;
    } else if (/[\s;&|<>()]/.test(character)) {
      break;
    } else {
      index += 1;
    }
  }
  return index;
}

function closingQuote(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text.startsWith('$(', index)) index = closingParenthesis(text, index + 2);
    else if (text[index] === '"') return index;
  }
  throw new ShellSyntaxError('unterminated quoted string', true);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (character === ' ' || character === '\t' || character === '\r') {
      index += 1;
      continue;
    }
    if (character === '#') {
      while (index < text.length && text[index] !== '\n') index += 1;
      continue;
    }
    const operator = operators.find((candidate) => text.startsWith(candidate, index));
    if (operator !== undefined) {
      tokens.push({ text: operator === '\n' ? ';' : operator, operator: true });
      index += operator.length;
      continue;
    }
    const end = readWord(text, index);
    tokens.push({ text: text.slice(index, end), operator: false });
    index = end;
  }
  return tokens;
}

/** A recursive-descent parser for the part of POSIX shell that people type into pods. */
class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#position >= this.#tokens.length;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  #take(): Token {
    const token = this.#tokens[this.#position];
    if (!token) throw new ShellSyntaxError('unexpected end of file', true);
    this.#position += 1;
    return token;
  }

  #isWord(...texts: string[]): boolean {
    const token = this.#peek();
    return token !== undefined && !token.operator && texts.includes(token.text);
  }

  #expect(text: string): void {
    const token = this.#take();
    if (token.text !== text) throw new ShellSyntaxError(`unexpected "${token.text}" (expecting "${text}")`);
  }

  list(...endings: string[]): Node {
    const items: Array<{ node: Node; after: '&&' | '||' | ';' }> = [];
    for (;;) {
      while (this.#peek()?.operator && this.#peek()?.text === ';') this.#take();
      if (this.done || this.#isWord(...endings)) break;
      const node = this.#pipeline();
      const next = this.#peek();
      const after = next?.operator && (next.text === '&&' || next.text === '||') ? next.text : ';';
      if (next?.operator && ['&&', '||', ';', '&'].includes(next.text)) this.#take();
      else if (next && !this.#isWord(...endings)) throw new ShellSyntaxError(`unexpected "${next.text}"`);
      items.push({ node, after });
    }
    if (endings.length > 0 && this.done) throw new ShellSyntaxError('unexpected end of file', true);
    return { type: 'list', items };
  }

  #pipeline(): Node {
    const negated = this.#isWord('!');
    if (negated) this.#take();
    const stages = [this.#command()];
    while (this.#peek()?.operator && this.#peek()?.text === '|') {
      this.#take();
      stages.push(this.#command());
    }
    return stages.length === 1 && stages[0] && !negated ? stages[0] : { type: 'pipeline', stages, negated };
  }

  #command(): Node {
    if (this.#isWord('while', 'until')) return this.#loop();
    if (this.#isWord('for')) return this.#for();
    if (this.#isWord('if')) return this.#if();
    return this.#simple();
  }

  #loop(): Node {
    const until = this.#take().text === 'until';
    const condition = this.list('do');
    this.#expect('do');
    const body = this.list('done');
    this.#expect('done');
    return { type: 'while', until, condition, body };
  }

  #for(): Node {
    this.#take();
    const variable = this.#take().text;
    this.#expect('in');
    const words: string[] = [];
    while (this.#peek() && !this.#peek()?.operator && !this.#isWord('do')) words.push(this.#take().text);
    while (this.#peek()?.operator && this.#peek()?.text === ';') this.#take();
    this.#expect('do');
    const body = this.list('done');
    this.#expect('done');
    return { type: 'for', variable, words, body };
  }

  #if(): Node {
    this.#take();
    const condition = this.list('then');
    this.#expect('then');
    const then = this.list('else', 'fi');
    let otherwise: Node | null = null;
    if (this.#isWord('else')) {
      this.#take();
      otherwise = this.list('fi');
    }
    this.#expect('fi');
    return { type: 'if', condition, then, otherwise };
  }

  #simple(): Node {
    const words: string[] = [];
    const redirects: Redirect[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (!token.operator) {
        words.push(this.#take().text);
        continue;
      }
      const redirect = this.#redirect(token.text);
      if (!redirect) break;
      redirects.push(redirect);
    }
    if (words.length === 0 && redirects.length === 0)
      throw new ShellSyntaxError(`unexpected "${this.#peek()?.text ?? 'end of file'}"`);
    return { type: 'command', words, redirects };
  }

  #redirect(operator: string): Redirect | null {
    if (operator === '2>&1') return this.#fixed({ stream: 2, append: false, to: '&1' });
    if (operator === '>&2' || operator === '1>&2') return this.#fixed({ stream: 1, append: false, to: '&2' });
    if (!['>', '>>', '<', '1>', '2>', '2>>'].includes(operator)) return null;
    this.#take();
    const target = this.#take();
    if (target.operator) throw new ShellSyntaxError(`unexpected "${target.text}"`);
    const stream = operator === '<' ? 0 : operator.startsWith('2') ? 2 : 1;
    return { stream, append: operator.endsWith('>>'), to: target.text };
  }

  #fixed(redirect: Redirect): Redirect {
    this.#take();
    return redirect;
  }
}

/**
 * Parses a script.
 * @throws {ShellSyntaxError}
 */
export function parseShell(text: string): Node {
  const parser = new Parser(tokenize(text));
  const node = parser.list();
  if (!parser.done) throw new ShellSyntaxError('syntax error');
  return node;
}
