import { X509Certificate } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { oneLine } from '../one-line.ts';
import { contextParts } from './context-parts.ts';
import { findProgram } from './find-program.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';
import type { MergedKubeconfig } from './kubeconfig-files.ts';
import { authProviderProblem } from './oidc-sign-in.ts';
import { pluginProblem } from './plugin-problem.ts';
import { serverAddress } from './server-address.ts';
import { readProxyUrl } from './upstream-proxy.ts';

interface Surroundings {
  readonly path: string;
  readonly now: Date;
}

/**
 * Null, or one line that says why a context cannot be used and what to do. Nothing is run and no server is called.
 */
export async function contextProblem(
  merged: MergedKubeconfig,
  context: KubeconfigContext,
  surroundings: Surroundings,
): Promise<string | null> {
  const parts = contextParts(merged, context);
  if ('problem' in parts) return parts.problem;
  const { cluster, user } = parts;
  return (await clusterProblem(cluster)) ?? unsupportedUser(user) ?? (await credentialProblem(user, surroundings));
}

/** What keeps a cluster entry from being used. */
export async function clusterProblem(cluster: KubeconfigCluster): Promise<string | null> {
  const address = serverAddress(cluster);
  if ('problem' in address) return address.problem;
  if (cluster['proxy-url'] !== null) {
    const read = readProxyUrl(cluster['proxy-url'], `proxy-url of cluster "${cluster.name}"`);
    if ('problem' in read) return read.problem;
  }
  const authority = cluster['certificate-authority'];
  if (authority !== null && cluster['certificate-authority-data'] === null) return unreadable(authority);
  return null;
}

/** What a user entry asks for that Gatehouse does not do. Ignoring it would mean calling as somebody else. */
export function unsupportedUser(user: KubeconfigUser): string | null {
  const { name } = user;
  const impersonates = user.as !== null || user['as-uid'] !== null || user['as-groups'].length > 0;
  if (impersonates || Object.keys(user['as-user-extra'] ?? {}).length > 0) {
    return `User "${name}" impersonates somebody else (as, as-groups); use a context without it and kubectl --as`;
  }
  const provider = authProviderProblem(user);
  if (provider !== null) return `User "${name}" ${provider}`;
  if (user.username === null && user.password !== null) return `User "${name}" has a password without a user name`;
  if (user.username?.includes(':')) return `User "${name}" has a user name with a colon, which HTTP cannot send`;
  if (user.username !== null && (user.token !== null || user.tokenFile !== null)) {
    return `User "${name}" has both a token and a user name; kubectl takes one or the other`;
  }
  const hasCertificate = user['client-certificate'] !== null || user['client-certificate-data'] !== null;
  const hasKey = user['client-key'] !== null || user['client-key-data'] !== null;
  if (hasCertificate !== hasKey) {
    return `User "${name}" has a client ${hasCertificate ? 'certificate without its key' : 'key without its certificate'}`;
  }
  if (user.exec && user.exec.command === null) return `User "${name}" has an exec plugin without a command`;
  const plain = hasCertificate || user.token !== null || user.tokenFile !== null || user.username !== null;
  if (!plain && !user.exec && !user['auth-provider']) {
    return `User "${name}" has no credential that Gatehouse knows: certificate, token, token file, user name and password, exec plugin, or OIDC`;
  }
  return null;
}

async function credentialProblem(user: KubeconfigUser, { path, now }: Surroundings): Promise<string | null> {
  const certificate = await certificateProblem(user, now);
  if (certificate !== null) return certificate;
  if (user.tokenFile !== null && user.token === null) {
    const problem = await unreadable(user.tokenFile);
    if (problem !== null) return problem;
  }
  if (!user.exec?.command) return null;
  const wrong = pluginProblem(user.exec);
  if (wrong !== null) return `Exec plugin "${user.exec.command}" of user "${user.name}" ${wrong}`;
  if ((await findProgram(user.exec.command, path)) !== null) return null;
  const hint = user.exec.installHint === null ? '' : `: ${firstLine(user.exec.installHint)}`;
  return `Exec plugin "${user.exec.command}" of user "${user.name}" was not found${hint}`;
}

async function certificateProblem(user: KubeconfigUser, now: Date): Promise<string | null> {
  const file = user['client-certificate'];
  const data = user['client-certificate-data'];
  if (file === null && data === null) return null;
  const key = user['client-key'];
  if (key !== null && user['client-key-data'] === null) {
    const problem = await unreadable(key);
    if (problem !== null) return problem;
  }
  let pem: Buffer;
  if (data !== null) pem = Buffer.from(data, 'base64');
  else {
    const problem = await unreadable(file ?? '');
    if (problem !== null) return problem;
    pem = await readFile(file ?? '');
  }
  try {
    const { validTo } = new X509Certificate(pem);
    if (Date.parse(validTo) > now.getTime()) return null;
    const day = new Date(validTo).toISOString().slice(0, 10);
    return `The client certificate of user "${user.name}" expired on ${day}; get a new one from whoever runs the cluster`;
  } catch {
    return `The client certificate of user "${user.name}" is not a certificate in PEM form`;
  }
}

async function unreadable(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`;
  }
}

/** The first line, without what could move a cursor. */
export function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/\r?\n/);
  return oneLine(line).slice(0, 200);
}
