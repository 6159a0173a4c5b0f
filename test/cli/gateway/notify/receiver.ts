import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { loopbackCertificate } from '../../../proxy/fixtures/loopback-tls.ts';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answering = (answer: ServerResponse, received: Received) => void;

/** A receiver of webhooks, over TLS with a certificate of its own, or without. */
export async function receiver(answering: Answering, { tls = true, hours = 1 } = {}) {
  const received: Received[] = [];
  const { certificate, privateKey } = await loopbackCertificate(hours);
  const serve = async (request: IncomingMessage, answer: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
    received.push(one);
    answering(answer, one);
  };
  const handle = (request: IncomingMessage, answer: ServerResponse) =>
    void serve(request, answer).catch(() => undefined);
  const server = tls ? createServer({ key: privateKey, cert: certificate }, handle) : createHttpServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook?x=1`), certificate, received, close };
}

/** Answers with a status. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answering {
  return (answer) => answer.writeHead(code, headers).end();
}
