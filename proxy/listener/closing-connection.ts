import type { TLSSocket } from 'node:tls';

/** Milliseconds without a byte from the client after which it is taken to have read its answer, or to be gone. */
const SILENCE = 1_000;
/** Milliseconds that a client may go on sending what nobody reads any more. */
const LONGEST = 30_000;
/** Bytes that are thrown away meanwhile: a client that first sends all and then reads has sent a large body by then. */
const MOST_BYTES = 64 * 1024 * 1024;

const CLOSING = new WeakSet<TLSSocket>();

/** Whether a connection's last answer was given: what still comes on it is nobody's request. */
export function isClosing(socket: TLSSocket): boolean {
  return CLOSING.has(socket);
}

/**
 * Ends a connection behind its last answer in such a way that the answer arrives. To close a socket that holds unread
 * bytes, or that gets some more, makes the system send a RST, and with that the client's side throws away what it had
 * not read yet: the refusal of a body that is still on its way, of all things. So the gateway's half is closed first,
 * and the client's is read, by nobody, until it closes too or a bound is reached (RFC 9112 section 9.6).
 */
export function closeBehindAnswer(socket: TLSSocket): void {
  if (CLOSING.has(socket) || socket.destroyed) return;
  CLOSING.add(socket);
  // The parser must not take what comes for another request, nor a body that nobody reads hold the connection up.
  socket.removeAllListeners('data');
  const timers: NodeJS.Timeout[] = [];
  const close = (): void => void socket.destroy();
  socket.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  let left = MOST_BYTES;
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) close();
    timers[0]?.refresh();
  });
  socket.resume();
  // An answer that is read slowly is still on its way; from its last byte on the client is waited for.
  socket.end(() => {
    if (socket.destroyed) return;
    if (socket.readableEnded) return close();
    socket.once('end', close);
    timers.push(setTimeout(close, SILENCE).unref(), setTimeout(close, LONGEST).unref());
  });
}
