import type { ContextListing } from '../../model/context-listing.ts';
import { clusterSlug } from './cluster-slug.ts';
import { contextProblem } from './context-problem.ts';
import { readKubeconfigs } from './kubeconfig-files.ts';
import { passedOver } from './passed-over.ts';
import { pluginOf } from './plugin-of.ts';

/**
 * Every context in the files, each with what would keep it from being used. A file that cannot be read, and a wrong entry
 * that no context is told to be spoilt by, is a row of its own with an empty `context`; neither hides anything else.
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
      plugin: pluginOf(merged.users.get(user ?? '')),
      passedOver: passedOver(merged.files, context),
      problem: await contextProblem(merged, context, {
        path: options.path ?? process.env['PATH'] ?? '',
        now: options.now ?? new Date(),
      }),
    };
  });
  const listed = await Promise.all(listings);
  const spoilt = new Map<string, ContextListing>();
  for (const { kind, name, file, message } of merged.flaws) {
    if (kind !== 'context' || !name || merged.contexts.has(name) || spoilt.has(name)) continue;
    spoilt.set(name, { ...rowOf(file, message), context: name, slug: clusterSlug(name) });
  }
  const contexts = [...listed, ...spoilt.values()];
  const told = new Set(contexts.map(({ problem }) => problem));
  const rest = [...merged.problems, ...merged.flaws.filter(({ message }) => !told.has(message))];
  return [...contexts, ...rest.map(({ file, message }) => rowOf(file, message))];
}

function rowOf(file: string, problem: string): ContextListing {
  return { context: '', slug: '', server: '', user: '', namespace: '', file, plugin: null, passedOver: [], problem };
}
