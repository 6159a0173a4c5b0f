import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterSlug } from '../../proxy/clusters/cluster-slug.ts';
import { quotedYaml } from '../../proxy/quoted-yaml.ts';
import { type ProxyServer, startHttpProxy, startSocks5Proxy } from '../proxy/fixtures/proxy-servers.ts';
import { kubectlPath, run } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';

interface Kubeconfig {
  clusters: Array<{ name: string; cluster: Record<string, unknown> & { server: string } }>;
  users: Array<{ name: string; user: Record<string, string> }>;
  contexts: Array<{ name: string; context: { cluster: string; user: string } }>;
}

/** The last three are words that YAML 1.1 takes for a boolean, a number and null. */
const WAYS = ['by-plugin', 'by-files', 'through-http', 'through-socks5', 'by-another-name', 'no', '0o17', '~'];

/** One cluster under as many contexts as there are ways to it and ways of signing in, all connected at the same time. */
describe('every way to a cluster', () => {
  let cluster: TestedCluster;
  let running: RunningGateway;
  let folder: string;
  const proxies: Record<string, ProxyServer> = {};

  beforeAll(async () => {
    cluster = await startDemo();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-any-cluster-'));
    proxies['http'] = await startHttpProxy({ signIn: { username: 'jo', password: 'proxy-hunter2' } });
    proxies['socks5'] = await startSocks5Proxy({ signIn: { username: 'jo', password: 'proxy-hunter2' } });
    const source = join(folder, 'config');
    await writeFile(source, quotedYaml(await ways()));
    running = await startGateway(cluster);
    for (const context of WAYS) {
      await running.gateway.connectCluster({ kubeconfigFiles: [source], context, labels: {} });
    }
  });
  afterAll(async () => {
    await running.close();
    await cluster.close();
    for (const proxy of Object.values(proxies)) proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function ways(): Promise<Kubeconfig> {
    const demo = parse(await readFile(cluster.kubeconfig, 'utf8')) as Kubeconfig;
    const context = demo.contexts.find(({ name }) => name === cluster.context)?.context;
    const own = demo.clusters.find(({ name }) => name === context?.cluster)?.cluster ?? { server: '' };
    const user = demo.users.find(({ name }) => name === context?.user)?.user ?? {};
    const pem = (key: string): string => Buffer.from(user[`${key}-data`] ?? '', 'base64').toString();
    const credential = {
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { clientCertificateData: pem('client-certificate'), clientKeyData: pem('client-key') },
    };
    await writeFile(join(folder, 'credential.json'), JSON.stringify(credential), { mode: 0o600 });
    await writeFile(join(folder, 'plugin'), '#!/bin/sh\nexec /bin/cat "$1"\n');
    await chmod(join(folder, 'plugin'), 0o755);
    await writeFile(join(folder, 'user.crt'), pem('client-certificate'));
    await writeFile(join(folder, 'user.key'), pem('client-key'), { mode: 0o600 });
    const proxied = (scheme: string) => ({
      ...own,
      'proxy-url': `${scheme}://jo:proxy-hunter2@127.0.0.1:${proxies[scheme]?.port}`,
    });
    const plugin = {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './plugin',
        args: [join(folder, 'credential.json')],
        interactiveMode: 'Never',
      },
    };
    const entry = (name: string, to: string, as: string) => ({ name, context: { cluster: to, user: as } });
    return {
      clusters: [
        { name: 'own', cluster: own },
        { name: 'http', cluster: proxied('http') },
        { name: 'socks5', cluster: proxied('socks5') },
        { name: 'named', cluster: { ...own, 'tls-server-name': 'localhost' } },
      ],
      users: [
        { name: 'inline', user },
        { name: 'plugin', user: plugin as unknown as Record<string, string> },
        { name: 'files', user: { 'client-certificate': 'user.crt', 'client-key': 'user.key' } },
      ],
      contexts: [
        entry('by-plugin', 'own', 'plugin'),
        entry('by-files', 'own', 'files'),
        entry('through-http', 'http', 'inline'),
        entry('through-socks5', 'socks5', 'inline'),
        entry('by-another-name', 'named', 'inline'),
        entry('no', 'own', 'files'),
        entry('0o17', 'own', 'files'),
        entry('~', 'own', 'files'),
      ],
    };
  }

  it.each(WAYS)('%s: kubectl reads and writes', async (context) => {
    const { kubeconfig } = await running.gateway.openAccess({
      kind: 'headless',
      id: clusterSlug(context),
      cluster: null,
      namespace: null,
    });
    const kubectl = (...args: string[]) => run(kubectlPath, ['--context', context, ...args], { kubeconfig });
    expect((await kubectl('get', 'namespaces', '-o', 'name')).stdout).toContain('namespace/default');
    const name = `from-${clusterSlug(context)}`;
    expect((await kubectl('create', 'configmap', name, '--from-literal=a=b')).stderr).toBe('');
    expect((await kubectl('get', 'configmap', name, '-o', 'jsonpath={.data.a}')).stdout).toBe('b');
  });

  it('sends requests of each way where it leads', () => {
    for (const proxy of Object.values(proxies)) expect(new Set(proxy.asked).size).toBe(1);
  });

  it('case 15: a cluster answers under its own path only', async () => {
    const known = running.gateway.clusters().map(({ slug }) => slug);
    expect(new Set(known).size).toBe(WAYS.length + 1);
    const { status } = await running.request('GET', '/../through-http/api/v1/namespaces');
    expect(status).toBe(400);
  });

  it('case 13: passwords of proxies are in no log, record or file of the gateway', async () => {
    const written = await running.everythingWritten();
    expect(written).not.toContain('proxy-hunter2');
    expect(written).not.toContain(Buffer.from('jo:proxy-hunter2').toString('base64'));
  });
});
