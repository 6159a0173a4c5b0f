/**
 * Whether a label selector is one that the API server can decode (apimachinery `pkg/labels/selector.go`). Only that is
 * asked: where decoding fails, RequestInfo forgets the name that a field selector gave.
 */
export function isLabelSelector(selector: string): boolean {
  if (selector === '') return true;
  const tokens = scan(selector);
  return tokens !== null && new SelectorReader(tokens).read();
}

type Token = { readonly kind: 'word' | 'operator' | 'end'; readonly text: string };

const END: Token = { kind: 'end', text: '' };
const OPERATORS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const SPECIAL = '=!(),><';
const BLANK = ' \t\r\n';

/** Operators are read greedily for as long as they make a known one: `==(` is `==` and `(`. */
function scan(text: string): Token[] | null {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text.charAt(position);
    if (BLANK.includes(character)) {
      position += 1;
    } else if (SPECIAL.includes(character)) {
      const two = text.slice(position, position + 2);
      const operator = OPERATORS.has(two) ? two : character;
      if (!OPERATORS.has(operator)) return null;
      tokens.push({ kind: 'operator', text: operator });
      position += operator.length;
    } else {
      const start = position;
      while (position < text.length && !(SPECIAL + BLANK).includes(text.charAt(position))) position += 1;
      tokens.push({ kind: 'word', text: text.slice(start, position) });
    }
  }
  tokens.push(END);
  return tokens;
}

class SelectorReader {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): boolean {
    if (this.#peek().kind === 'end') return true;
    for (;;) {
      if (!this.#requirement()) return false;
      const token = this.#next();
      if (token.kind === 'end') return true;
      if (token.text !== ',' || token.kind !== 'operator') return false;
    }
  }

  #requirement(): boolean {
    const negated = this.#take('!');
    const key = this.#next();
    if (key.kind !== 'word' || !isQualifiedName(key.text)) return false;
    if (negated || this.#peek().kind === 'end' || this.#is(',')) return true;
    const operator = this.#next();
    if (operator.kind === 'word') return (operator.text === 'in' || operator.text === 'notin') && this.#valueSet();
    if (operator.text === '>' || operator.text === '<') {
      const value = this.#exactValue();
      return value !== null && isInteger64(value) && isLabelValue(value);
    }
    if (!['=', '==', '!='].includes(operator.text)) return false;
    const value = this.#exactValue();
    return value !== null && isLabelValue(value);
  }

  /** A missing value is the empty one. */
  #exactValue(): string | null {
    if (this.#peek().kind === 'end' || this.#is(',')) return '';
    const token = this.#next();
    return token.kind === 'word' ? token.text : null;
  }

  /** `(a,b)`, and any number of empty values between the commas. */
  #valueSet(): boolean {
    if (!this.#take('(')) return false;
    while (!this.#take(')')) {
      if (this.#take(',')) continue;
      const token = this.#next();
      if (token.kind !== 'word' || !isLabelValue(token.text)) return false;
      if (!this.#is(',') && !this.#is(')')) return false;
    }
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #is(operator: string): boolean {
    const token = this.#peek();
    return token.kind === 'operator' && token.text === operator;
  }

  #take(operator: string): boolean {
    const found = this.#is(operator);
    if (found) this.#position += 1;
    return found;
  }
}

/** Go's `strconv.ParseInt(text, 10, 64)`. */
export function isInteger64(text: string): boolean {
  if (!/^[+-]?[0-9]+$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  const prefix = slash === -1 ? null : text.slice(0, slash);
  const name = text.slice(slash + 1);
  return name.length <= 63 && NAME.test(name) && (prefix === null || (prefix.length <= 253 && SUBDOMAIN.test(prefix)));
}

function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && NAME.test(text));
}
