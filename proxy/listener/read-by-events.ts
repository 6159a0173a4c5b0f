import type { TLSSocket } from 'node:tls';

/**
 * Has a connection's bytes come by events, which can wait. By itself Node's parser takes them out of TLS; where a request
 * meets an answer that is still on its way out it is paused, and breaks at the next record that TLS had read already
 * (`HPE_PAUSED`): the connection is lost, and with it a write that no client sends twice. Seen with Node 20.20 and 24.22;
 * any listener that is added changes it for good (`unconsume` in their lib/_http_server.js).
 */
export function readByEvents(socket: TLSSocket): void {
  const listener = (): void => undefined;
  socket.on('data', listener);
  socket.off('data', listener);
}
