import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { queryTrue } from '../../../demo/api/request-target.ts';
import { serveAttach } from '../../../demo/streams/attach.ts';
import { serveExec } from '../../../demo/streams/exec.ts';
import { sendLog } from '../../../demo/streams/pod-log.ts';
import { servePortForward } from '../../../demo/streams/port-forward.ts';
import { refuseUpgrade, type Upgrade } from '../../../demo/streams/upgrade.ts';
import type { AdminClient } from './admin-client.ts';
import type { CertificateFiles } from './certificates.ts';
import { createKubeletPods, type KubeletPods } from './kubelet-pods.ts';

/** The name in the only client certificate that the kubelet obeys. */
export const apiServerName = 'kube-apiserver';

/** What a kubelet serves of the API: exec, attach, port-forward and logs of the pods on the test's node. */
export interface KubeletServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startKubeletServer(parts: {
  readonly authority: CertificateFiles;
  readonly identity: CertificateFiles;
  readonly client: AdminClient;
}): Promise<KubeletServer> {
  const [ca, cert, key] = await Promise.all(
    [parts.authority.certificate, parts.identity.certificate, parts.identity.privateKey].map((file) => readFile(file)),
  );
  const pods = createKubeletPods(parts.client);
  const sockets = new Set<Duplex>();
  const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    answer(request, response, pods).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const upgrade: Upgrade = { request, socket, head, headerLines: [] };
    open(upgrade, pods).catch((error: Error) =>
      refuseUpgrade(upgrade, '500 Internal Server Error', { body: error.message }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      pods.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A kubelet's path: `/exec/<namespace>/<pod>/<container>`. */
function readTarget(request: IncomingMessage) {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'https://kubelet.invalid');
  const [endpoint = '', namespace = '', name = '', container = ''] = pathname.slice(1).split('/');
  return { endpoint, namespace, name, container, query };
}

function isApiServer(request: IncomingMessage): boolean {
  return (request.socket as TLSSocket).getPeerCertificate().subject.CN === apiServerName;
}

async function answer(request: IncomingMessage, response: ServerResponse, pods: KubeletPods): Promise<void> {
  const { endpoint, namespace, name, container, query } = readTarget(request);
  if (!isApiServer(request)) {
    response.writeHead(403).end('Forbidden');
    return;
  }
  const pod = endpoint === 'containerLogs' ? await pods.find(namespace, name) : null;
  const running = pod && (await pods.container(pod, container));
  if (!running) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  if (queryTrue(query.get('previous'))) {
    response.writeHead(400).end(`previous terminated container "${container}" in pod "${name}" not found`);
    return;
  }
  const number = (option: string) => (query.has(option) ? Number(query.get(option)) : null);
  const seconds = number('sinceSeconds');
  await sendLog(response, running, {
    follow: queryTrue(query.get('follow')),
    timestamps: queryTrue(query.get('timestamps')),
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    since: seconds === null ? Date.parse(query.get('sinceTime') ?? '') || 0 : Date.now() - seconds * 1000,
  });
}

async function open(upgrade: Upgrade, pods: KubeletPods): Promise<void> {
  const { endpoint, namespace, name, container, query } = readTarget(upgrade.request);
  if (!isApiServer(upgrade.request)) {
    refuseUpgrade(upgrade, '403 Forbidden', { body: 'Forbidden' });
    return;
  }
  const pod = await pods.find(namespace, name);
  if (pod && endpoint === 'portForward') {
    servePortForward(upgrade, pod, query);
    return;
  }
  const running = pod && (await pods.container(pod, container));
  if (!running || !['exec', 'attach'].includes(endpoint)) {
    refuseUpgrade(upgrade, '404 Not Found', {
      body: running ? 'no such endpoint' : `container not found ("${container}")`,
    });
    return;
  }
  const flag = (option: string) => queryTrue(query.get(option));
  const asked = {
    command: query.getAll('command'),
    ...{ tty: flag('tty'), stdin: flag('input'), stdout: flag('output'), stderr: flag('error') },
  };
  if (endpoint === 'exec') serveExec(upgrade, running, asked);
  else serveAttach(upgrade, running, asked);
}
