import type { PassedOver } from '../../model/context-listing.ts';
import type { KubeconfigContext, KubeconfigFile } from './kubeconfig-file.ts';

/**
 * What a context does not mean although a file says so: the first file that defines a name is the one that counts
 * (`KUBECONFIG=a:b`). Its own name is told wherever it is doubled; cluster and user where they come from another file
 * than the context, which has then got a server or a credential that whoever wrote it did not mean (every cluster of
 * kubeadm is called "kubernetes").
 * @param files in their order of precedence.
 */
export function passedOver(files: readonly KubeconfigFile[], context: KubeconfigContext): PassedOver[] {
  const own = doubled('context', context.name, files, ({ contexts }) => contexts);
  const parts = [
    context.cluster === null ? null : doubled('cluster', context.cluster, files, ({ clusters }) => clusters),
    context.user === null ? null : doubled('user', context.user, files, ({ users }) => users),
  ];
  const foreign = parts.filter(
    (part) => part !== null && part.used !== context.file && part.files.includes(context.file),
  );
  return [own, ...foreign].filter((part) => part !== null);
}

function doubled(
  kind: PassedOver['kind'],
  name: string,
  files: readonly KubeconfigFile[],
  entriesOf: (file: KubeconfigFile) => ReadonlyArray<{ readonly name: string; readonly file: string }>,
): PassedOver | null {
  const [used, ...others] = files.flatMap(entriesOf).filter((entry) => entry.name === name);
  if (used === undefined) return null;
  // KUBECONFIG may name a file twice, which makes nothing of it doubled.
  const more = [...new Set(others.map(({ file }) => file))].filter((file) => file !== used.file);
  return more.length === 0 ? null : { kind, name, used: used.file, files: more };
}
