import { describe, expect, it } from 'vitest';
import { type JsonEvents, JsonScanner } from '../../../proxy/masking/json-scanner.ts';
import { Random, seeds } from './random.ts';

/** Builds values out of the scanner's events, so that they can be compared with JSON.parse. */
class Builder implements JsonEvents {
  readonly roots: unknown[] = [];
  readonly #bytes: Buffer;
  readonly #open: Array<{ container: unknown[] | Map<string, unknown>; key: string }> = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  openObject(): void {
    this.#open.push({ container: new Map(), key: '' });
  }

  openArray(): void {
    this.#open.push({ container: [], key: '' });
  }

  close(): void {
    const container = this.#open.pop()?.container;
    this.#add(container instanceof Map ? Object.fromEntries(container) : container);
  }

  key(start: number, end: number): void {
    const top = this.#open.at(-1);
    if (top !== undefined) top.key = this.#read(start - 1, end + 1) as string;
  }

  string(start: number, end: number): void {
    this.#add(this.#read(start - 1, end + 1));
  }

  scalar(start: number, end: number): void {
    this.#add(this.#read(start, end));
  }

  #read(start: number, end: number): unknown {
    return JSON.parse(this.#bytes.toString('utf8', start, end));
  }

  #add(value: unknown): void {
    const top = this.#open.at(-1);
    if (top === undefined) this.roots.push(value);
    else if (Array.isArray(top.container)) top.container.push(value);
    else top.container.set(top.key, value);
  }
}

function read(bytes: Buffer, pieces: readonly Buffer[], manyRoots = false): unknown[] {
  const builder = new Builder(bytes);
  const scanner = new JsonScanner(builder, { manyRoots });
  let at = 0;
  for (const piece of pieces) {
    scanner.scan(bytes, 0, at, at + piece.length);
    at += piece.length;
  }
  scanner.end(bytes, 0, at);
  return builder.roots;
}

describe('JSON scanner against JSON.parse', () => {
  it.each(seeds(60))('reads the same value however the bytes are cut (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 30; round += 1) {
      const value = random.json();
      const bytes = Buffer.from(JSON.stringify(value, null, random.pick([0, 2, '\t'])));
      expect(read(bytes, random.pieces(bytes))).toEqual([JSON.parse(bytes.toString())]);
    }
  });

  it.each(seeds(60))('accepts nothing that JSON.parse refuses (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 60; round += 1) {
      const bytes = Buffer.from(JSON.stringify({ a: random.json(3), b: [1, true, null] }));
      const broken = Buffer.from(bytes);
      for (let blows = 1 + random.below(3); blows > 0; blows -= 1) {
        broken[random.below(broken.length)] = random.pick([...Buffer.from('{}[],:"\\ 0-+.eEtn\n\tu')]);
      }
      let expected: unknown;
      try {
        expected = [JSON.parse(broken.toString('utf8'))];
      } catch {
        expect(() => read(broken, random.pieces(broken))).toThrow(/not well-formed/);
        continue;
      }
      expect(read(broken, random.pieces(broken))).toEqual(expected);
    }
  });

  it.each([
    '{"a":1}{"b":2}',
    '{"a":1} x',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":tru}',
    '{"a":nulll}',
    '{"a":NaN}',
    "{'a':1}",
    '{"a":1,}',
    '[1,]',
    '[1}',
    '{"a"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\n"}',
    '{"a":1',
    '{"a',
    '\ufeff{}',
    '/* c */ {}',
    '[[[',
    ']',
    `${'['.repeat(600)}${']'.repeat(600)}`,
  ])('refuses %j', (text) => {
    const bytes = Buffer.from(text);
    expect(() => read(bytes, [bytes])).toThrow(/not well-formed/);
    expect(() =>
      read(
        bytes,
        [...bytes].map((byte) => Buffer.from([byte])),
      ),
    ).toThrow(/not well-formed/);
  });

  it('reads several documents after one another where that is asked for', () => {
    const bytes = Buffer.from('{"a":1}{"b":2}\n\n[3] ');
    expect(read(bytes, [bytes], true)).toEqual([{ a: 1 }, { b: 2 }, [3]]);
  });
});
