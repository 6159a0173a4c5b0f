import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SessionKind } from '../../model/principal.ts';
import { visible } from '../../model/visible-text.ts';
import { withPath } from '../disk-error.ts';
import { foreignOwner, userInWords } from '../file-owner.ts';
import { makeFolders } from '../make-folders.ts';
import { isOurs } from './gateway-kubeconfig.ts';
import { isUnfinished } from './private-file.ts';
import type { AccessRequest } from './session-access.ts';

/** Why no access was opened. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code:
    | 'session-id-invalid'
    | 'cluster-not-connected'
    | 'file-not-ours'
    | 'file-in-use'
    | 'session-kind-differs';

  constructor(code: AccessError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const OUR_NAMES =
  /^(?:outside|(?:terminal|app|headless)-[A-Za-z0-9_-]{1,64})\.(?:yaml|(?:ca\.|to-[a-z0-9-]{1,63}\.)?crt|(?:to-[a-z0-9-]{1,63}\.)?key)$/;
/** What stands behind the stem in the names of certificates and keys. */
const PAIR_NAME = /^\.(?:to-[a-z0-9-]{1,63}\.)?(?:crt|key)$/;
const PREFIX: Readonly<Record<SessionKind, string>> = {
  inAppTerminal: 'terminal-',
  app: 'app-',
  headless: 'headless-',
  outside: '',
};

/** The files of one session's access. */
export interface AccessFiles {
  readonly kubeconfig: string;
  readonly authority: string;
  /** Another gateway may be told the same path, so the authority's file says whose they are (`claimFiles`). */
  readonly isClaimed: boolean;
  /** Without what follows in the names of the files beside the kubeconfig. */
  readonly stem: string;
  /** The certificate for one cluster and its key; null is for all clusters. */
  pairOf(cluster: string | null): { readonly certificate: string; readonly key: string };
}

/** Where a session's files go: named after it, so that their paths stay the same from launch to launch. */
export function filesOf({ kind, id, writeTo }: AccessRequest, folder: string): AccessFiles {
  const name = kind === 'outside' ? 'outside' : `${PREFIX[kind]}${id}`;
  const kubeconfig = writeTo === undefined ? join(folder, `${name}.yaml`) : resolve(writeTo);
  const stem = writeTo === undefined ? join(folder, name) : kubeconfig;
  const pairOf = (cluster: string | null) => {
    const pair = cluster === null ? stem : `${stem}.to-${cluster}`;
    return { certificate: `${pair}.crt`, key: `${pair}.key` };
  };
  return { kubeconfig, authority: `${stem}.ca.crt`, isClaimed: writeTo !== undefined, stem, pairOf };
}

/**
 * A kubeconfig of the user's own may hold credentials that exist nowhere else.
 * @throws {AccessError} `file-not-ours`.
 */
export async function refuseForeignFiles(files: AccessFiles, clusters: ReadonlyArray<string | null>): Promise<void> {
  await refuseForeign([files.kubeconfig, files.authority, ...pairPaths(files, clusters)]);
}

/** @throws {AccessError} `file-not-ours`. */
export async function refuseForeignPairs(files: AccessFiles, clusters: ReadonlyArray<string | null>): Promise<void> {
  await refuseForeign(pairPaths(files, clusters));
}

async function refuseForeign(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await lstat(path).catch((error) => missingOrThrow(error, path));
    if (found === null) continue;
    if (found.isDirectory()) throw notOurs(path, 'is a folder: name a file');
    const owner = await foreignOwner(path);
    if (owner !== null) throw notOurs(path, `belongs to ${userInWords(owner)}: name another file, or remove it`);
    if (!found.isFile() || !isOurs(await textOf(path))) {
      throw notOurs(path, 'was not written by Gatehouse; name another file or move it away');
    }
  }
}

function notOurs(path: string, why: string): AccessError {
  return new AccessError('file-not-ours', `${visible(path)} ${why}`);
}

function missingOrThrow(error: unknown, path: string): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw withPath(error, path, 'written');
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw withPath(error, path, 'read');
  }
}

/** @throws {DiskError} */
export async function ensureParentFolder(path: string): Promise<void> {
  await makeFolders(dirname(path));
}

/** Removes those that are still Gatehouse's: a person may have put another file in a place meanwhile. */
export async function removeFiles(files: AccessFiles, clusters: ReadonlyArray<string | null>): Promise<void> {
  const paths = [files.kubeconfig, ...pairPaths(files, clusters), files.authority];
  for (const path of paths) {
    if (isOurs(await readFile(path, 'utf8').catch(() => ''))) await rm(path, { force: true });
  }
}

/** Removes the certificates and keys for clusters, and leaves the kubeconfig. */
export async function removePairs(files: AccessFiles, clusters: ReadonlyArray<string | null>): Promise<void> {
  await Promise.all(pairPaths(files, clusters).map((path) => rm(path, { force: true })));
}

function pairPaths(files: AccessFiles, clusters: ReadonlyArray<string | null>): string[] {
  return clusters.map((cluster) => files.pairOf(cluster)).flatMap(({ certificate, key }) => [certificate, key]);
}

/** Removes what a process that was killed left behind: our names, with our mark in them. */
export async function sweepStaleFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isUnfinished(name)) await rm(join(folder, name), { force: true });
  await sweep(folder, (name) => OUR_NAMES.test(name));
}

/** Removes the certificates that a former session left beside a kubeconfig, for clusters that this one may not have. */
export async function sweepStalePairs({ stem }: AccessFiles): Promise<void> {
  const beginning = basename(stem);
  await sweep(dirname(stem), (name) => name.startsWith(beginning) && PAIR_NAME.test(name.slice(beginning.length)));
}

async function sweep(folder: string, isMeant: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!isMeant(name)) continue;
    const text = await readFile(path, 'utf8').catch(() => '');
    if (isOurs(text)) await rm(path, { force: true });
  }
}
