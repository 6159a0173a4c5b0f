import { parse } from 'yaml';
import { z } from 'zod';
import { quotedYaml } from '../quoted-yaml.ts';

/** A cluster as clients see it. */
export interface ServedCluster {
  readonly slug: string;
  readonly contextName: string;
  readonly namespace: string;
}

/** What the reader of a gateway kubeconfig chose in it, by us or by `kubectl config`. */
export interface Choice {
  readonly currentContext: string | null;
  /** By context name. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** First line of every file that Gatehouse writes for clients. */
export const MARKER = '# Written by Gatehouse, renewed and removed by it. Edits are lost.';

/** Also says whose a file is: `kubectl config` writes the file anew without its comments, but keeps extensions. */
const EXTENSION = 'gatehouse';

/** A client certificate and its key, as files. */
export interface KubeconfigUser {
  readonly cluster: string | null;
  readonly certificate: string;
  readonly key: string;
}

/**
 * The kubeconfig that leads a client through the gateway: a context for each cluster under the user's own name for it.
 * Certificates stand in files beside it, because client-go reads files again when they change and inline
 * data never. The server's path says which cluster is meant, and so does the certificate: some tools drop the path, and kubectl
 * files what it has discovered of a cluster under it.
 */
export function gatewayKubeconfig(options: {
  readonly url: string;
  readonly authorityFile: string;
  /** One for each cluster, or one of `null` for all. */
  readonly users: readonly KubeconfigUser[];
  readonly clusters: readonly ServedCluster[];
  readonly choice: Choice;
}): string {
  const { url, users, clusters, choice } = options;
  const shared = users.some(({ cluster }) => cluster === null);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    extensions: [{ name: EXTENSION, extension: { writtenBy: 'gatehouse' } }],
    clusters: clusters.map(({ slug }) => ({
      name: `gatehouse/${slug}`,
      cluster: {
        server: `${url}/c/${slug}`,
        'certificate-authority': options.authorityFile,
        // Loopback gains nothing from it.
        'disable-compression': true,
      },
    })),
    users: users.map(({ cluster, certificate, key }) => ({
      name: userName(cluster),
      user: { 'client-certificate': certificate, 'client-key': key },
    })),
    contexts: clusters.map(({ slug, contextName, namespace }) => ({
      name: contextName,
      context: {
        cluster: `gatehouse/${slug}`,
        user: userName(shared ? null : slug),
        namespace: choice.namespaces.get(contextName) ?? namespace,
      },
    })),
    'current-context': choice.currentContext ?? '',
  };
  return `${MARKER}\n${quotedYaml(kubeconfig)}`;
}

function userName(cluster: string | null): string {
  return cluster === null ? 'gatehouse' : `gatehouse/${cluster}`;
}

const chosen = z.object({
  'current-context': z.string().optional(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ namespace: z.string().optional() }) }))
    .nullish()
    .transform((contexts) => contexts ?? []),
  extensions: z
    .array(z.object({ name: z.string() }))
    .nullish()
    .transform((extensions) => extensions ?? []),
});

/** Whether a file's text is one that Gatehouse wrote. */
export function isOurs(text: string): boolean {
  if (text.startsWith(MARKER)) return true;
  return read(text)?.extensions.some(({ name }) => name === EXTENSION) ?? false;
}

/** What the file's reader chose since it was written (`kubectl config use-context`, `set-context --namespace`). */
export function choiceIn(text: string): Choice {
  const found = read(text);
  const namespaces = new Map<string, string>();
  for (const { name, context } of found?.contexts ?? []) {
    if (context.namespace !== undefined) namespaces.set(name, context.namespace);
  }
  return { currentContext: found?.['current-context'] || null, namespaces };
}

function read(text: string): z.infer<typeof chosen> | null {
  try {
    return chosen.parse(parse(text));
  } catch {
    return null;
  }
}
