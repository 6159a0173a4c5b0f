// Longer than 300 lines: one state machine on one memory, which AssemblyScript compiles as a whole.
/*
 * AssemblyScript, compiled by scripts/build/wasm.mjs into ../json-tape.generated.ts.
 *
 * Reads JSON (RFC 8259) in pieces cut anywhere and writes what it finds on a tape, which JavaScript then walks
 * (../tape-scanner.ts). The states and what is refused are those of ../../json-scanner.ts; the two are tested against
 * each other and against JSON.parse. Memory, in bytes:
 *
 *     1024  registers: eight i32, in the order of the constants below; JavaScript keeps them between calls
 *     2048  the stack: one byte for each open object or array
 *     4096  for each open object or array its place on the present tape, or -1
 *    65536  the piece
 *   131088  the tape: three i32 for each token: kind, start, end. Positions count from the start of the piece, and are
 *           negative for what began in an earlier one. An OBJECT or ARRAY that is closed on the same tape has the
 *           place of its CLOSE as its end, otherwise -1.
 */

const REGISTERS: usize = 1024;
const STACK: usize = 2048;
const PLACES: usize = 4096;
const PIECE: usize = 65536;
/** Behind the piece and 16 bytes that a vector load may reach beyond it. */
const TAPE: usize = 131088;
const TAPE_TOKENS: i32 = 8192;

// Registers
const R_STATE: usize = REGISTERS;
const R_DEPTH: usize = REGISTERS + 4;
const R_TOKEN_START: usize = REGISTERS + 8;
/** 1: the open string has an escape. 2: it is a key. 4: a number or word that was a whole document ended right here. */
const R_FLAGS: usize = REGISTERS + 12;
/** How much of an escape, a word or a number was read. */
const R_PROGRESS: usize = REGISTERS + 16;
const R_ROOTS: usize = REGISTERS + 20;
const R_TOKENS: usize = REGISTERS + 24;
/** What stopped the scan; 0 for nothing. */
const R_PROBLEM: usize = REGISTERS + 28;

// States
const VALUE: i32 = 0;
const VALUE_OR_CLOSE: i32 = 1;
const KEY_OR_CLOSE: i32 = 2;
const KEY: i32 = 3;
const COLON: i32 = 4;
const COMMA_OR_CLOSE: i32 = 5;
const BETWEEN_ROOTS: i32 = 6;
const IN_STRING: i32 = 7;
const IN_ESCAPE: i32 = 8;
const IN_UNICODE: i32 = 9;
const IN_WORD: i32 = 10;
const IN_NUMBER: i32 = 11;

// Tokens; a key or string with an escape is one more than one without.
const T_OBJECT: i32 = 0;
const T_ARRAY: i32 = 1;
const T_CLOSE: i32 = 2;
const T_KEY: i32 = 3;
const T_STRING: i32 = 5;
const T_SCALAR: i32 = 7;

// Problems
const P_CONTROL: i32 = 1;
const P_COLON: i32 = 2;
const P_COMMA: i32 = 3;
const P_OPEN: i32 = 4;
const P_CLOSE: i32 = 5;
const P_STRAY: i32 = 6;
const P_SECOND_ROOT: i32 = 7;
const P_DEPTH: i32 = 8;
const P_SCALAR: i32 = 9;
const P_ESCAPE: i32 = 10;

// What of a number was read (RFC 8259 section 6).
const N_MINUS: i32 = 0;
const N_ZERO: i32 = 1;
const N_DIGITS: i32 = 2;
const N_DOT: i32 = 3;
const N_FRACTION: i32 = 4;
const N_E: i32 = 5;
const N_SIGN: i32 = 6;
const N_EXPONENT: i32 = 7;

const MAX_DEPTH: i32 = 512;
const OBJECT: i32 = 1;

// The three words; a word's progress is 8 times its number plus how many letters were read.
const W_TRUE: i32 = 0;
const W_FALSE: i32 = 1;

/** The letter of a word. */
function letterOf(word: i32, place: i32): i32 {
  // "true", "fals" and "null" as little-endian words; the e of "false" apart.
  if (place === 4) return 0x65;
  const letters: u32 = word === W_TRUE ? 0x65757274 : word === W_FALSE ? 0x736c6166 : 0x6c6c756e;
  return <i32>((letters >> ((<u32>place) << 3)) & 0xff);
}

function lengthOf(word: i32): i32 {
  return word === W_FALSE ? 5 : 4;
}

function isDigit(byte: i32): bool {
  return <u32>(byte - 0x30) < 10;
}

function isHex(byte: i32): bool {
  return isDigit(byte) || <u32>((byte | 0x20) - 0x61) < 6;
}

/** The next state of a number, or -1 where the byte does not go on with it. */
function numberAfter(number: i32, byte: i32): i32 {
  if (isDigit(byte)) {
    if (number === N_MINUS) return byte === 0x30 ? N_ZERO : N_DIGITS;
    if (number === N_ZERO) return -1;
    if (number === N_DIGITS) return N_DIGITS;
    if (number === N_DOT || number === N_FRACTION) return N_FRACTION;
    return N_EXPONENT;
  }
  if (byte === 0x2e) return number === N_ZERO || number === N_DIGITS ? N_DOT : -1;
  if ((byte | 0x20) === 0x65) {
    return number === N_ZERO || number === N_DIGITS || number === N_FRACTION ? N_E : -1;
  }
  if (byte === 0x2b || byte === 0x2d) return number === N_E ? N_SIGN : -1;
  return -1;
}

function isWholeNumber(number: i32): bool {
  return number === N_ZERO || number === N_DIGITS || number === N_FRACTION || number === N_EXPONENT;
}

/** Where a string goes on after its plain bytes: at a quote, a backslash or a control character, or at the end. */
function plainEnd(from: i32, to: i32): i32 {
  let at = from;
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const space = i8x16.splat(0x20);
  while (at < to) {
    const bytes = v128.load(PIECE + <usize>at);
    const found = v128.or(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)), i8x16.lt_u(bytes, space));
    const mask = i8x16.bitmask(found);
    if (mask !== 0) {
      const end = at + ctz(mask);
      return end < to ? end : to;
    }
    at += 16;
  }
  return to;
}

/**
 * Reads the piece's bytes [from, to) until their end, a full tape or a problem.
 * @returns where it stopped; at a problem, the place of it.
 */
export function scan(from: i32, to: i32, manyRoots: bool): i32 {
  let state = load<i32>(R_STATE);
  let depth = load<i32>(R_DEPTH);
  let tokenStart = load<i32>(R_TOKEN_START);
  let flags = load<i32>(R_FLAGS);
  let progress = load<i32>(R_PROGRESS);
  let roots = load<i32>(R_ROOTS);
  let problem = 0;
  let tape = TAPE;
  const tapeEnd = TAPE + <usize>(TAPE_TOKENS * 12);
  let at = from;
  // What was opened on an earlier tape has no place on this one.
  memory.fill(PLACES, 0xff, (<usize>depth) << 2);

  while (at < to) {
    if (state === IN_STRING) {
      at = plainEnd(at, to);
      if (at === to) break;
      const byte = <i32>load<u8>(PIECE + <usize>at);
      if (byte === 0x22) {
        if (tape === tapeEnd) break;
        store<i32>(tape, (flags & 2 ? T_KEY : T_STRING) + (flags & 1));
        store<i32>(tape, tokenStart, 4);
        store<i32>(tape, at, 8);
        tape += 12;
        state = flags & 2 ? COLON : depth === 0 ? BETWEEN_ROOTS : COMMA_OR_CLOSE;
      } else if (byte === 0x5c) {
        flags |= 1;
        state = IN_ESCAPE;
      } else {
        problem = P_CONTROL;
        break;
      }
      at += 1;
      continue;
    }

    const byte = <i32>load<u8>(PIECE + <usize>at);
    if (state >= IN_ESCAPE) {
      if (state === IN_NUMBER) {
        const number = numberAfter(progress, byte);
        if (number >= 0) {
          progress = number;
          at += 1;
          continue;
        }
        if (!isWholeNumber(progress) || tape === tapeEnd) {
          if (tape === tapeEnd) break;
          problem = P_SCALAR;
          break;
        }
        store<i32>(tape, T_SCALAR);
        store<i32>(tape, tokenStart, 4);
        store<i32>(tape, at, 8);
        tape += 12;
        // A number ends at whatever follows it, which is read in the new state.
        state = depth === 0 ? BETWEEN_ROOTS : COMMA_OR_CLOSE;
        flags = 4;
        continue;
      }
      if (state === IN_WORD) {
        const word = progress >> 3;
        const place = progress & 7;
        if (byte !== letterOf(word, place)) {
          problem = P_SCALAR;
          break;
        }
        if (place + 1 === lengthOf(word)) {
          if (tape === tapeEnd) break;
          store<i32>(tape, T_SCALAR);
          store<i32>(tape, tokenStart, 4);
          store<i32>(tape, at + 1, 8);
          tape += 12;
          state = depth === 0 ? BETWEEN_ROOTS : COMMA_OR_CLOSE;
          flags = 4;
        } else progress += 1;
      } else if (state === IN_ESCAPE) {
        if (byte === 0x75) {
          progress = 0;
          state = IN_UNICODE;
        } else if (
          byte === 0x22 ||
          byte === 0x5c ||
          byte === 0x2f ||
          byte === 0x62 ||
          byte === 0x66 ||
          byte === 0x6e ||
          byte === 0x72 ||
          byte === 0x74
        ) {
          state = IN_STRING;
        } else {
          problem = P_ESCAPE;
          break;
        }
      } else {
        if (!isHex(byte)) {
          problem = P_ESCAPE;
          break;
        }
        progress += 1;
        if (progress === 4) state = IN_STRING;
      }
      at += 1;
      continue;
    }

    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      flags = 0;
      at += 1;
      continue;
    }
    if (byte === 0x22 && (state === KEY || state === KEY_OR_CLOSE)) {
      tokenStart = at + 1;
      flags = 2;
      state = IN_STRING;
    } else if (byte === 0x3a) {
      if (state !== COLON) {
        problem = P_COLON;
        break;
      }
      state = VALUE;
    } else if (byte === 0x2c) {
      if (state !== COMMA_OR_CLOSE) {
        problem = P_COMMA;
        break;
      }
      state = <i32>load<u8>(STACK + <usize>(depth - 1)) === OBJECT ? KEY : VALUE;
    } else if (byte === 0x7d || byte === 0x5d) {
      const isObject = <i32>(byte === 0x7d);
      const mayEnd = state === COMMA_OR_CLOSE || state === (isObject ? KEY_OR_CLOSE : VALUE_OR_CLOSE);
      if (!mayEnd || depth === 0 || <i32>load<u8>(STACK + <usize>(depth - 1)) !== isObject) {
        problem = P_CLOSE;
        break;
      }
      if (tape === tapeEnd) break;
      flags = 0;
      depth -= 1;
      const place = load<i32>(PLACES + ((<usize>depth) << 2));
      if (place >= 0) store<i32>(TAPE + <usize>(place * 12), <i32>(tape - TAPE) / 12, 8);
      store<i32>(tape, T_CLOSE);
      store<i32>(tape, at, 4);
      store<i32>(tape, at + 1, 8);
      tape += 12;
      state = depth === 0 ? BETWEEN_ROOTS : COMMA_OR_CLOSE;
    } else {
      // A value begins.
      if (state > VALUE_OR_CLOSE) {
        if (state !== BETWEEN_ROOTS) {
          problem = byte === 0x22 || byte === 0x7b || byte === 0x5b ? P_OPEN : P_STRAY;
          break;
        }
        if (flags & 4 && byte !== 0x22 && byte !== 0x7b && byte !== 0x5b) {
          problem = P_SCALAR;
          break;
        }
        if (roots > 0 && !manyRoots) {
          problem = P_SECOND_ROOT;
          break;
        }
      }
      if (byte === 0x22) {
        tokenStart = at + 1;
        flags = 0;
      } else if (byte === 0x7b || byte === 0x5b) {
        if (depth === MAX_DEPTH) {
          problem = P_DEPTH;
          break;
        }
        if (tape === tapeEnd) break;
      } else {
        progress = -1;
        if (byte === 0x2d) progress = N_MINUS;
        else if (isDigit(byte)) progress = byte === 0x30 ? N_ZERO : N_DIGITS;
        else if (byte === 0x74) progress = 1;
        else if (byte === 0x66) progress = 9;
        else if (byte === 0x6e) progress = 17;
        else {
          problem = P_STRAY;
          break;
        }
        tokenStart = at;
      }
      if (state === BETWEEN_ROOTS) roots += 1;
      if (byte === 0x22) state = IN_STRING;
      else if (byte === 0x7b || byte === 0x5b) {
        const isObject = <i32>(byte === 0x7b);
        store<u8>(STACK + <usize>depth, <u8>isObject);
        store<i32>(PLACES + ((<usize>depth) << 2), <i32>(tape - TAPE) / 12);
        store<i32>(tape, isObject ? T_OBJECT : T_ARRAY);
        store<i32>(tape, at, 4);
        store<i32>(tape, -1, 8);
        tape += 12;
        depth += 1;
        state = isObject ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
      } else state = byte === 0x2d || isDigit(byte) ? IN_NUMBER : IN_WORD;
    }
    at += 1;
  }

  store<i32>(R_STATE, state);
  store<i32>(R_DEPTH, depth);
  store<i32>(R_TOKEN_START, tokenStart);
  store<i32>(R_FLAGS, flags);
  store<i32>(R_PROGRESS, progress);
  store<i32>(R_ROOTS, roots);
  store<i32>(R_TOKENS, <i32>(tape - TAPE) / 12);
  store<i32>(R_PROBLEM, problem);
  return at;
}
