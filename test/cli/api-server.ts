import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loopbackCertificate } from '../proxy/fixtures/loopback-tls.ts';

/** An API server that says its version and who one is, to whoever shows the token `good`; and a kubeconfig for it. */
export async function apiServer(folder: string, { user = { token: 'good' } as object } = {}) {
  const tls = await loopbackCertificate();
  let running: Server | null = null;
  let port = 0;
  const start = async (): Promise<void> => {
    running = createServer({ cert: tls.certificate, key: tls.privateKey }, (request, response) => {
      request.resume();
      const isKnown = request.headers.authorization === 'Bearer good';
      const isVersion = request.url === '/version';
      const body = isVersion
        ? { gitVersion: 'v1.36.3' }
        : { kind: 'PodList', apiVersion: 'v1', items: [], status: { userInfo: { username: 'ana' } } };
      response.writeHead(isVersion || isKnown ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    running.listen(port, '127.0.0.1');
    await once(running, 'listening');
    port = (running.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    if (running === null) return;
    const closed = once(running, 'close');
    running.close();
    running.closeAllConnections();
    running = null;
    await closed;
  };
  onTestFinished(stop);
  await start();
  const kubeconfig = join(folder, 'upstream.yaml');
  const write = (as: object, at = port) =>
    writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'shop',
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://127.0.0.1:${at}`,
              'certificate-authority-data': Buffer.from(tls.certificate).toString('base64'),
            },
          },
        ],
        users: [{ name: 'u', user: as }],
        contexts: [{ name: 'shop', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      }),
    );
  await write(user);
  return { kubeconfig, start, stop, write };
}
