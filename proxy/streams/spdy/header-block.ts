import { constants, inflateRawSync } from 'node:zlib';
import { StreamProblem } from '../codec/stream-problem.ts';
import { SPDY_DICTIONARY } from './dictionary.ts';

/** Lower-case name to value; a header that came several times has its values joined by NUL. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** A header block as it comes, inside; those of Kubernetes are under 200 bytes. */
const MOST_BYTES = 64 * 1024;
const MOST_HEADERS = 200;
/** How far back deflate reaches (RFC 1951). */
const WINDOW = 32 * 1024;
/** RFC 1950: CMF (deflate, 32 KiB window), FLG (a dictionary follows), and the Adler-32 of the dictionary. */
const ZLIB_HEAD_BYTES = 6;
/**
 * An empty stored block, as zlib writes it for Z_SYNC_FLUSH. Go's inflate (compress/flate) hands out what it has only
 * when it meets one; without it, it asks for the next block and fails for good.
 */
const SYNC_FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);
/** Longest stored block of deflate (RFC 1951 section 3.2.4). */
const LONGEST_STORED = 0xffff;

/**
 * Reads the header blocks of one direction of a connection, in order: all of them are one zlib stream, flushed to a
 * byte boundary behind each block. So each block is a piece of raw deflate that needs only the last 32 KiB of what came
 * before, and those can be handed to zlib as a dictionary.
 */
export class HeaderBlockReader {
  #window = SPDY_DICTIONARY;
  #begun = false;

  /** @throws {StreamProblem} */
  read(block: Buffer): SpdyHeaders {
    const inflated = this.#inflate(this.#begun ? block : withoutZlibHead(block));
    this.#begun = true;
    this.#window = Buffer.concat([this.#window, inflated]).subarray(-WINDOW);
    return parse(inflated);
  }

  #inflate(deflated: Buffer): Buffer {
    try {
      return inflateRawSync(deflated, {
        dictionary: this.#window,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MOST_BYTES,
      });
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      throw new StreamProblem(
        tooLarge ? 'headers-too-large' : 'headers-malformed',
        tooLarge ? `a SPDY header block of more than ${MOST_BYTES} bytes` : 'a SPDY header block that does not inflate',
        error,
      );
    }
  }
}

function withoutZlibHead(block: Buffer): Buffer {
  const isZlib = block.length >= ZLIB_HEAD_BYTES && ((block[0] ?? 0) & 0x0f) === 8 && block.readUInt16BE(0) % 31 === 0;
  const usesDictionary = ((block[1] ?? 0) & 0x20) !== 0;
  if (!isZlib || !usesDictionary || block.readUInt32BE(2) !== adler32(SPDY_DICTIONARY)) {
    throw new StreamProblem('headers-malformed', 'a SPDY header block that does not begin with the SPDY/3 dictionary');
  }
  return block.subarray(ZLIB_HEAD_BYTES);
}

function parse(inflated: Buffer): SpdyHeaders {
  let at = 0;
  const number = (): number => {
    if (at + 4 > inflated.length) throw cutShort();
    at += 4;
    return inflated.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (length > inflated.length - at) throw cutShort();
    at += length;
    return inflated.toString('latin1', at - length, at);
  };
  const count = number();
  if (count > MOST_HEADERS) throw new StreamProblem('headers-too-large', `a SPDY header block of ${count} headers`);
  const headers = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const name = text();
    const value = text();
    if (name === '' || name !== name.toLowerCase() || headers.has(name)) {
      throw new StreamProblem('headers-malformed', 'a SPDY header name that is empty, not lower-case or repeated');
    }
    headers.set(name, value);
  }
  if (at !== inflated.length) throw new StreamProblem('headers-malformed', 'bytes behind the headers of a SPDY block');
  return headers;
}

function cutShort(): StreamProblem {
  return new StreamProblem('headers-malformed', 'a SPDY header block that is cut short');
}

/**
 * Writes header blocks as stored deflate: no compressor state, and valid behind blocks that somebody else compressed,
 * because stored bytes refer to nothing before them.
 */
export class HeaderBlockWriter {
  #begun: boolean;

  /** @param begun the zlib stream of this direction was begun already, by the blocks of somebody else. */
  constructor(begun = false) {
    this.#begun = begun;
  }

  /** @throws {RangeError} when the headers do not fit into one stored block. */
  write(headers: SpdyHeaders): Buffer {
    const content = serialise(headers);
    if (content.length > LONGEST_STORED) throw new RangeError('header block too long');
    const stored = Buffer.alloc(5);
    // BFINAL 0 and BTYPE 00 in the first byte, then the length and its complement, little-endian.
    stored.writeUInt16LE(content.length, 1);
    stored.writeUInt16LE(~content.length & 0xffff, 3);
    const head = this.#begun ? [] : [zlibHead()];
    this.#begun = true;
    return Buffer.concat([...head, stored, content, SYNC_FLUSH]);
  }
}

function serialise(headers: SpdyHeaders): Buffer {
  const parts: Buffer[] = [uint32(headers.size)];
  for (const [name, value] of headers) {
    const bytes = Buffer.from(value, 'latin1');
    parts.push(uint32(name.length), Buffer.from(name, 'latin1'), uint32(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function zlibHead(): Buffer {
  const head = Buffer.from([0x78, 0x20, 0, 0, 0, 0]);
  // FCHECK makes the first two bytes a multiple of 31.
  head[1] = 0x20 + (31 - (head.readUInt16BE(0) % 31));
  head.writeUInt32BE(adler32(SPDY_DICTIONARY), 2);
  return head;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** RFC 1950 section 8.2. */
function adler32(bytes: Buffer): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
