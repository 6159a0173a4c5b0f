import type { TLSSocket } from 'node:tls';
import { HttpConnection } from './http-connection.ts';

export interface PoolLimits {
  /** Connections at one time, tunnels and watches among them. */
  readonly connections: number;
  /** TLS handshakes at one time: after a restart of the API server every watch comes back at once. */
  readonly handshakes: number;
  /** Requests that may wait until a connection is free. */
  readonly queue: number;
  /** Milliseconds that a request may wait. */
  readonly wait: number;
  /** Milliseconds that an unused connection is kept: well under the 60 s and more of API servers and load balancers. */
  readonly idle: number;
  /** Milliseconds without a byte of an answer, after which the server is called anew to see whether it is there. */
  readonly silence: number;
}

export const POOL_LIMITS: PoolLimits = {
  // More than may last at one time (`listener/capacity.ts`): watches must leave room for requests that are over soon.
  connections: 12_500,
  handshakes: 64,
  queue: 4_000,
  wait: 20_000,
  idle: 20_000,
  silence: 20_000,
};

/** There is no connection to be had: as many requests as may be are under way. */
export class PoolBusy extends Error {
  override readonly name = 'PoolBusy';
}

interface Waiting {
  readonly resolve: (connection: HttpConnection) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one cluster under one credential. */
export class ConnectionPool {
  readonly #open: () => Promise<TLSSocket>;
  readonly #limits: PoolLimits;
  readonly #all = new Set<HttpConnection>();
  /** The one used last at the end, and taken first: the rest grow old and go. */
  readonly #idle: HttpConnection[] = [];
  readonly #waiting = new Set<Waiting>();
  #connecting = 0;
  #closed = false;
  #destroyed = false;
  #probing = false;
  #looking: NodeJS.Timeout | null = null;

  constructor(open: () => Promise<TLSSocket>, limits: PoolLimits = POOL_LIMITS) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Connections there are, those that are being made included. */
  get size(): number {
    return this.#all.size + this.#connecting;
  }

  /**
   * A connection for one request: an unused one, or a new one.
   * @throws {PoolBusy}, what connecting threw, or the signal's reason.
   */
  take(signal: AbortSignal): HttpConnection | Promise<HttpConnection> {
    return this.#takeIdle() ?? this.#wait(signal);
  }

  /** A connection that nothing has gone over yet: for what cannot be sent twice, and after a stale one. */
  async takeNew(signal: AbortSignal): Promise<HttpConnection> {
    if (this.size >= this.#limits.connections && !this.#endOneIdle()) throw new PoolBusy('No connection is free');
    const connection = await this.#connect();
    if (!signal.aborted) return connection;
    this.#put(connection);
    throw signal.reason;
  }

  /** Unused connections end now, and the others when they are free: the credential changed, or the cluster goes. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Ends everything, requests under way included. */
  destroy(): void {
    this.close();
    this.#destroyed = true;
    this.#stopLooking();
    for (const waiting of this.#waiting) waiting.reject(new PoolBusy('The gateway stops'));
    for (const connection of this.#all) connection.destroy();
  }

  #takeIdle(): HttpConnection | null {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return null;
      // Timers stand still while a laptop sleeps; the wall clock does not.
      if (connection.usable && Date.now() - connection.idleSince < this.#limits.idle) return connection;
      connection.destroy();
    }
  }

  #wait(signal: AbortSignal): Promise<HttpConnection> {
    if (this.#destroyed) return Promise.reject(new PoolBusy('The gateway stops'));
    const { connections, queue } = this.#limits;
    // Those for whom a connection is being made only wait for that one.
    const places = queue + Math.max(0, connections - this.#all.size);
    if (this.#waiting.size >= places) return Promise.reject(new PoolBusy('Too many requests wait'));
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.#waiting.delete(waiting);
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
      };
      const waiting: Waiting = {
        resolve: (connection) => {
          over();
          resolve(connection);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      };
      const aborted = (): void => waiting.reject(signal.reason);
      const timer = setTimeout(() => waiting.reject(new PoolBusy('Nothing became free')), this.#limits.wait);
      if (signal.aborted) {
        aborted();
        return;
      }
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiting.add(waiting);
      this.#connectForWaiting();
    });
  }

  /** As many connections as there are requests waiting, within the limits. */
  #connectForWaiting(): void {
    const { connections, handshakes } = this.#limits;
    while (this.#connecting < Math.min(this.#waiting.size, handshakes) && this.size < connections) {
      this.#connect().then(
        (connection) => this.#put(connection),
        (error: unknown) => {
          this.#firstWaiting()?.reject(error);
          this.#connectForWaiting();
        },
      );
    }
  }

  async #connect(): Promise<HttpConnection> {
    this.#connecting += 1;
    try {
      const socket = await this.#open();
      const connection = new HttpConnection(socket, {
        onFree: (free) => this.#put(free),
        onClosed: (closed) => this.#remove(closed),
      });
      this.#all.add(connection);
      if (this.#destroyed) connection.destroy();
      else this.#looking ??= setInterval(() => this.#look(), this.#limits.idle / 4).unref();
      return connection;
    } finally {
      this.#connecting -= 1;
    }
  }

  /** A connection is free: for who waits longest, or for later. */
  #put(connection: HttpConnection): void {
    const waiting = this.#firstWaiting();
    if (waiting !== null && connection.usable) {
      waiting.resolve(connection);
      return;
    }
    if (this.#closed || !connection.usable) {
      connection.destroy();
      return;
    }
    connection.idleSince = Date.now();
    this.#idle.push(connection);
  }

  #firstWaiting(): Waiting | null {
    for (const waiting of this.#waiting) return waiting;
    return null;
  }

  #remove(connection: HttpConnection): void {
    this.#all.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#connectForWaiting();
  }

  #endOneIdle(): boolean {
    const oldest = this.#idle.shift();
    oldest?.destroy();
    return oldest !== undefined;
  }

  /** From time to time: ends what was unused for long, and looks after requests that nobody answers. */
  #look(): void {
    const now = Date.now();
    const keep = this.#idle.findIndex(({ idleSince }) => now - idleSince < this.#limits.idle);
    for (const connection of this.#idle.splice(0, keep < 0 ? this.#idle.length : keep)) connection.destroy();
    if (this.#all.size === 0) this.#stopLooking();
    const silent = [...this.#all].filter(({ silentSince }) => now - (silentSince ?? now) > this.#limits.silence);
    if (silent.length > 0 && !this.#probing) void this.#probe(silent);
  }

  /**
   * A request into a dead connection would wait until the kernel gives up, for a quarter of an hour: TCP's keepalive
   * is silent while bytes are on their way, and Node has no TCP_USER_TIMEOUT. So the server is called anew; only
   * where that fails too are the requests given up. A slow answer of a server that is there is waited for.
   */
  async #probe(silent: readonly HttpConnection[]): Promise<void> {
    this.#probing = true;
    try {
      this.#put(await this.#connect());
    } catch {
      const lost = Object.assign(new Error('The API server does not answer'), { code: 'ETIMEDOUT' });
      for (const connection of silent) if (connection.silentSince !== null) connection.destroy(lost);
    } finally {
      this.#probing = false;
    }
  }

  #stopLooking(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
  }
}
