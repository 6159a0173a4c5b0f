import { describe, expect, it } from 'vitest';
import { createScanner, type ScannerKind } from '../../../../proxy/masking/create-scanner.ts';
import type { JsonEvents } from '../../../../proxy/masking/scan/json-scanner.ts';
import { hasTape } from '../../../../proxy/masking/scan/wasm/tape-module.ts';
import { Random, seeds } from '../random.ts';

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

/** Gives the scanner no more than a stream holds: the bytes from the open token on. */
function readWith(kind: ScannerKind, bytes: Buffer, pieces: readonly Buffer[], manyRoots = false): unknown[] {
  const builder = new Builder(bytes);
  const scanner = createScanner(builder, { manyRoots }, kind);
  let at = 0;
  for (const piece of pieces) {
    const held = scanner.openTokenStart ?? at;
    scanner.scan(bytes.subarray(held, at + piece.length), held, at - held, at - held + piece.length);
    at += piece.length;
  }
  const held = scanner.openTokenStart ?? at;
  scanner.end(bytes.subarray(held), held, at);
  expect(scanner.betweenRoots).toBe(true);
  expect(scanner.roots).toBe(builder.roots.length);
  return builder.roots;
}

it('WebAssembly is there, so that both scanners are tested', () => expect(hasTape()).toBe(true));

describe.each<ScannerKind>(['wasm', 'js'])('JSON scanner (%s) against JSON.parse', (kind) => {
  const read = (bytes: Buffer, pieces: readonly Buffer[], manyRoots = false) =>
    readWith(kind, bytes, pieces, manyRoots);

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

  it('takes each byte for what JSON.parse takes it for, in a string, in a key and between them', () => {
    const places = [
      (byte: string) => `{"a":"x${byte}y"}`,
      (byte: string) => `{"a${byte}":1}`,
      (byte: string) => `{"a":${byte}1}`,
    ];
    for (const place of places) {
      for (let code = 0; code < 0x80; code += 1) {
        const bytes = Buffer.from(place(String.fromCharCode(code)));
        let expected: unknown[] | null = null;
        try {
          expected = [JSON.parse(bytes.toString())];
        } catch {
          // Then it is refused.
        }
        const given = () => read(bytes, [bytes]);
        if (expected === null) expect(given, `byte ${code}`).toThrow(/not well-formed/);
        else expect(given()).toEqual(expected);
      }
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

/** Everything that a scanner reports, as text; where `skip` says so the inside of a container is left out. */
class Transcript implements JsonEvents {
  readonly lines: string[] = [];
  skips = false;
  readonly #skip: (count: number) => boolean;
  #opened = 0;

  constructor(skip: (count: number) => boolean) {
    this.#skip = skip;
  }

  openObject(at: number): void {
    this.#open(`{ ${at}`);
  }

  openArray(at: number): void {
    this.#open(`[ ${at}`);
  }

  close(end: number): void {
    this.lines.push(`close ${end}`);
  }

  key(start: number, end: number, escaped: boolean): void {
    this.lines.push(`key ${start} ${end} ${escaped}`);
  }

  string(start: number, end: number, escaped: boolean): void {
    this.lines.push(`string ${start} ${end} ${escaped}`);
  }

  scalar(start: number, end: number): void {
    this.lines.push(`scalar ${start} ${end}`);
  }

  #open(line: string): void {
    this.lines.push(line);
    this.skips = this.#skip(this.#opened);
    this.#opened += 1;
  }
}

describe('the two scanners against each other', () => {
  function transcribe(kind: ScannerKind, bytes: Buffer, pieces: readonly Buffer[], skip: (count: number) => boolean) {
    const events = new Transcript(skip);
    const scanner = createScanner(events, { manyRoots: true }, kind);
    let at = 0;
    try {
      for (const piece of pieces) {
        scanner.scan(bytes, 0, at, at + piece.length);
        at += piece.length;
      }
      scanner.end(bytes, 0, at);
    } catch {
      events.lines.push('refused');
    }
    return events.lines;
  }

  it.each(seeds(60))(
    'report the same, at the same places, with parts left out and with broken texts (seed %i)',
    (seed) => {
      const random = new Random(seed);
      for (let round = 0; round < 60; round += 1) {
        const bytes = Buffer.from(JSON.stringify(random.json(6), null, random.pick([0, 2])));
        const broken = Buffer.from(bytes);
        for (let blows = random.below(3); blows > 0; blows -= 1) {
          broken[random.below(broken.length)] = random.pick([...Buffer.from('{}[],:"\\ 0-+.eEtn\n\tu')]);
        }
        const pieces = random.pieces(broken);
        const skipped = random.below(8);
        const skip = (count: number) => count % 8 === skipped;
        const [wasm, js] = [transcribe('wasm', broken, pieces, skip), transcribe('js', broken, pieces, skip)];
        // A number that cannot be whole is refused by one at its first wrong byte, by the other at its end.
        if (js.at(-1) === 'refused') expect(wasm.at(-1)).toBe('refused');
        else expect(wasm).toEqual(js);
      }
    },
  );

  it.each([
    ['a tape that is full in the middle of a piece', `[${'[],'.repeat(30_000)}1]`],
    ['many short strings', `[${'"a",'.repeat(60_000)}null]`],
    ['a string of many pieces', `["${'x'.repeat(300_000)}\\n","${'é'.repeat(70_000)}"]`],
    ['a number of many pieces', `[${'1'.repeat(200_000)}]`],
    ['510 levels around a list', `${'['.repeat(510)}[1,{}]${']'.repeat(510)}`],
  ])('%s', (_, text) => {
    const bytes = Buffer.from(text);
    for (const skip of [() => false, (count: number) => count === 1, (count: number) => count === 0]) {
      const wasm = transcribe('wasm', bytes, [bytes], skip);
      expect(wasm).toEqual(transcribe('js', bytes, [bytes], skip));
      expect(wasm.at(-1)).not.toBe('refused');
    }
  });

  it('a scan within a scan disturbs neither', () => {
    const inner = new Transcript(() => false);
    const bytes = Buffer.from('{"a":["b",{"c":1}],"d":true}');
    class Nesting extends Transcript {
      override string(start: number, end: number, escaped: boolean): void {
        super.string(start, end, escaped);
        createScanner(inner, { manyRoots: false }).scan(bytes, 0, 0, bytes.length);
      }
    }
    const outer = new Nesting(() => false);
    createScanner(outer, { manyRoots: false }).scan(bytes, 0, 0, bytes.length);
    expect(outer.lines).toEqual(inner.lines);
  });
});
