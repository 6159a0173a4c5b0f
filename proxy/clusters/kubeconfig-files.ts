import {
  type KubeconfigCluster,
  type KubeconfigContext,
  type KubeconfigFile,
  KubeconfigFileError,
  type KubeconfigUser,
  readKubeconfigFile,
} from './kubeconfig-file.ts';

/** Several files as one: for each name the first file that defines it (`KUBECONFIG=a:b`). */
export interface MergedKubeconfig {
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
  /** Those that could be read, each for itself, in the order of precedence. */
  readonly files: readonly KubeconfigFile[];
  /** Files that are not in it, and why. */
  readonly problems: ReadonlyArray<{ readonly file: string; readonly missing: boolean; readonly message: string }>;
}

/** Reads and merges kubeconfig files as kubectl does; a bad file is told in `problems`. */
export async function readKubeconfigs(files: readonly string[]): Promise<MergedKubeconfig> {
  const read = await Promise.all(files.map(readOrProblem));
  const good = read.filter((file): file is KubeconfigFile => !('problem' in file));
  return {
    currentContext: good.find(({ currentContext }) => currentContext !== null)?.currentContext ?? null,
    clusters: firstByName(good.flatMap(({ clusters }) => clusters)),
    users: firstByName(good.flatMap(({ users }) => users)),
    contexts: firstByName(good.flatMap(({ contexts }) => contexts)),
    files: good,
    problems: read.flatMap((file) => ('problem' in file ? [file.problem] : [])),
  };
}

async function readOrProblem(
  file: string,
): Promise<KubeconfigFile | { readonly problem: MergedKubeconfig['problems'][number] }> {
  try {
    return await readKubeconfigFile(file);
  } catch (error) {
    if (!(error instanceof KubeconfigFileError)) throw error;
    return { problem: { file, missing: error.missing, message: error.message } };
  }
}

function firstByName<T extends { readonly name: string }>(entries: readonly T[]): Map<string, T> {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return byName;
}
