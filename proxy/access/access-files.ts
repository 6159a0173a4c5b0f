import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

const OUR_NAMES = /^(?:outside|(?:terminal|app|headless)-[A-Za-z0-9_-]{1,64})\.(?:yaml|ca\.crt|crt|key)$/;
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
  readonly certificate: string;
  readonly key: string;
}

/** Where a session's files go: named after it, so that their paths stay the same from launch to launch. */
export function filesOf({ kind, id, writeTo }: AccessRequest, folder: string): AccessFiles {
  const name = kind === 'outside' ? 'outside' : `${PREFIX[kind]}${id}`;
  const kubeconfig = writeTo === undefined ? join(folder, `${name}.yaml`) : resolve(writeTo);
  const stem = writeTo === undefined ? join(folder, name) : kubeconfig;
  return { kubeconfig, authority: `${stem}.ca.crt`, certificate: `${stem}.crt`, key: `${stem}.key` };
}

/** A kubeconfig of the user's own may hold credentials that exist nowhere else. */
export async function refuseForeignFiles(files: AccessFiles): Promise<void> {
  for (const path of Object.values(files)) {
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

export async function removeFiles(files: AccessFiles): Promise<void> {
  await Promise.all(Object.values(files).map((path) => rm(path, { force: true })));
}

/** Removes what a process that was killed left behind: our names, with our mark in them. */
export async function sweepStaleFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (isUnfinished(name)) await rm(path, { force: true });
    if (!OUR_NAMES.test(name)) continue;
    const text = await readFile(path, 'utf8').catch(() => '');
    if (isOurs(text)) await rm(path, { force: true });
  }
}
