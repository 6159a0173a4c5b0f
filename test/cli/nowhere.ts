import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A kubeconfig of a cluster that nobody answers for: a gateway starts in front of it without asking it anything. */
export async function kubeconfigToNowhere(folder: string): Promise<string> {
  const file = join(folder, 'own.yaml');
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'nowhere',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 'canary-token' } }],
      contexts: [{ name: 'nowhere', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    }),
  );
  return file;
}
