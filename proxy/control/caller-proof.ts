import { createHash } from 'node:crypto';
import { constants, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Who is at the other end of a Unix socket, without SO_PEERCRED, which Node does not have: the kernel writes the user id
 * of whoever makes a file into its inode, and nobody but root can change it. So the gateway gives out a nonce, and the
 * caller makes a file of what only this nonce and this very request come to.
 */

const NAME = /^\.control-proof-[0-9a-f]{64}$/;
/** Nobody may write to a proof, its owner neither: what stands in it was written by whoever made it. */
const MODE = 0o444;
/** Neither a link's target nor a pipe that nobody writes to: opening comes back at once, and to this very inode. */
const LOOK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What a proof says: good for one request, word for word, on the connection that the nonce was given to. */
export function proofOf(nonce: string, line: string): string {
  return createHash('sha256').update(`gatehouse control proof\n${nonce}\n${line}`).digest('hex');
}

/**
 * The caller's side.
 * @returns removes it.
 * @throws what the file system said.
 */
export async function writeProof(dataFolder: string, proof: string): Promise<() => Promise<void>> {
  const path = pathOf(dataFolder, proof);
  const file = await open(path, MAKE, 0o600);
  const remove = () => rm(path, { force: true }).catch(() => undefined);
  try {
    await file.writeFile(proof);
    // Past the umask: the gateway may be another user than root, and has to read it.
    await file.chmod(MODE);
  } catch (error) {
    await remove();
    throw error;
  } finally {
    await file.close();
  }
  return remove;
}

/**
 * The gateway's side: the user id of whoever made this proof. What it looks at is one open file from beginning to end. A
 * file of somebody else's that was moved or linked to its place does not say what only a new one can say, and who may
 * not write to it cannot make it say so.
 * @returns null where there is no such proof.
 */
export async function provenUid(dataFolder: string, proof: string): Promise<number | null> {
  const path = pathOf(dataFolder, proof);
  const file = await open(path, LOOK).catch(() => null);
  if (file === null) return null;
  try {
    const { uid, mode, nlink, size } = await file.stat();
    const isProof = (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o7777) === MODE && nlink === 1;
    if (!isProof || size !== proof.length) return null;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(proof.length), 0, proof.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === proof ? uid : null;
  } catch {
    return null;
  } finally {
    await file.close();
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Whether anybody could make a proof there now: not on a full disk. */
export async function canWriteProof(dataFolder: string, proof: string): Promise<boolean> {
  try {
    const remove = await writeProof(dataFolder, proof);
    await remove();
    return true;
  } catch {
    return false;
  }
}

/** Those of callers that were killed before they could. */
export async function removeOldProofs(dataFolder: string): Promise<void> {
  const names = (await readdir(dataFolder)).filter((name) => NAME.test(name));
  await Promise.all(names.map((name) => rm(join(dataFolder, name), { force: true }).catch(() => undefined)));
}

function pathOf(dataFolder: string, proof: string): string {
  return join(dataFolder, `.control-proof-${proof}`);
}
