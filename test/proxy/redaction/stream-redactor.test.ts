import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { REDACTED, type RedactionStyle, StreamRedactor } from '../../../proxy/redaction/stream-redactor.ts';
import { cutUp } from '../streams/chunks.ts';

const VALUE = 'hunter2!pass/word+?';

function seen(...values: readonly string[]): SeenValues {
  const known = new SeenValues();
  for (const value of values) known.add(Buffer.from(value));
  return known;
}

function redact(known: SeenValues, chunks: readonly Buffer[], style: RedactionStyle = 'words'): string {
  const redactor = new StreamRedactor(known, style);
  const out = chunks.map((chunk) => redactor.push(chunk));
  return Buffer.concat([...out, redactor.release()]).toString('latin1');
}

describe('the stream redactor', () => {
  it.each([
    ['as it is', VALUE],
    ['in base64', Buffer.from(VALUE).toString('base64').replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(VALUE).toString('base64url')],
    ['escaped for a URL', encodeURIComponent(VALUE)],
  ])('takes a value out %s, however the bytes are cut', (_how, form) => {
    const known = seen(VALUE);
    const text = `before ${form} between ${form}${form} behind`;
    const expected = `before ${REDACTED} between ${REDACTED}${REDACTED} behind`;
    for (let longest = 1; longest < 60; longest += 7) {
      for (let seed = 1; seed < 5; seed += 1) {
        expect(redact(known, cutUp(Buffer.from(text), longest, seed))).toBe(expected);
      }
    }
  });

  it.each(['aa>aa>aa>', 'aa?aa?aa?', 'aa>aa?aa>'])('finds %s in base64 for URLs', (value) => {
    const form = Buffer.from(value).toString('base64url');
    expect(form).not.toBe(Buffer.from(value).toString('base64'));
    expect(redact(seen(value), [Buffer.from(`a ${form}.`)])).toBe(`a ${REDACTED}.`);
  });

  it.each([0, 1, 2, 3, 4, 5])('finds a value in base64 of a longer text, %i bytes in', (before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${VALUE}${'y'.repeat(20)}`).toString('base64');
    const redacted = redact(seen(VALUE), [Buffer.from(text)]);
    expect(redacted).toContain(REDACTED);
    // What is left at the edges is shared with the neighbours: under 6 bits of the value on each side.
    const left = redacted.split(REDACTED);
    expect(left[0]?.length).toBeLessThanOrEqual(Math.ceil((before * 8) / 6) + 1);
  });

  it('finds a value with line breaks inside a JSON text', () => {
    const value = '-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----';
    expect(redact(seen(value), [Buffer.from(JSON.stringify({ key: value }))])).toBe(`{"key":"${REDACTED}"}`);
  });

  it('finds a value that ends in a line break where a program has cut that off', () => {
    expect(redact(seen(`${VALUE}\n`), [Buffer.from(`user=app password=${VALUE} refused`)])).toBe(
      `user=app password=${REDACTED} refused`,
    );
  });

  it('finds a value of several lines as a terminal prints it', () => {
    const value = `# the database\nuser=app\npassword=${VALUE}\n`;
    expect(redact(seen(value), [Buffer.from(value.replaceAll('\n', '\r\n'))])).toBe(REDACTED);
  });

  describe('of a key', () => {
    const body = createHash('shake256', { outputLength: 200 }).update('a key').digest('base64');
    const lines = body.match(/.{1,64}/g) ?? [];
    const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'];
    const key = `${[begin, ...lines, end].join('\n')}\n`;
    const known = seen(`# of the server\n${key}`);
    const hidden = [begin, ...lines.map(() => REDACTED), end];

    it.each<readonly [how: string, print: (key: readonly string[]) => string]>([
      ['as it is', (printed) => printed.join('\n')],
      ['on a terminal', (printed) => printed.join('\r\n')],
      ['in a log', (printed) => printed.map((line) => `2026-01-01T00:00:00Z ${line}\n`).join('')],
      ['its beginning', (printed) => printed.slice(0, 3).join('\n')],
      ['its end', (printed) => printed.slice(-3).join('\n')],
      ['in JSON', (printed) => printed.join('\\n')],
    ])('every line is taken out: %s', (_how, print) => {
      const printed = Buffer.from(print([begin, ...lines, end]));
      for (let longest = 1; longest < 200; longest += 17) {
        expect(redact(known, cutUp(printed, longest, 3))).toBe(print(hidden));
      }
    });

    it('all of it is taken out in base64', () => {
      const encoded = Buffer.from(`# of the server\n${key}`).toString('base64').replace(/=+$/, '');
      expect(redact(known, [Buffer.from(encoded)], 'stars')).toBe('*'.repeat(encoded.length));
    });

    it('what stands around it is, too', () => {
      expect(redact(known, [Buffer.from('# of the server')])).toBe(REDACTED);
    });
  });

  it('keeps lengths where they count', () => {
    expect(redact(seen(VALUE), [Buffer.from(`a ${VALUE} b`)], 'stars')).toBe(`a ${'*'.repeat(VALUE.length)} b`);
  });

  it('takes out the whole of a value that is searched for in pieces', () => {
    const value = createHash('shake256', { outputLength: 2500 }).update('a long value').digest('hex');
    const redacted = redact(seen(value), cutUp(Buffer.from(`a ${value} b`), 1000, 3), 'stars');
    expect(redacted).toBe(`a ${'*'.repeat(5000)} b`);
    const encoded = Buffer.from(value).toString('base64').replace(/=+$/, '');
    expect(redact(seen(value), [Buffer.from(encoded)], 'stars')).toBe('*'.repeat(encoded.length));
  });

  it('takes the longer of two values, and the shorter where the longer does not come', () => {
    const known = seen('secret', 'secret-and-more');
    expect(redact(known, [Buffer.from('secret-an'), Buffer.from('d-more.')])).toBe(`${REDACTED}.`);
    expect(redact(known, [Buffer.from('secret-an'), Buffer.from('other')])).toBe(`${REDACTED}-another`);
    expect(redact(known, [Buffer.from('secret-an')])).toBe(`${REDACTED}-an`);
  });

  it('hands on the same bytes, not a copy, where there is nothing to take out', () => {
    const bytes = Buffer.from('plain output\n');
    expect(new StreamRedactor(seen(), 'words').push(bytes)).toBe(bytes);
    expect(new StreamRedactor(seen(VALUE), 'words').push(bytes)).toBe(bytes);
  });

  it('holds back no more than what may be the beginning of a value', () => {
    const redactor = new StreamRedactor(seen(VALUE), 'words');
    expect(redactor.push(Buffer.from('echo hunt')).toString()).toBe('echo ');
    expect(redactor.held).toBe(4);
    expect(redactor.release().toString()).toBe('hunt');
    expect(redactor.held).toBe(0);
  });

  it('knows values that are seen while it runs', () => {
    const known = seen();
    const redactor = new StreamRedactor(known, 'words');
    expect(redactor.push(Buffer.from(`${VALUE} `)).toString()).toBe(`${VALUE} `);
    known.add(Buffer.from(VALUE));
    expect(redactor.push(Buffer.from(`${VALUE} `)).toString()).toBe(`${REDACTED} `);
    known.add(Buffer.from('another value'));
    expect(redactor.push(Buffer.from('another value.')).toString()).toBe(`${REDACTED}.`);
    expect(redactor.replaced).toBe(2);
  });

  it('finds what a plain search finds, in random texts of few letters', () => {
    const letters = 'ab';
    let state = 7;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor(state / 65_536) % below;
    };
    const word = (length: number) => Array.from({ length }, () => letters[random(2)]).join('');
    for (let round = 0; round < 300; round += 1) {
      const values = Array.from({ length: 1 + random(5) }, () => word(6 + random(6)));
      const text = word(200);
      const expected = plainSearch(text, values);
      expect(redact(seen(...values), cutUp(Buffer.from(text), 1 + random(40), round), 'stars')).toBe(expected);
    }
  });

  it('forgets the oldest values first, in one go', () => {
    const known = new SeenValues();
    for (let index = 0; index <= 20_000; index += 1) known.add(Buffer.from(`value-number-${index}-end`));
    expect(known.trims).toBe(1);
    expect(known.values().length).toBe(15_000);
    const line = Buffer.from('value-number-3-end value-number-20000-end');
    expect(redact(known, [line])).toBe(`value-number-3-end ${REDACTED}`);
  });
});

/** Leftmost, longest, one after the other. */
function plainSearch(text: string, values: readonly string[]): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const here = values.filter((value) => text.startsWith(value, at)).sort((a, b) => b.length - a.length)[0];
    out += here === undefined ? text[at] : '*'.repeat(here.length);
    at += here?.length ?? 1;
  }
  return out;
}
