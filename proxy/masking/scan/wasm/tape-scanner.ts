import type { JsonEvents, Scanner, ScannerOptions } from '../json-scanner.ts';
import { NotMaskable } from '../not-maskable.ts';
import { giveBack, PIECE_BYTES, type TapeInstance, takeTape } from './tape-module.ts';

// Registers, tokens and states of assembly/json-tape.ts.
const [STATE, DEPTH, TOKEN_START, FLAGS, PROGRESS, ROOTS, TOKENS, PROBLEM] = [0, 1, 2, 3, 4, 5, 6, 7];
const BETWEEN_ROOTS = 6;
const IN_STRING = 7;
const IN_NUMBER = 11;
const [OBJECT, ARRAY, CLOSE, KEY, KEY_ESCAPED, STRING, STRING_ESCAPED] = [0, 1, 2, 3, 4, 5, 6];
/** Numbers that may end there: a zero, digits, a fraction, an exponent. */
const WHOLE_NUMBERS: ReadonlySet<number> = new Set([1, 2, 4, 7]);

const PROBLEMS = [
  '',
  'a control character inside a string',
  'a colon',
  'a comma',
  'a string or an opening bracket',
  'a closing bracket',
  'a character that starts nothing',
  'something after the document',
  'more than 512 levels',
  'something that is not a number, true, false or null',
  'an unknown escape',
];

/** The scanner in WebAssembly: a piece is read onto a tape of tokens, and the tape is walked here. */
export class TapeScanner implements Scanner {
  readonly #events: JsonEvents;
  readonly #manyRoots: number;
  /** What an instance has to know of this stream; instances serve one stream after another. */
  #state = BETWEEN_ROOTS;
  #depth = 0;
  #tokenStart = 0;
  #flags = 0;
  #progress = 0;
  #roots = 0;
  readonly #stack: number[] = [];
  /** Position behind what was scanned. */
  #end = 0;
  /** Levels inside a container that nobody is interested in. */
  #skipped = 0;

  constructor(events: JsonEvents, options: ScannerOptions) {
    this.#events = events;
    this.#manyRoots = options.manyRoots ? 1 : 0;
  }

  get roots(): number {
    return this.#roots;
  }

  get betweenRoots(): boolean {
    return this.#state === BETWEEN_ROOTS;
  }

  get openTokenStart(): number | null {
    return this.#state >= IN_STRING ? this.#end + this.#tokenStart : null;
  }

  scan(bytes: Uint8Array, base: number, from: number, to: number): void {
    const instance = takeTape();
    try {
      this.#load(instance);
      for (let at = from; at < to; at += PIECE_BYTES) {
        const length = Math.min(to - at, PIECE_BYTES);
        instance.piece.set(at === 0 && length === bytes.length ? bytes : bytes.subarray(at, at + length));
        this.#scanPiece(instance, base + at, length);
        // The next piece counts its positions from its own start.
        instance.registers[TOKEN_START] = (instance.registers[TOKEN_START] as number) - length;
      }
      this.#save(instance);
      this.#end = base + to;
    } finally {
      giveBack(instance);
    }
  }

  end(_bytes: Uint8Array, _base: number, at: number): void {
    if (this.#state === IN_NUMBER && this.#depth === 0 && WHOLE_NUMBERS.has(this.#progress)) {
      this.#state = BETWEEN_ROOTS;
      this.#events.scalar(at + this.#tokenStart, at);
    }
    if (!this.betweenRoots) throw problemAt(at, 'the end of the answer in the middle of a document');
  }

  #scanPiece(instance: TapeInstance, origin: number, length: number): void {
    let at = 0;
    while (at < length) {
      at = instance.scan(at, length, this.#manyRoots);
      this.#walk(instance.tape, instance.registers[TOKENS] as number, origin);
      const problem = instance.registers[PROBLEM] as number;
      if (problem !== 0) throw problemAt(origin + at, PROBLEMS[problem] ?? '');
    }
  }

  #walk(tape: Int32Array, tokens: number, origin: number): void {
    const events = this.#events;
    let token = 0;
    if (this.#skipped > 0) token = this.#skip(tape, tokens, 0, origin);
    while (token < tokens) {
      const place = token * 3;
      const start = origin + (tape[place + 1] as number);
      const end = tape[place + 2] as number;
      token += 1;
      switch (tape[place]) {
        case OBJECT:
        case ARRAY:
          if (tape[place] === OBJECT) events.openObject(start);
          else events.openArray(start);
          if (events.skips !== true) break;
          if (end >= 0) {
            events.close(origin + (tape[end * 3 + 2] as number));
            token = end + 1;
          } else {
            this.#skipped = 1;
            token = this.#skip(tape, tokens, token, origin);
          }
          break;
        case CLOSE:
          events.close(origin + end);
          break;
        case KEY:
          events.key(start, origin + end, false);
          break;
        case KEY_ESCAPED:
          events.key(start, origin + end, true);
          break;
        case STRING:
          events.string(start, origin + end, false);
          break;
        case STRING_ESCAPED:
          events.string(start, origin + end, true);
          break;
        default:
          events.scalar(start, origin + end);
      }
    }
  }

  /** Passes over what is inside a skipped container that is not closed on this tape. */
  #skip(tape: Int32Array, tokens: number, from: number, origin: number): number {
    for (let token = from; token < tokens; token += 1) {
      const kind = tape[token * 3] as number;
      if (kind <= ARRAY) {
        const end = tape[token * 3 + 2] as number;
        if (end >= 0) token = end;
        else this.#skipped += 1;
      } else if (kind === CLOSE) {
        this.#skipped -= 1;
        if (this.#skipped > 0) continue;
        this.#events.close(origin + (tape[token * 3 + 2] as number));
        return token + 1;
      }
    }
    return tokens;
  }

  #load({ registers, stack }: TapeInstance): void {
    registers[STATE] = this.#state;
    registers[DEPTH] = this.#depth;
    registers[TOKEN_START] = this.#tokenStart;
    registers[FLAGS] = this.#flags;
    registers[PROGRESS] = this.#progress;
    registers[ROOTS] = this.#roots;
    for (let level = 0; level < this.#depth; level += 1) stack[level] = this.#stack[level] as number;
  }

  #save({ registers, stack }: TapeInstance): void {
    this.#state = registers[STATE] as number;
    this.#depth = registers[DEPTH] as number;
    this.#tokenStart = registers[TOKEN_START] as number;
    this.#flags = registers[FLAGS] as number;
    this.#progress = registers[PROGRESS] as number;
    this.#roots = registers[ROOTS] as number;
    for (let level = 0; level < this.#depth; level += 1) this.#stack[level] = stack[level] as number;
  }
}

function problemAt(at: number, what: string): NotMaskable {
  return new NotMaskable(`the answer is not well-formed JSON: ${what} at byte ${at}`);
}
