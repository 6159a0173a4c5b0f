import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskErrorInWords } from '../disk-error.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { makeFolders } from '../make-folders.ts';
import { replaceFile } from './journal-files.ts';
import type { ReadersGroup } from './readers.ts';
import { type JournalKey, parseStatement, type SignedStatement, statementProblem } from './signed-head.ts';

/**
 * A second place, outside the journal's folder, that keeps how far the journal reached: what is in the folder can be
 * removed or set back as a whole, and then nothing in it says so.
 */
export interface HeadWitness {
  /** Where it is, for people. */
  readonly place: string;
  /** What was written last; null: nothing yet. */
  read(): Promise<string | null>;
  /** Replaces it as a whole: after a crash there is the old text or the new one. */
  write(text: string): Promise<void>;
}

/** A witness in a file of its own, 0600, or 0640 for readers of the journal; its folder is made when missing. */
export function witnessFile(path: string, readers: ReadersGroup = null): HeadWitness {
  return {
    place: path,
    async read() {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async write(text) {
      await makeFolders(dirname(path));
      await replaceFile(path, text, readers);
    },
  };
}

/** What a witness says: a head, nothing yet, or why what it says cannot be taken for a head of this journal. */
export type Testimony =
  | { readonly says: 'head'; readonly place: string; readonly head: SignedStatement }
  | { readonly says: 'nothing'; readonly place: string }
  | { readonly says: 'unusable'; readonly place: string; readonly why: string };

/** @param publicKey null: signatures are not checked. */
export async function hear(witness: HeadWitness, publicKey: JournalKey['publicKey'] | null): Promise<Testimony> {
  const { place } = witness;
  let text: string | null;
  try {
    text = await witness.read();
  } catch (error) {
    return { says: 'unusable', place, why: `${place} cannot be read: ${diskErrorInWords(error, 'read')}` };
  }
  if (text === null) return { says: 'nothing', place };
  const head = parseStatement(text);
  if (head === null) return { says: 'unusable', place, why: `${place} holds no head of a journal` };
  const problem = publicKey === null ? null : statementProblem('head', head, publicKey);
  if (problem === null) return { says: 'head', place, head };
  const reached = `record ${head.seq} at ${head.time}`;
  return { says: 'unusable', place, why: `in ${place}, which names ${reached}, ${problem}` };
}

/**
 * Tells a witness each head, one after the other; where it is slow, the newest alone. It is told only of what is on the
 * disk, so a crash can leave it behind the journal and never ahead of it.
 */
export class WitnessWriter {
  readonly #witness: HeadWitness;
  readonly #log: GatewayLog;
  #next: SignedStatement | null = null;
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor(witness: HeadWitness, log: GatewayLog) {
    this.#witness = witness;
    this.#log = log;
  }

  /** Settles when it, or a newer one, is written; never rejects. */
  tell(head: SignedStatement): Promise<void> {
    this.#next = head;
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let head = this.#next; head !== null; head = this.#next) {
      this.#next = null;
      try {
        await this.#witness.write(`${JSON.stringify(head)}\n`);
        this.#failed = false;
      } catch (error) {
        // The journal itself is whole, so requests go on; said once, or a full disk fills the log too.
        if (!this.#failed) {
          const place = this.#witness.place;
          this.#log.error(
            { event: 'journal-witness-failed', error, place },
            'how far the journal reaches cannot be kept outside its folder',
          );
        }
        this.#failed = true;
      }
    }
    this.#writing = null;
  }
}
