import type { ContextListing } from '../../model/context-listing.ts';
import { clusterSlug } from './cluster-slug.ts';
import { contextProblem } from './context-problem.ts';
import { readKubeconfigs } from './kubeconfig-files.ts';
import { passedOver } from './passed-over.ts';
import { pluginOf } from './plugin-of.ts';

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
      plugin: pluginOf(merged.users.get(user ?? '')),
      passedOver: passedOver(merged.files, context),
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
      plugin: null,
      passedOver: [],
      problem: message,
    }),
  );
  return [...(await Promise.all(listings)), ...unreadable];
}
