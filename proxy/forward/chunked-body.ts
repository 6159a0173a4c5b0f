import { InvalidResponse } from './invalid-response.ts';
import { readField } from './response-head.ts';

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

/** Hexadecimal digits of a chunk's size: 2^48 bytes, which a Number holds exactly. */
const SIZE_DIGITS = 12;
/** Bytes of a chunk's extensions; nobody uses them, and they are read and dropped (CVE-2023-39326). */
const EXTENSION_LIMIT = 256;
/** Bytes of the trailer section. */
export const TRAILER_LIMIT = 16 * 1024;

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/**
 * Takes the chunks out of a chunked body (RFC 9112 section 7.1), whatever way it is cut into reads. All the data of one
 * read comes out as one piece: a busy watch has many small chunks in a read, and each piece would cost a write.
 */
export class ChunkedBody {
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #extension = 0;
  #trailer = '';
  #trailerBytes = 0;

  get done(): boolean {
    return this.#state === 'done';
  }

  /**
   * Reads on. The data is moved together inside `bytes`, which must be the caller's own.
   * @returns the data, and where in `bytes` the body ended or the read was used up.
   * @throws {InvalidResponse}
   */
  read(bytes: Buffer, from: number): { readonly data: Buffer | null; readonly next: number } {
    let at = from;
    let start = -1;
    let end = -1;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state !== 'data') {
        this.#control(bytes[at] ?? 0);
        at += 1;
        continue;
      }
      const stop = Math.min(at + this.#size, bytes.length);
      if (start < 0) {
        start = at;
        end = stop;
      } else {
        bytes.copyWithin(end, at, stop);
        end += stop - at;
      }
      this.#size -= stop - at;
      at = stop;
      if (this.#size === 0) this.#state = 'data-cr';
    }
    return { data: start < 0 ? null : bytes.subarray(start, end), next: at };
  }

  /** One byte of what is not data. */
  #control(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#readSize(byte);
        break;
      case 'extension':
        this.#readExtension(byte);
        break;
      case 'size-lf':
        expect(byte, LF, 'a chunk size that does not end in CR LF');
        this.#state = this.#size === 0 ? 'trailer' : 'data';
        break;
      case 'data-cr':
        expect(byte, CR, 'a chunk longer than it says');
        this.#state = 'data-lf';
        break;
      case 'data-lf':
        expect(byte, LF, 'a chunk longer than it says');
        this.#state = 'size';
        this.#digits = 0;
        break;
      case 'trailer':
        this.#readTrailer(byte);
        break;
    }
  }

  #readSize(byte: number): void {
    const digit = hexadecimal(byte);
    if (digit >= 0) {
      this.#digits += 1;
      if (this.#digits > SIZE_DIGITS) throw new InvalidResponse('a chunk size beyond all measure');
      this.#size = this.#digits === 1 ? digit : this.#size * 16 + digit;
      return;
    }
    if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON)) {
      throw new InvalidResponse('a chunk size that is no hexadecimal number');
    }
    this.#state = byte === CR ? 'size-lf' : 'extension';
    this.#extension = 0;
  }

  #readExtension(byte: number): void {
    this.#extension += 1;
    if (byte === CR) this.#state = 'size-lf';
    else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f || this.#extension > EXTENSION_LIMIT) {
      throw new InvalidResponse('a chunk extension that is not valid or too long');
    }
  }

  #readTrailer(byte: number): void {
    this.#trailerBytes += 1;
    if (this.#trailerBytes > TRAILER_LIMIT) throw new InvalidResponse('a trailer section that is too long');
    if (byte !== LF) {
      if (this.#trailer.endsWith('\r')) throw new InvalidResponse('a lone CR in its trailer section');
      if ((byte < 0x20 && byte !== 0x09 && byte !== CR) || byte === 0x7f) {
        throw new InvalidResponse('a character in its trailer section that HTTP forbids');
      }
      this.#trailer += String.fromCharCode(byte);
      return;
    }
    if (!this.#trailer.endsWith('\r')) throw new InvalidResponse('a lone LF in its trailer section');
    if (this.#trailer === '\r') {
      this.#state = 'done';
      return;
    }
    // Checked like any field, then dropped: nothing in the Kubernetes API is said in a trailer.
    readField(this.#trailer.slice(0, -1));
    this.#trailer = '';
  }
}

function expect(byte: number, wanted: number, flaw: string): void {
  if (byte !== wanted) throw new InvalidResponse(flaw);
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
