import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { loopbackCertificate } from '../../proxy/fixtures/loopback-tls.ts';
import type { TestedCluster } from './tested-cluster.ts';
import { writeUpstreamKubeconfig } from './upstream-kubeconfig.ts';

/** An upstream that writes whatever bytes a test wants, valid HTTP or not. */
export interface RawUpstream extends TestedCluster {
  /** The heads of the requests that came, newest last. */
  readonly heads: string[];
  /** How each request is answered from now on. */
  answerWith(answer: (socket: TLSSocket) => void): void;
}

export async function startRawUpstream(): Promise<RawUpstream> {
  const identity = await loopbackCertificate();
  const heads: string[] = [];
  const sockets = new Set<TLSSocket>();
  let answer: (socket: TLSSocket) => void = (socket) => socket.destroy();
  const server = createServer({ cert: identity.certificate, key: identity.privateKey }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      heads.push(received.slice(0, end));
      received = '';
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { kubeconfig, remove } = await writeUpstreamKubeconfig('raw', port, identity.certificate);
  return {
    name: 'demo',
    kubeconfig,
    context: 'raw',
    runsPods: false,
    heads,
    answerWith: (next) => {
      answer = next;
    },
    auditLog: async () => [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await remove();
    },
  };
}
