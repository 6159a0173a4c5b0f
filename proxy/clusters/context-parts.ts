import type { EntryKind } from './kubeconfig-entries.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';
import type { MergedKubeconfig } from './kubeconfig-files.ts';

/** A context with the entries that it names. */
export interface ContextParts {
  readonly context: KubeconfigContext;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
}

/**
 * What a context leads to, or one line that says why that is not known: an entry that is missing or wrong, or that an
 * unreadable file may have defined first.
 */
export function contextParts(
  merged: MergedKubeconfig,
  context: KubeconfigContext,
): ContextParts | { readonly problem: string } {
  const { name } = context;
  if (context.cluster === null) return { problem: `Context "${name}" names no cluster` };
  if (context.user === null) return { problem: `Context "${name}" names no user, so there is no credential` };
  const cluster = merged.clusters.get(context.cluster);
  if (cluster === undefined) return { problem: whyMissing(merged, 'cluster', context.cluster) };
  const user = merged.users.get(context.user);
  if (user === undefined) return { problem: whyMissing(merged, 'user', context.user) };
  const [doubt] = [context, cluster, user].flatMap(({ file }) => merged.doubts.get(file) ?? []);
  if (doubt === undefined) return { context, cluster, user };
  return { problem: `${doubt}; that file comes first, so what it says of context "${name}" is not known` };
}

/** Why no entry of a name can be used. */
export function whyMissing(merged: MergedKubeconfig, kind: EntryKind, name: string): string {
  const flaw = merged.flaws.find((candidate) => candidate.kind === kind && candidate.name === name);
  if (flaw !== undefined) return flaw.message;
  const title = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)} "${name}"`;
  const unread = merged.problems.map(({ message }) => message).join('; ');
  return `${title} is in none of the kubeconfig files${unread === '' ? '' : ` (${unread})`}`;
}
