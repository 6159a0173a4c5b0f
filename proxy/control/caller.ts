import { randomBytes } from 'node:crypto';
import { type Author, type CallerClaims, UNPROVEN } from '../../model/caller.ts';
import { userName } from '../file-owner.ts';
import { canWriteProof, proofOf, provenUid } from './caller-proof.ts';
import type { ControlWord } from './control-protocol.ts';

/** The word counts for nothing: it is not known whose it is. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly code: 'caller-unproven';

  constructor(message: string) {
    super(message);
    this.code = 'caller-unproven';
  }
}

/** What this side of a connection remembers. */
export interface Conversation {
  /** Given out and not used yet. */
  nonce: string | null;
}

export interface CallerOptions {
  readonly dataFolder: string;
  /** The name of the gateway's own user: `local:<os user>`. */
  readonly owner: string;
}

/** Asks the caller to prove who it is, with its next word. */
export function challenge(conversation: Conversation): { readonly nonce: string } {
  const nonce = newNonce();
  conversation.nonce = nonce;
  return { nonce };
}

/**
 * Whose word it is. The nonce is used up, whatever comes of it.
 * @param line as it came: the proof is for this very text.
 * @throws {CallerError} where it cannot be told.
 */
export async function authorOf(
  word: ControlWord,
  { line, conversation }: { readonly line: string; readonly conversation: Conversation },
  { dataFolder, owner }: CallerOptions,
): Promise<Author> {
  const { nonce } = conversation;
  conversation.nonce = null;
  // Read from JSON, which has no undefined.
  const claims = (word.claims ?? {}) as CallerClaims;
  if ('unproven' in word && word.unproven !== undefined) {
    if (!closesOnly(word)) throw notFound();
    if (await canWriteProof(dataFolder, newNonce())) throw noExcuse();
    return { by: UNPROVEN, caller: { uid: null, unproven: word.unproven, claims } };
  }
  if (nonce === null) {
    throw new CallerError(
      'the journal says who decides, and this command does not prove who runs it: use the command of the same version as the gateway',
    );
  }
  const uid = await provenUid(dataFolder, proofOf(nonce, line));
  if (uid === null) throw notFound();
  return { by: nameOf(uid, owner), caller: { uid, claims } };
}

/** What only closes may be anybody's where nobody can prove anything: a full disk must not keep a stream open. */
export function closesOnly(word: ControlWord): boolean {
  return word.ask === 'endStream' || (word.ask === 'review' && word.verdict === 'deny');
}

function nameOf(uid: number, owner: string): string {
  if (uid === process.geteuid?.()) return owner;
  return `local:${userName(uid) ?? `uid:${uid}`}`;
}

function notFound(): CallerError {
  return new CallerError(
    'who runs this command cannot be told: its proof is not in the data folder of the gateway; does the command see the same folder, in a container or through a mount?',
  );
}

function noExcuse(): CallerError {
  return new CallerError(
    'who runs this command cannot be told: it could not write its proof into the data folder, where the gateway can; if there was no room for a moment, run it again, and make the folder writable where the command runs',
  );
}

/** 256 random bits, in hex. */
function newNonce(): string {
  return randomBytes(32).toString('hex');
}
