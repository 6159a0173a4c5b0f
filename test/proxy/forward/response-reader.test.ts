import { describe, expect, it } from 'vitest';
import { InvalidResponse } from '../../../proxy/forward/invalid-response.ts';
import type { ResponseHead } from '../../../proxy/forward/response-head.ts';
import { ResponseReader } from '../../../proxy/forward/response-reader.ts';
import { ANSWERS, type AnswerSeed, type ReadAnswer } from '../../fuzz/seeds/responses/answers.ts';
import { growth, LINEAR } from '../growth.ts';

/** Reads an answer that comes in these pieces, and then ends. */
function read(
  { method = 'GET', upgrade = undefined }: AnswerSeed,
  pieces: readonly Buffer[],
): ReadAnswer | string | null {
  let head: ResponseHead | null = null;
  const body: Buffer[] = [];
  let ends = 0;
  const sink = {
    head: (seen: ResponseHead) => {
      if (head !== null) throw new Error('a second head');
      head = seen;
    },
    body: (bytes: Buffer) => {
      if (ends > 0 || head === null || bytes.length === 0) throw new Error('a body out of place');
      body.push(Buffer.from(bytes));
    },
    end: () => {
      ends += 1;
    },
  };
  const reader = new ResponseReader(sink, { method, upgrade: upgrade === true });
  try {
    for (const piece of pieces) reader.read(piece);
  } catch (error) {
    if (error instanceof InvalidResponse) return error.flaw;
    throw error;
  }
  if (!reader.finish()) return null;
  expect(ends).toBe(1);
  const { status, fields, persistent } = head as unknown as ResponseHead;
  const text = Buffer.concat(body).toString('latin1');
  return { status, headers: fields, body: text, persistent, leftover: reader.leftover?.toString('latin1') ?? '' };
}

function cut(bytes: string, sizes: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = sizes();
    pieces.push(Buffer.from(bytes.slice(at, at + size), 'latin1'));
    at += size;
  }
  return pieces;
}

/** A small generator of its own (mulberry32), so that a failure can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function check(seed: AnswerSeed, got: ReadAnswer | string | null): void {
  if (seed.read instanceof RegExp) {
    expect(got).toEqual(expect.any(String));
    expect(got).toMatch(seed.read);
  } else if (seed.read === null) expect(got).toBeNull();
  else expect(got).toMatchObject(seed.read);
}

describe('the reader of answers', () => {
  it('case 67: reads a head of up to 1 MiB, warnings and all, whatever way it is cut', () => {
    const warnings = Array.from({ length: 4_000 }, (_, index) => `Warning: 299 - "${index} ${'x'.repeat(200)}"`);
    const bytes = ['HTTP/1.1 200 OK', ...warnings, 'Content-Length: 0', '', ''].join('\r\n');
    for (const size of [bytes.length, 16 * 1024, 999]) {
      const got = read(
        { name: '', bytes, read: null },
        cut(bytes, () => size),
      );
      expect((got as ReadAnswer).headers).toHaveLength(4_001);
    }
  });

  it.each(ANSWERS.map((seed) => [seed.name, seed] as const))('%s', (_name, seed) => {
    check(
      seed,
      read(
        seed,
        cut(seed.bytes, () => Math.max(seed.bytes.length, 1)),
      ),
    );
  });

  it.each(ANSWERS.map((seed) => [seed.name, seed] as const))('%s, byte by byte', (_name, seed) => {
    check(
      seed,
      read(
        seed,
        cut(seed.bytes, () => 1),
      ),
    );
  });

  it('reads the same however the bytes are cut', () => {
    const next = random(20_261_122);
    for (const seed of ANSWERS) {
      // A head beyond the limit is a million bytes, and one way to cut it is as good as another.
      const rounds = seed.bytes.length > 200_000 ? 1 : 15;
      for (let round = 0; round < rounds; round += 1) {
        const longest = 1 + Math.floor(next() * 40);
        check(
          seed,
          read(
            seed,
            cut(seed.bytes, () => 1 + Math.floor(next() * longest)),
          ),
        );
      }
    }
  });

  it.each(['ab\n', 'abX\n', 'ab\rX', 'abXY', 'ab\n\n'])('refuses a chunk of two bytes that goes on as %j', (chunk) => {
    const bytes = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n${chunk}0\r\n\r\n`;
    const seed: AnswerSeed = { name: chunk, bytes, read: /a chunk longer than it says/ };
    check(seed, read(seed, [Buffer.from(bytes, 'latin1')]));
  });

  it('gives the data of one read as one piece, without moving what is one already', () => {
    const pieces: Buffer[] = [];
    const sink = { head: () => undefined, body: (bytes: Buffer) => void pieces.push(bytes), end: () => undefined };
    const reader = new ResponseReader(sink, { method: 'GET', upgrade: false });
    reader.read(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
    reader.read(Buffer.from('3\r\none\r\n3\r\ntwo\r\n5\r\nth'));
    reader.read(Buffer.from('ree\r\n'));
    expect(pieces.map(String)).toEqual(['onetwoth', 'ree']);
  });

  it('reads a million small chunks in a moment', async () => {
    const read = (pieces: number): void => {
      let bytes = 0;
      const count = (part: Buffer): void => {
        bytes += part.length;
      };
      const sink = { head: () => undefined, body: count, end: () => undefined };
      const reader = new ResponseReader(sink, { method: 'GET', upgrade: false });
      reader.read(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
      reader.read(Buffer.from('1\r\nx\r\n'.repeat(pieces)));
      expect(bytes).toBe(pieces);
    };
    expect(await growth(read, 1_000_000)).toBeLessThan(LINEAR);
  });
});
