import type { EntryKind, KubeconfigFlaw } from './kubeconfig-entries.ts';
import {
  type KubeconfigCluster,
  type KubeconfigContext,
  type KubeconfigFile,
  KubeconfigFileError,
  type KubeconfigUser,
  readKubeconfigFile,
} from './kubeconfig-file.ts';

/** A file that is not in a merged kubeconfig, and why. */
export interface KubeconfigProblem {
  readonly file: string;
  /** True where there is no file, which kubectl passes over. */
  readonly missing: boolean;
  readonly message: string;
}

/** Several files as one: for each name the first file that defines it (`KUBECONFIG=a:b`). */
export interface MergedKubeconfig {
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
  /** Those that could be read, each for itself, in the order of precedence. */
  readonly files: readonly KubeconfigFile[];
  /** Files that are not in it, and why. */
  readonly problems: readonly KubeconfigProblem[];
  /** Single entries and fields that are not in it, and why. A name that a flaw has first is no later file's. */
  readonly flaws: readonly KubeconfigFlaw[];
  /** For each file after one that cannot be read, why that could not: it may have defined first what this one defines. */
  readonly doubts: ReadonlyMap<string, string>;
}

/** Reads and merges kubeconfig files as kubectl does; what cannot be read costs no more than itself. */
export async function readKubeconfigs(files: readonly string[]): Promise<MergedKubeconfig> {
  // kubectl loads a file once, and passes over empty names (client-go clientcmd/loader.go).
  const read = await Promise.all([...new Set(files)].filter(Boolean).map(readOrProblem));
  const good = read.filter((file): file is KubeconfigFile => !('problem' in file));
  const flaws = good.flatMap((file) => file.flaws);
  return {
    currentContext: good.find(({ currentContext }) => currentContext !== null)?.currentContext ?? null,
    clusters: firstByName(good, 'cluster', ({ clusters }) => clusters),
    users: firstByName(good, 'user', ({ users }) => users),
    contexts: firstByName(good, 'context', ({ contexts }) => contexts),
    files: good,
    problems: read.flatMap((file) => ('problem' in file ? [file.problem] : [])),
    flaws,
    doubts: doubtsOf(read),
  };
}

type Read = KubeconfigFile | { readonly problem: KubeconfigProblem };

async function readOrProblem(file: string): Promise<Read> {
  try {
    return await readKubeconfigFile(file);
  } catch (error) {
    if (!(error instanceof KubeconfigFileError)) throw error;
    return { problem: { file, missing: error.missing, message: error.message } };
  }
}

function firstByName<T extends { readonly name: string }>(
  files: readonly KubeconfigFile[],
  kind: EntryKind,
  entriesOf: (file: KubeconfigFile) => readonly T[],
): Map<string, T> {
  const byName = new Map<string, T>();
  const spoilt = new Set<string>();
  for (const file of files) {
    for (const entry of entriesOf(file)) {
      if (!byName.has(entry.name) && !spoilt.has(entry.name)) byName.set(entry.name, entry);
    }
    for (const flaw of file.flaws) if (flaw.kind === kind && flaw.name !== null) spoilt.add(flaw.name);
  }
  return byName;
}

function doubtsOf(read: readonly Read[]): Map<string, string> {
  const doubts = new Map<string, string>();
  let doubt: string | null = null;
  for (const file of read) {
    if ('problem' in file) doubt ??= file.problem.missing ? null : file.problem.message;
    else if (doubt !== null) doubts.set(file.file, doubt);
  }
  return doubts;
}
