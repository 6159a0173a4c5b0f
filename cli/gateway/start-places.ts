import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { asUser, foreignOwner, ownUid, rootWouldWriteTo, userInWords } from '../../proxy/file-owner.ts';
import { policyFiles } from '../../proxy/policy/source/read-policy-folder.ts';
import { usualDataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import type { GatewaySettings } from './gateway-settings.ts';

type Places = Pick<GatewaySettings, 'dataFolder' | 'policyFolder' | 'writeKubeconfig' | 'journalWitness'>;

/** What of a data folder a start writes to; the rest is the owner's, or the file system's (`lost+found`). */
const WRITTEN: Readonly<Record<string, 'file' | 'folder' | 'socket'>> = {
  'accepted-policy.json': 'file',
  'certificate-authority.json': 'file',
  'control.sock': 'socket',
  journal: 'folder',
  'journal-key.json': 'file',
  kubeconfig: 'folder',
  'mask-key.json': 'file',
  'policy-key.json': 'file',
  sessions: 'folder',
};

/**
 * Looks whose the places are that a start writes to, before anything is written. What root writes into somebody's folder
 * is root's, and that one's next start fails on it; what somebody else owns cannot be closed to others.
 * @throws {CommandError} which names the owner.
 */
export async function refuseForeignPlaces(places: Places, { home }: { readonly home: string }): Promise<void> {
  const { dataFolder, policyFolder, writeKubeconfig, journalWitness } = places;
  await refuseForeignData(dataFolder);
  // sudo may leave HOME as it was. Where somebody names a new folder, as in a container's job, it is meant.
  const homes = dataFolder === usualDataFolder(home) ? await rootWouldWriteTo(dataFolder) : null;
  if (homes !== null) {
    throw refused(
      `--data is missing: HOME is ${visible(home)}, which belongs to ${userInWords(homes.uid)}, and this runs as root: start the gateway as that user (${asUser(homes.uid)} …), or name a folder`,
    );
  }
  for (const [flag, path] of [
    ['--policy', policyFolder],
    ['--write-kubeconfig', dirname(writeKubeconfig)],
    ['--journal-witness', journalWitness === null ? null : dirname(journalWitness)],
  ] as const) {
    if (path === null || isInside(path, dataFolder)) continue;
    // A policy folder that is there is read; nothing is written into it.
    if (flag === '--policy' && (await lstat(path).catch(() => null)) !== null) continue;
    const others = await rootWouldWriteTo(path);
    if (others === null) continue;
    throw refused(
      `${flag}: ${visible(others.folder)} belongs to ${userInWords(others.uid)}, who could not use what root writes there: start the gateway as that user (${asUser(others.uid)} …), or name a place of root's own`,
    );
  }
}

async function refuseForeignData(dataFolder: string): Promise<void> {
  const owner = await foreignOwner(dataFolder);
  if (owner !== null) {
    throw refused(
      `--data: ${visible(dataFolder)} belongs to ${userInWords(owner)}, and this runs as ${ownInWords()}: start the gateway as that user (${asUser(owner)} …), or choose a folder of your own`,
    );
  }
  for (const [name, kind] of Object.entries(WRITTEN)) await refuseOtherKinds(join(dataFolder, name), kind);
  for (const name of [...Object.keys(WRITTEN), ...(await namesIn(join(dataFolder, 'journal')))]) {
    const path = join(dataFolder, name);
    const foreign = await foreignOwner(path);
    if (foreign === null) continue;
    throw refused(
      `--data: ${visible(path)} belongs to ${userInWords(foreign)}, and this runs as ${ownInWords()}: give it back with "${foreign === 0 ? 'sudo ' : ''}chown -R ${ownUid()} ${visible(dataFolder)}"`,
    );
  }
}

/** Something of another kind in a place would be found half-way. What is left of a socket may be a file, after a backup say. */
async function refuseOtherKinds(path: string, kind: 'file' | 'folder' | 'socket'): Promise<void> {
  const found = await stat(path).catch(() => null);
  const fits = { file: found?.isFile(), folder: found?.isDirectory(), socket: found?.isDirectory() === false }[kind];
  if (found === null || fits) return;
  throw refused(`--data: ${visible(path)} is not a ${kind}: move it away, or choose another folder`);
}

/** A policy folder of somebody else's, or one that nobody can write to: see {@link refuseOpenPolicy}. */
export async function isFixedPolicy(policyFolder: string): Promise<boolean> {
  return (await foreignOwner(policyFolder)) !== null || (await isReadOnlyFolder(policyFolder));
}

/**
 * A policy folder of somebody else's, or of a read-only file system, is read as it is, as a configuration manager or a
 * ConfigMap has it: nothing is written there, and it cannot be closed. So others must not be able to write to it either,
 * nor to a file in it, unless nobody can.
 * @throws {CommandError}
 */
export async function refuseOpenPolicy(policyFolder: string): Promise<void> {
  if (await isReadOnly(policyFolder)) return;
  const names = await policyFiles(policyFolder).catch(() => []);
  for (const path of [policyFolder, ...names.map((name) => join(policyFolder, name))]) {
    // Of what a link leads to. What is not there any more is not read either.
    const found = await stat(path).catch(() => null);
    if (found === null || (found.mode & 0o022) === 0) continue;
    throw refused(
      `--policy: ${visible(path)} belongs to ${userInWords(found.uid)}, and others can write to it (its mode is ${(found.mode & 0o777).toString(8)}): have it closed to them with "chmod go-w", or choose a folder of your own`,
    );
  }
}

async function isReadOnlyFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true && (await isReadOnly(path));
}

async function isReadOnly(folder: string): Promise<boolean> {
  return await access(folder, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EROFS',
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join('journal', name));
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !way.startsWith('..');
}

function ownInWords(): string {
  const own = ownUid();
  return own === null ? 'another user' : userInWords(own);
}

function refused(message: string): CommandError {
  return new CommandError(exitCodes.failed, message);
}
