import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConnection } from './environment/raw-request.ts';
import { type RawUpstream, startRawUpstream } from './environment/raw-upstream.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n';

/** A kubelet may answer whatever it likes, and the API server passes it on as it came. */
describe('an exec that is answered without an upgrade', () => {
  let upstream: RawUpstream;
  let running: RunningGateway;
  let answerExec: (socket: TLSSocket) => void = () => undefined;
  let atUpstream: TLSSocket | null = null;
  beforeAll(async () => {
    upstream = await startRawUpstream();
    running = await startGateway(upstream);
    upstream.answerWith((socket) => {
      const head = upstream.heads.at(-1) ?? '';
      if (/^POST \S*\/exec/.test(head)) {
        atUpstream = socket;
        answerExec(socket);
        return;
      }
      // The pod, and what its account may do.
      const isReview = /^POST/.test(head);
      const body = isReview ? '{"status":{"allowed":false}}' : '{"kind":"Pod","spec":{}}';
      const line = isReview ? '201 Created' : '200 OK';
      socket.write(
        `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
  });
  afterAll(async () => {
    await running.close();
    await upstream.close();
  });

  /** Asks for an exec, and counts the bytes that come back. */
  async function exec(answer: (socket: TLSSocket) => void) {
    answerExec = answer;
    const { url, ca, cert, key } = await gatewayConnection(running.kubeconfig);
    const { port, pathname } = new URL(url);
    const client = connect({ port: Number(port), host: '127.0.0.1', ca, cert, key });
    const received = { bytes: 0 };
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => {
      received.bytes += chunk.length;
    });
    client.write(
      [
        `POST ${pathname}/api/v1/namespaces/n/pods/p/exec?command=sh&stdout=1 HTTP/1.1`,
        ...[`Host: 127.0.0.1:${port}`, 'Connection: Upgrade', 'Upgrade: SPDY/3.1', 'Content-Length: 0'],
        ...['X-Stream-Protocol-Version: v4.channel.k8s.io', '', ''],
      ].join('\r\n'),
    );
    return { client, received };
  }

  it('passes the whole answer on, however long it is', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024, 'x');
    const { client, received } = await exec((socket) => socket.end(Buffer.concat([Buffer.from(HEAD), body])));
    await expect.poll(() => received.bytes).toBeGreaterThan(body.length);
    client.destroy();
  });

  it('keeps nothing of it when the client leaves', async () => {
    const { client, received } = await exec((socket) => socket.write(HEAD));
    await expect.poll(() => received.bytes).toBeGreaterThan(0);
    client.destroy();
    await expect.poll(() => atUpstream?.destroyed).toBe(true);
    await expect
      .poll(async () => (await running.records()).find(({ type }) => type === 'finished'))
      .toMatchObject({ ended: 'client-gone' });
  });
});
