import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { gatewayConnection } from './raw-request.ts';

/** An answer of which only the head has been read: what came behind it, and the connection that it came on. */
export interface AnswerHead {
  readonly head: string;
  readonly rest: Buffer;
  readonly socket: TLSSocket;
}

/** A request's head as text; `{host}` and `{cluster}` stand for the gateway's address and the cluster's path. */
export function requestHead(line: string, ...headers: readonly string[]): string {
  return `${[`${line} HTTP/1.1`, 'Host: {host}', ...headers].join('\r\n')}\r\n\r\n`;
}

/** Writes the bytes, `{host}` and `{cluster}` filled in, and answers all that came until the gateway ended. */
export function say(kubeconfig: string, ...pieces: readonly string[]): Promise<string> {
  return sayAs(kubeconfig, undefined, ...pieces);
}

/** The same with the certificate for one of several clusters. */
export async function sayAs(
  kubeconfig: string,
  slug: string | undefined,
  ...pieces: readonly string[]
): Promise<string> {
  const { socket, fill } = await dial(kubeconfig, slug);
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  const closed = once(socket, 'close');
  for (const piece of pieces) socket.write(fill(piece), 'latin1');
  await closed;
  return received;
}

/** Writes the bytes and reads until the head of the answer is whole. */
export async function sayAndStay(kubeconfig: string, head: string, ...behind: readonly Buffer[]): Promise<AnswerHead> {
  const { socket, fill } = await dial(kubeconfig);
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const look = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', look).pause();
      resolve({ head: received.subarray(0, end).toString(), rest: received.subarray(end + 4), socket });
    };
    socket.on('data', look);
    socket.once('close', () => reject(new Error(`closed after ${received.toString()}`)));
    socket.write(Buffer.concat([Buffer.from(fill(head)), ...behind]));
  });
}

async function dial(kubeconfig: string, slug?: string): Promise<{ socket: TLSSocket; fill: (text: string) => string }> {
  const { url, ca, cert, key } = await gatewayConnection(kubeconfig, slug);
  const { hostname, port, host, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca, cert, key });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return { socket, fill: (text) => text.replaceAll('{host}', host).replaceAll('{cluster}', pathname) };
}
