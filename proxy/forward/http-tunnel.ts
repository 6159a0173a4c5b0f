import { isIPv6, type Socket } from 'node:net';
import type { UpstreamProxy } from '../clusters/upstream-proxy.ts';
import { readBytes } from './incoming-bytes.ts';
import { InvalidResponse } from './invalid-response.ts';
import { ProxyTrouble } from './proxy-trouble.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110 section 9.3.6). Read byte by byte: behind the answer's head the connection
 * belongs to the API server.
 * @throws {ProxyTrouble}
 */
export async function openHttpTunnel(socket: Socket, proxy: UpstreamProxy, host: string, port: number): Promise<void> {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const credentials = proxy.credentials();
  const basic = Buffer.from(`${credentials?.username}:${credentials?.password}`).toString('base64');
  const authorization = credentials === null ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`, 'latin1');
  const status = await readStatus(socket, proxy);
  if (status >= 200 && status < 300) return;
  const wants = 'wants a user name and password, or other ones than proxy-url has (407)';
  throw new ProxyTrouble(`the proxy ${proxy} ${status === 407 ? wants : `answered ${status} to CONNECT`}`);
}

async function readStatus(socket: Socket, proxy: UpstreamProxy): Promise<number> {
  const heads: ResponseHead[] = [];
  const sink = { head: (head: ResponseHead) => void heads.push(head), body: () => undefined, end: () => undefined };
  const reader = new ResponseReader(sink, { method: 'CONNECT', upgrade: false });
  try {
    for (;;) {
      reader.read(await readBytes(socket, 1));
      const [head] = heads;
      if (head !== undefined) return head.status;
    }
  } catch (error) {
    if (!(error instanceof InvalidResponse)) throw error;
    throw new ProxyTrouble(`the answer of the proxy ${proxy} is not valid HTTP (${error.flaw})`, error);
  }
}
