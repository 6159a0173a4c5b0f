import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Another gateway writes to this folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
  readonly code = 'folder-locked';
}

interface LockOwner {
  readonly pid: number;
  /** When the process started, as the kernel counts; null where it does not say. */
  readonly started: string | null;
  readonly token: string;
}

/** Locks of this process: a lock file with our own pid but not in here is left from an earlier process of that pid. */
const heldTokens = new Set<string>();

/**
 * Makes this process the only writer of a folder, until the returned function is called.
 *
 * A lock whose process is gone is taken over. A pid alone does not tell: in a container every gateway has the same
 * one, so the process's start time is compared too.
 *
 * @throws {FolderLockedError} when a living process holds the lock.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const owner: LockOwner = { pid: process.pid, started: processStart(process.pid), token: randomUUID() };
  const content = JSON.stringify(owner);

  // Written aside and linked into place, so that nobody ever reads half a lock.
  const own = `${path}.${owner.token}`;
  const handle = await open(own, 'wx', 0o600);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
  try {
    for (let attempt = 0; !(await linked(own, path)); attempt += 1) {
      const found = await readIfPresent(path);
      if (found === null) continue;
      const holder = parseOwner(found);
      if (attempt > 10 || (holder !== null && isAlive(holder))) {
        throw new FolderLockedError(
          `another gateway (process ${holder?.pid ?? 'unknown'}) already writes to ${folder}; stop it, or give this one a data folder of its own`,
        );
      }
      await removeStale(path, found, owner.token);
    }
  } finally {
    await rm(own, { force: true });
  }

  heldTokens.add(owner.token);
  return async () => {
    heldTokens.delete(owner.token);
    if ((await readIfPresent(path)) === content) await rm(path, { force: true });
  };
}

/** Whether a gateway that lives writes to a folder. */
export async function isFolderLocked(folder: string): Promise<boolean> {
  const found = await readIfPresent(join(folder, 'lock')).catch(() => null);
  const holder = found === null ? null : parseOwner(found);
  return holder !== null && isAlive(holder);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two processes may find the same stale lock: the one that moved a fresh lock of the other aside puts it back. */
async function removeStale(path: string, judged: string, token: string): Promise<void> {
  const aside = `${path}.stale-${token}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readIfPresent(aside)) !== judged) await linked(aside, path);
  await rm(aside, { force: true });
}

function isAlive(owner: LockOwner): boolean {
  if (owner.pid === process.pid) return heldTokens.has(owner.token);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = processStart(owner.pid);
  return started === null || owner.started === null || started === owner.started;
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); the command name before it may hold spaces and parentheses. */
function processStart(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function parseOwner(text: string): LockOwner | null {
  try {
    const { pid, started, token } = JSON.parse(text);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started: started ?? null, token: String(token) } : null;
  } catch {
    return null;
  }
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
