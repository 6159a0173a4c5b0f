import type { Socket } from 'node:net';

/**
 * Reads the first bytes of a connection one by one, so that what comes behind them stays on it for who takes it over.
 * @throws the connection's own error, or ECONNRESET where it ended.
 */
export async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(count);
    if (bytes !== null && bytes.length === count) return bytes;
    if (bytes !== null || socket.readableEnded || socket.destroyed) throw ended(socket);
    await readable(socket);
  }
}

function readable(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = { readable: resolve, end: () => reject(ended(socket)), close: () => reject(ended(socket)) };
    const settle = (then: () => void) => (): void => {
      for (const [event, listener] of listeners) socket.off(event, listener);
      then();
    };
    const listeners = Object.entries(events).map(([event, then]) => [event, settle(then)] as const);
    for (const [event, listener] of listeners) socket.on(event, listener);
  });
}

function ended(socket: Socket): Error {
  return socket.errored ?? Object.assign(new Error('The connection ended'), { code: 'ECONNRESET' });
}
