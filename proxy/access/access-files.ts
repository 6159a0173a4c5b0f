import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SessionKind } from '../../model/principal.ts';
import { isOurs } from './gateway-kubeconfig.ts';
import { ensurePrivateFolder, isUnfinished } from './private-file.ts';
import type { AccessRequest } from './session-access.ts';

/** Why no access was opened. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: 'session-id-invalid' | 'cluster-not-connected' | 'file-not-ours' | 'session-kind-differs';

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
  return { kubeconfig, authority: `${stem}.ca.crt`, stem, pairOf };
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
    const found = await lstat(path).catch(() => null);
    if (found === null) continue;
    if (!found.isFile() || !isOurs(await readFile(path, 'utf8'))) {
      throw new AccessError('file-not-ours', `${path} was not written by Gatehouse; name another file or move it away`);
    }
  }
}

export async function ensureParentFolder(path: string): Promise<void> {
  const folder = dirname(path);
  if ((await lstat(folder).catch(() => null)) === null) await ensurePrivateFolder(folder);
}

export async function removeFiles(files: AccessFiles, clusters: ReadonlyArray<string | null>): Promise<void> {
  const paths = [files.kubeconfig, files.authority, ...pairPaths(files, clusters)];
  await Promise.all(paths.map((path) => rm(path, { force: true })));
}

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
