import { rename, rm } from 'node:fs/promises';
import { visible } from '../../model/visible-text.ts';
import { withPath } from '../disk-error.ts';
import { AccessError, type AccessFiles } from './access-files.ts';
import { claimInWords, type Holder, lookForHolder } from './file-claim.ts';
import { createPrivateFile, readIfThere } from './private-file.ts';

/** Others may change the file while it is looked at, but not without end. */
const LOOKS_AT_MOST = 10;

/**
 * Puts the file in place that says whose the files of a session are. Of two gateways that do so at the same time one has
 * them; files of one that is gone are taken over.
 * @param text by which they are claimed (`claimText`).
 * @throws {AccessError} `file-in-use`.
 * @throws {DiskError}
 */
export async function claimFiles({ kubeconfig, authority }: AccessFiles, text: string): Promise<void> {
  for (let look = 0; look < LOOKS_AT_MOST; look += 1) {
    if (await createPrivateFile(authority, text)) return;
    const found = await readIfThere(authority);
    if (found === text) return;
    if (found === null) continue;
    const holder = await lookForHolder(found, text);
    if (holder.is !== 'gone') throw new AccessError('file-in-use', inUse(holder, kubeconfig, authority));
    await setAside(authority, found);
  }
  throw new AccessError(
    'file-in-use',
    `${visible(kubeconfig)} is being written by others all the time: name another file`,
  );
}

/** Whether the files of a session are still this gateway's: somebody may have removed them, and another gateway come. */
export async function holdsClaim({ authority, isClaimed }: AccessFiles, text: string): Promise<boolean> {
  return !isClaimed || (await readIfThere(authority)) === text;
}

function inUse(holder: Exclude<Holder, { is: 'gone' }>, kubeconfig: string, authority: string): string {
  const who = claimInWords(holder.claim);
  if (holder.is === 'alive') {
    return `${visible(kubeconfig)} is in use by ${who}: stop that one, or name another file`;
  }
  return `whether ${visible(kubeconfig)} is still in use by ${who} cannot be told, for ${holder.why}: stop that one and remove ${visible(authority)}, or name another file`;
}

/** Two gateways may find the same file of one that is gone: what the other put there meanwhile goes back. */
async function setAside(path: string, judged: string): Promise<void> {
  const aside = `${path}.${process.pid}.gone`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw withPath(error, path, 'written');
  }
  const text = await readIfThere(aside);
  if (text !== null && text !== judged) await createPrivateFile(path, text);
  await rm(aside, { force: true });
}
