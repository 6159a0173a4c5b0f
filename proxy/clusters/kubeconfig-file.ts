import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import type { z } from 'zod';
import { diskErrorInWords } from '../disk-error.ts';
import {
  addFlaw,
  type Entry,
  type FileFields,
  type KubeconfigFlaw,
  readEntries,
  readField,
} from './kubeconfig-entries.ts';
import { clusterSchema, contextSchema, FILE_FIELDS, userSchema } from './kubeconfig-schema.ts';
import { KubeconfigTextError, kubeconfigText } from './kubeconfig-text.ts';
import { faultIn, type Located, readKubeconfigYaml, YamlError } from './kubeconfig-yaml.ts';
import { whatItIs } from './not-a-kubeconfig.ts';

/*
 * One kubeconfig file as client-go reads it. @kubernetes/client-node does not serve here: it stops at the first bad
 * entry, says neither file nor line, and drops `as-groups`, `tokenFile` and relative exec commands.
 */

/** An entry and the file that defines it. Paths in it are absolute. */
interface Defined {
  readonly name: string;
  readonly file: string;
}
export interface KubeconfigCluster extends Defined, Readonly<z.infer<typeof clusterSchema>> {}
export interface KubeconfigUser extends Defined, Readonly<z.infer<typeof userSchema>> {}
export interface KubeconfigContext extends Defined, Readonly<z.infer<typeof contextSchema>> {}

export interface KubeconfigFile {
  readonly file: string;
  readonly currentContext: string | null;
  readonly clusters: readonly KubeconfigCluster[];
  readonly users: readonly KubeconfigUser[];
  readonly contexts: readonly KubeconfigContext[];
  readonly flaws: readonly KubeconfigFlaw[];
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
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new KubeconfigFileError(`${file} does not exist`, true);
    }
    throw new KubeconfigFileError(`${file} cannot be read: ${diskErrorInWords(error, 'read')}`);
  }
  return parseKubeconfig(bytes, file);
}

/** @throws {KubeconfigFileError} */
export function parseKubeconfig(bytes: Uint8Array, file: string): KubeconfigFile {
  const from: FileFields = { file, fields: topLevel(bytes, file), flaws: [] };
  const folder = dirname(resolve(file));
  const named = <Value>(entry: Entry<unknown>, value: Value) => ({ ...value, name: entry.name, file });
  const read = {
    clusters: readEntries(from, 'cluster', clusterSchema).map((entry) =>
      named(entry, withFolder(entry.value, folder, CLUSTER_PATHS)),
    ),
    users: readEntries(from, 'user', userSchema).map((entry) => named(entry, userWithFolder(entry.value, folder))),
    contexts: readEntries(from, 'context', contextSchema).map((entry) => named(entry, entry.value)),
    currentContext: readField(from, 'current-context', FILE_FIELDS['current-context']),
  };
  // Nothing is made of these, but kubectl takes no file where they are wrong.
  readField(from, 'preferences', FILE_FIELDS.preferences);
  readField(from, 'extensions', FILE_FIELDS.extensions);
  for (const [name, located] of from.fields) {
    const fault = Object.hasOwn(KNOWN_FIELDS, name) ? null : faultIn(located, [name]);
    if (fault === null) continue;
    addFlaw(from, { kind: 'file', name: null, line: fault.line, what: `"${fault.path.join('.')}" ${fault.reason}` });
  }
  return { file, ...read, flaws: from.flaws };
}

const KNOWN_FIELDS = { ...FILE_FIELDS, clusters: null, users: null, contexts: null };

/** @throws {KubeconfigFileError} */
function topLevel(bytes: Uint8Array, file: string): FileFields['fields'] {
  const text = readText(bytes, file);
  const read = readValues(text, file);
  if (read.value === null) return new Map();
  if (read.value instanceof Map) {
    refuseOtherKinds(read.value, file);
    return read.value;
  }
  const { line, reason } = faultIn(read) ?? { line: read.line, reason: whatItIs(text) ?? 'holds no fields' };
  throw new KubeconfigFileError(`${file}, line ${line}: not a kubeconfig, it ${reason}`);
}

function readText(bytes: Uint8Array, file: string): string {
  try {
    return kubeconfigText(bytes);
  } catch (error) {
    if (error instanceof KubeconfigTextError) throw new KubeconfigFileError(`${file} ${error.message}`);
    throw error;
  }
}

function readValues(text: string, file: string): Located {
  try {
    return readKubeconfigYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const other = whatItIs(text);
    const reason = other === null ? error.message : `not a kubeconfig, it ${other}`;
    throw new KubeconfigFileError(`${file}, line ${error.line}: ${reason}`);
  }
}

/** What client-go takes of them, by their names in small letters. */
const KINDS: Readonly<Record<string, RegExp>> = { apiversion: /^(?:\/?v1|\/)?$/, kind: /^(?:Config)?$/ };

/** client-go reads these two first, without regard to case, and the last of several counts (apimachinery `json/meta.go`). */
function refuseOtherKinds(fields: FileFields['fields'], file: string): void {
  const said = new Map<string, Located>();
  for (const [name, located] of [...fields].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (located.value === null || !Object.hasOwn(KINDS, name.toLowerCase())) continue;
    said.set(typeof located.value === 'string' ? name.toLowerCase() : name, located);
  }
  for (const [name, { line, value }] of said) {
    if (typeof value === 'string' && KINDS[name]?.test(value)) continue;
    throw new KubeconfigFileError(`${file}, line ${line}: not a kubeconfig, whose apiVersion is v1 and kind Config`);
  }
}

const CLUSTER_PATHS = ['certificate-authority'] as const;
const USER_PATHS = ['client-certificate', 'client-key', 'tokenFile'] as const;

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
