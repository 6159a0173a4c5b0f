import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

/*
 * One kubeconfig file as client-go reads it (client-go tools/clientcmd/api/v1/types.go). @kubernetes/client-node does
 * not serve here: it stops at the first bad entry, says neither file nor line, and drops `as-groups`, `tokenFile` and
 * relative exec commands.
 */

const text = z
  .string()
  .nullish()
  .transform((value) => value || null);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);

const execSchema = z.object({
  apiVersion: text,
  command: text,
  args: list(z.string()),
  env: list(z.object({ name: z.string(), value: z.string() })),
  installHint: text,
  interactiveMode: text,
  provideClusterInfo: flag,
});

const clusterSchema = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
  extensions: list(z.object({ name: z.string(), extension: z.unknown() })),
});

const userSchema = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': list(z.string()),
  'as-user-extra': z.record(z.string(), z.unknown()).nullish(),
  'auth-provider': z.object({ name: text }).nullish(),
  exec: execSchema.nullish(),
});

const contextSchema = z.object({ cluster: text, user: text, namespace: text });

const fileSchema = z.object({
  'current-context': text,
  clusters: list(z.object({ name: z.string(), cluster: clusterSchema })),
  users: list(z.object({ name: z.string(), user: userSchema.nullish() })),
  contexts: list(z.object({ name: z.string(), context: contextSchema })),
});

/** An entry and the file that defines it. Paths in it are absolute. */
interface Defined {
  readonly name: string;
  readonly file: string;
}
export interface KubeconfigCluster extends Defined, Readonly<z.infer<typeof clusterSchema>> {}
export interface KubeconfigUser extends Defined, Readonly<z.infer<typeof userSchema>> {}
export interface KubeconfigContext extends Defined, Readonly<z.infer<typeof contextSchema>> {}
export type ExecPlugin = z.infer<typeof execSchema>;

export interface KubeconfigFile {
  readonly currentContext: string | null;
  readonly clusters: readonly KubeconfigCluster[];
  readonly users: readonly KubeconfigUser[];
  readonly contexts: readonly KubeconfigContext[];
}

/** A file that cannot be read as a kubeconfig; the message says where and why, and quotes nothing of its text. */
export class KubeconfigFileError extends Error {
  override readonly name = 'KubeconfigFileError';
  /** True where there is no file: kubectl passes over those. */
  readonly missing: boolean;

  constructor(message: string, missing = false) {
    super(message);
    this.missing = missing;
  }
}

/** @throws {KubeconfigFileError} */
export async function readKubeconfigFile(file: string): Promise<KubeconfigFile> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') throw new KubeconfigFileError(`${file} does not exist`, true);
    throw new KubeconfigFileError(`${file} cannot be read (${code})`);
  }
  return parseKubeconfig(source, file);
}

/** @throws {KubeconfigFileError} */
export function parseKubeconfig(source: string, file: string): KubeconfigFile {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new KubeconfigFileError(`${file}, line ${line}: not valid YAML (${error.code})`);
  }
  const read = fileSchema.safeParse(document.toJS() ?? {});
  if (!read.success) {
    const path = read.error.issues[0]?.path ?? [];
    const node = document.getIn(path.slice(0, -1), true) as { range?: [number, number, number] } | undefined;
    const line = node?.range === undefined ? '' : `, line ${lines.linePos(node.range[0]).line}`;
    throw new KubeconfigFileError(`${file}${line}: "${path.join('.')}" is missing or not of the right kind`);
  }
  const folder = dirname(resolve(file));
  const { clusters, users, contexts } = read.data;
  refuseRepeatedNames(file, 'cluster', clusters);
  refuseRepeatedNames(file, 'user', users);
  refuseRepeatedNames(file, 'context', contexts);
  return {
    currentContext: read.data['current-context'],
    clusters: clusters.map(({ name, cluster }) => ({ name, file, ...withFolder(cluster, folder, CLUSTER_PATHS) })),
    users: users.map(({ name, user }) => ({ name, file, ...userWithFolder(userSchema.parse(user ?? {}), folder) })),
    contexts: contexts.map(({ name, context }) => ({ name, file, ...context })),
  };
}

const CLUSTER_PATHS = ['certificate-authority'] as const;
const USER_PATHS = ['client-certificate', 'client-key', 'tokenFile'] as const;

/** client-go refuses these too (`clientcmd/api/v1/conversion.go`). */
function refuseRepeatedNames(file: string, kind: string, entries: ReadonlyArray<{ readonly name: string }>): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) throw new KubeconfigFileError(`${file}: ${kind} "${name}" is defined twice`);
    seen.add(name);
  }
}

/** Relative paths count from their own file (`clientcmd.ResolveLocalPaths`). */
function withFolder<K extends string, T extends Readonly<Record<K, string | null>>>(
  entry: T,
  folder: string,
  keys: readonly K[],
): T {
  const changed: Partial<Record<K, string>> = {};
  for (const key of keys) {
    const value = entry[key];
    if (value !== null) changed[key] = isAbsolute(value) ? value : resolve(folder, value);
  }
  return { ...entry, ...changed };
}

/** A command without a separator is looked for on PATH; any other relative one beside the file. */
function userWithFolder(user: z.infer<typeof userSchema>, folder: string): z.infer<typeof userSchema> {
  const placed = withFolder(user, folder, USER_PATHS);
  const command = placed.exec?.command;
  if (!placed.exec || !command?.includes(sep) || isAbsolute(command)) return placed;
  return { ...placed, exec: { ...placed.exec, command: resolve(folder, command) } };
}
