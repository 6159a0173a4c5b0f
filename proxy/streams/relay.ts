import type { Duplex } from 'node:stream';

/** What a relayed stream came to. */
export interface RelayOutcome {
  readonly bytesFromClient: number;
  readonly bytesToClient: number;
  /** Which side ended it, or why it broke. */
  readonly ended: 'client' | 'upstream' | 'client-broke' | 'upstream-broke' | 'revoked';
}

/**
 * Milliseconds between the last byte handed to one side's kernel and closing it, once the other side is gone: closing
 * at once over unread input makes the kernel send a reset, and the peer then loses what it had not read yet.
 */
const LINGER = 250;

/**
 * Relays raw bytes both ways until both sides have ended: no frame is re-cut, nothing is buffered beyond the sockets'
 * own marks, and a half-close of one direction (`kubectl exec -i` at the end of its input) leaves the other open.
 * @param options.clientHead bytes that the client sent behind its upgrade request, held back until the 101.
 * @param options.upstreamHead bytes that the API server sent behind its 101.
 * @param options.signal ends the stream: the session's certificate was revoked or the gateway stops.
 */
export function relay(
  client: Duplex,
  upstream: Duplex,
  options: { readonly clientHead: Buffer; readonly upstreamHead: Buffer; readonly signal: AbortSignal },
): Promise<RelayOutcome> {
  return new Promise((resolve) => {
    let bytesFromClient = 0;
    let bytesToClient = 0;
    let ended: RelayOutcome['ended'] | null = null;
    let closedSides = 0;

    const endedBy = (reason: RelayOutcome['ended']): void => {
      ended ??= reason;
    };
    const destroyBoth = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const sideClosed = (other: Duplex) => (): void => {
      closedSides += 1;
      if (closedSides === 2) {
        options.signal.removeEventListener('abort', revoked);
        resolve({ bytesFromClient, bytesToClient, ended: ended ?? 'client' });
      } else if (!other.destroyed) {
        closeAfterWriting(other);
      }
    };
    const revoked = (): void => {
      endedBy('revoked');
      destroyBoth();
    };

    client.on('error', () => endedBy('client-broke'));
    upstream.on('error', () => endedBy('upstream-broke'));
    client.once('end', () => endedBy('client'));
    upstream.once('end', () => endedBy('upstream'));
    client.once('close', sideClosed(upstream));
    upstream.once('close', sideClosed(client));
    if (options.signal.aborted) {
      revoked();
      return;
    }
    options.signal.addEventListener('abort', revoked, { once: true });

    const up = pump(client, upstream, (bytes) => {
      bytesFromClient += bytes;
    });
    const down = pump(upstream, client, (bytes) => {
      bytesToClient += bytes;
    });
    up(options.clientHead);
    down(options.upstreamHead);
  });
}

/** What was read is still being written, however slowly it is read; then nothing more can come. */
function closeAfterWriting(side: Duplex): void {
  const close = (): void => {
    setTimeout(() => side.destroy(), LINGER);
  };
  if (side.writableFinished || side.destroyed) {
    close();
    return;
  }
  side.once('finish', close);
  if (!side.writableEnded) side.end();
}

/**
 * Copies one direction with backpressure: the source rests while the target's buffer is full. Answers a function that
 * puts the bytes read so far in front and starts the flow.
 */
function pump(source: Duplex, target: Duplex, count: (bytes: number) => void): (head: Buffer) => void {
  const forward = (chunk: Buffer): void => {
    count(chunk.length);
    if (target.writable && !target.write(chunk)) {
      source.pause();
      target.once('drain', () => source.resume());
    }
  };
  return (head) => {
    if (head.length > 0) forward(head);
    source.on('data', forward);
    source.once('end', () => {
      if (target.writable) target.end();
    });
    if (!source.isPaused()) source.resume();
  };
}
