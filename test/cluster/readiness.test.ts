import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { run as runCommand, start, temporaryFolder } from '../cli/run.ts';
import { kubectlPath, run } from '../gateway/environment/command.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

describe.skipIf(controlPlanePrograms === null)('ready, in front of a real API server', () => {
  let controlPlane: ControlPlane;
  let folder = '';
  let client = '';

  beforeAll(async () => {
    controlPlane = await startControlPlane();
  });
  afterAll(() => controlPlane?.close());
  beforeEach(async () => {
    folder = await temporaryFolder();
    client = join(folder, 'client.yaml');
  });

  const flags = (kubeconfig: string) => {
    const own = ['--write-kubeconfig', client, '--data', join(folder, 'data')];
    return ['gateway', '--kubeconfig', kubeconfig, ...own, '--output', 'json', '--metrics', '127.0.0.1:0'];
  };

  /** The kubeconfig of one who has no rights, changed. */
  async function kubeconfigWith(cluster: object, user: object | null = null): Promise<string> {
    const kubeconfig = parse(await readFile(await controlPlane.kubeconfigFor('nobody-special'), 'utf8'));
    Object.assign(kubeconfig.clusters[0].cluster, cluster);
    if (user !== null) kubeconfig.users[0].user = user;
    const file = join(folder, 'own.kubeconfig');
    await writeFile(file, stringify(kubeconfig));
    return file;
  }

  /** A way to the API server that can be cut and mended. */
  async function way() {
    const target = Number(new URL(controlPlane.server).port);
    const open = new Set<Socket>();
    let port = 0;
    let server: Server;
    const mend = async (): Promise<void> => {
      server = createServer((socket) => {
        const there = connect(target, '127.0.0.1');
        for (const one of [socket, there]) {
          open.add(one);
          one.on('error', () => undefined).on('close', () => open.delete(one));
        }
        socket.pipe(there).pipe(socket);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    };
    const cut = async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    };
    await mend();
    onTestFinished(() => {
      for (const socket of open) socket.destroy();
      server.close();
    });
    return { server: `https://127.0.0.1:${port}`, cut, mend };
  }

  it('follows the way to it, which is cut and mended', async () => {
    const { server, cut, mend } = await way();
    const running = start(...flags(await kubeconfigWith({ server })), '--wait', '60');
    onTestFinished(async () => {
      running.stop();
      await running.exit;
    });
    await running.printed('"ready":true');
    const { metrics, reach } = JSON.parse(running.out[0] ?? '');
    expect(reach).toMatchObject({ trouble: null, signIn: { user: 'nobody-special' } });
    const status = async () => (await fetch(`${metrics}/readyz`)).status;
    expect(await status()).toBe(200);

    await cut();
    expect((await run(kubectlPath, ['get', 'pods'], { kubeconfig: client })).code).not.toBe(0);
    await expect.poll(status).toBe(503);
    await mend();
    await run(kubectlPath, ['get', 'pods'], { kubeconfig: client });
    await expect.poll(status).toBe(200);
    const said = running.errors.map((line) => JSON.parse(line).msg as string);
    expect(said.filter((text) => text.startsWith('the cluster can'))).toEqual([
      'the cluster cannot be worked with',
      'the cluster can be worked with again',
    ]);
  });

  it('is not with a token that it does not know', async () => {
    const kubeconfig = await kubeconfigWith({}, { token: 'not-a-token' });
    const { code, out, errors } = await runCommand(...flags(kubeconfig), '--wait', '2');
    expect(code).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ ready: false, reach: { trouble: 'credential-rejected' } });
    expect(errors).toMatch(
      /not ready within 2 s: the credential is not good: the API server does not accept .*\(401\)/,
    );
  });
});
