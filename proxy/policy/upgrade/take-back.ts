import { chown, copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRegularFile } from '../source/regular-file.ts';
import { UPGRADE_MARK } from '../source/upgrade-mark.ts';
import { PolicyUpgradeError } from './policy-upgrade-error.ts';

/** An upgrade takes milliseconds: a mark that is older was left by one that was cut off. */
const CUT_OFF_AFTER_MS = 10_000;

/** Bytes of a mark; it holds names of files. */
const MARK_AT_MOST = 1024 * 1024;

const fileName = z.string().regex(/^[^/\\]+\.ya?ml$/i);
const writing = z.object({
  copies: z
    .string()
    .regex(/^\.before-upgrade-[0-9TZ.]+$/)
    .nullable(),
  changed: z.array(fileName),
  added: z.array(fileName),
});

/** The files of an upgrade that is being written. */
export type Writing = z.infer<typeof writing>;

/** What stands in the mark: how to mend it by hand, and the names with which it is mended. */
export function markText(upgrade: Writing): string {
  const { copies, added } = upgrade;
  const remove = added.length === 0 ? '' : `remove ${added.join(', ')}, `;
  const copy = copies === null ? '' : `copy the files of ${copies} over those here, `;
  return `# An upgrade of the policy is being written. A gateway that finds this at its start puts the files back as they were.
# By hand: ${copy}${remove}and then remove this file.
${JSON.stringify(upgrade)}
`;
}

/** Puts the files back as they were before an upgrade that was cut off, and says whether there was one. */
export async function takeBackUnfinished(folder: string): Promise<boolean> {
  const path = join(folder, UPGRADE_MARK);
  const mark = await stat(path).catch(() => null);
  if (mark === null) return false;
  if (Date.now() - mark.mtimeMs < CUT_OFF_AFTER_MS) {
    const message = 'an upgrade is being written into the policy folder: try again in ten seconds';
    throw new PolicyUpgradeError('policy-upgrade-unfinished', message);
  }
  try {
    await takeBack(folder, readMark((await readRegularFile(path, MARK_AT_MOST)).toString('utf8')));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `an upgrade of the policy was cut off and cannot be taken back (${reason}): put the files back from the folder .before-upgrade-… beside ${UPGRADE_MARK}, then remove that file`;
    throw new PolicyUpgradeError('policy-upgrade-unfinished', message, { cause });
  }
  return true;
}

/** While the mark stands no reader takes the folder, so the order means nothing. */
export async function takeBack(folder: string, { copies, changed, added }: Writing): Promise<void> {
  for (const name of copies === null ? [] : changed) {
    const copy = join(folder, `.${name}.back`);
    const kept = join(folder, copies ?? '', name);
    await copyFile(kept, copy);
    // The copy's owner is the file's: root may do this in somebody else's folder.
    const { uid, gid } = await stat(kept);
    if (process.geteuid?.() === 0) await chown(copy, uid, gid);
    await rename(copy, join(folder, name));
  }
  for (const name of added) await rm(join(folder, name), { force: true });
  await rm(join(folder, UPGRADE_MARK), { force: true });
}

/** @throws where it is not what {@link markText} writes: a name that leads elsewhere is not followed. */
function readMark(text: string): Writing {
  const line = text.split('\n').find((one) => one.startsWith('{'));
  const read = writing.safeParse(line === undefined ? null : JSON.parse(line));
  if (read.success) return read.data;
  throw new Error('it is not said which files it wrote');
}
