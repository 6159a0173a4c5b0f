import { clusterSlug } from './cluster-slug.ts';
import type { ContextListing } from './cluster-source.ts';
import { contextProblem } from './context-problem.ts';
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
    problems: read.flatMap((file) => ('problem' in file ? [file.problem] : [])),
  };
}

/**
 * Every context in the files, each with what would keep it from being used. A file that cannot be read is a row of its
 * own with an empty `context`; it never hides the contexts of the others.
 * @param options.path where exec plugins are looked for, as in `PATH`.
 */
export async function listContexts(
  files: readonly string[],
  options: { readonly path?: string; readonly now?: Date } = {},
): Promise<ContextListing[]> {
  const merged = await readKubeconfigs(files);
  const listings = [...merged.contexts.values()].map(async (context): Promise<ContextListing> => {
    const { name, file, namespace, cluster, user } = context;
    return {
      context: name,
      slug: clusterSlug(name),
      server: merged.clusters.get(cluster ?? '')?.server ?? '',
      user: user ?? '',
      namespace: namespace ?? 'default',
      file,
      problem: await contextProblem(merged, context, {
        path: options.path ?? process.env['PATH'] ?? '',
        now: options.now ?? new Date(),
      }),
    };
  });
  const unreadable = merged.problems.map(
    ({ file, message }): ContextListing => ({
      context: '',
      slug: '',
      server: '',
      user: '',
      namespace: '',
      file,
      problem: message,
    }),
  );
  return [...(await Promise.all(listings)), ...unreadable];
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
