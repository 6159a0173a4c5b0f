import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The bearer token with which a gateway signs in to an upstream of the tests' own. */
export const UPSTREAM_TOKEN = 'upstream-token';

/** Writes the kubeconfig for a server on a loopback port; its one context has the given name. */
export async function writeUpstreamKubeconfig(name: string, port: number, certificate: string) {
  const folder = await mkdtemp(join(tmpdir(), `gatehouse-${name}-`));
  const kubeconfig = join(folder, 'kubeconfig');
  const authority = Buffer.from(certificate).toString('base64');
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authority };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: UPSTREAM_TOKEN } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  await writeFile(kubeconfig, JSON.stringify(document), { mode: 0o600 });
  return { kubeconfig, remove: () => rm(folder, { recursive: true, force: true }) };
}
