import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './journal-files.ts';
import type { ReadersGroup } from './readers.ts';

/**
 * A statement about one record of the chain, signed with Ed25519 (RFC 8032).
 *
 * `head`: "the journal reached this record": cutting off later lines, or writing the whole chain anew, shows.
 * `anchor`: "everything up to this record was removed because it was too old": the chain starts after it.
 */
export type StatementKind = 'head' | 'anchor';

/** A journal goes on behind what a witness says: from here on there would be no numbers left to count with. */
const HIGHEST_SEQ = 2 ** 52;

const statementSchema = z.object({
  v: z.literal(1),
  seq: z.number().int().min(0).max(HIGHEST_SEQ),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.string(),
  /** Hex, the start of SHA-256 over the public key's SPKI; null where there is no key. */
  keyId: z.string().nullable(),
  /** Base64; null where there is no key. */
  signature: z.string().nullable(),
});

export type SignedStatement = z.infer<typeof statementSchema>;

/** The Ed25519 key pair of a journal. */
export interface JournalKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyId: string;
}

/** @throws {TypeError} when the PEM is not an Ed25519 private key. */
export function readJournalKey(pem: string): JournalKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError("the journal's key must be an Ed25519 key");
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, keyId: keyIdOf(publicKey) };
}

function keyIdOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

export function makeStatement(
  kind: StatementKind,
  about: { readonly seq: number; readonly hash: string; readonly time: string },
  key: JournalKey | null,
): SignedStatement {
  const { seq, hash, time } = about;
  const signature = key === null ? null : sign(null, signedBytes(kind, about), key.privateKey).toString('base64');
  return { v: 1, seq, hash, time, keyId: key?.keyId ?? null, signature };
}

/** Null when the statement is signed by this key, else why not. */
export function statementProblem(kind: StatementKind, statement: SignedStatement, publicKey: KeyObject): string | null {
  if (statement.signature === null) return `the ${kind} is not signed`;
  const keyId = keyIdOf(publicKey);
  if (statement.keyId !== keyId) return `the ${kind} was signed with another key (${statement.keyId}, not ${keyId})`;
  const fits = verify(null, signedBytes(kind, statement), publicKey, Buffer.from(statement.signature, 'base64'));
  return fits ? null : `the ${kind}'s signature is wrong`;
}

/** The kind comes first, so that an anchor can never be passed off as a head. */
function signedBytes(kind: StatementKind, { seq, hash, time }: { seq: number; hash: string; time: string }): Buffer {
  return Buffer.from(`gatehouse journal ${kind} v1\n${seq}\n${hash}\n${time}\n`);
}

export async function writeStatement(
  folder: string,
  kind: StatementKind,
  statement: SignedStatement,
  readers: ReadersGroup = null,
): Promise<void> {
  await replaceFile(statementPath(folder, kind), `${JSON.stringify(statement)}\n`, readers);
}

/** Null when there is none; `unreadable` when the file is there but is no statement. */
export async function readStatement(
  folder: string,
  kind: StatementKind,
): Promise<SignedStatement | null | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(statementPath(folder, kind), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return parseStatement(text) ?? 'unreadable';
}

/** Null when the text is no statement. */
export function parseStatement(text: string): SignedStatement | null {
  try {
    return statementSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function statementPath(folder: string, kind: StatementKind): string {
  return join(folder, `${kind}.json`);
}

/** The public key beside the journal: for taking to a second place, where it proves something. */
export function publicKeyPath(folder: string): string {
  return join(folder, 'public-key.pem');
}
