import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fingerprintOf, type LiveCertificates } from '../access/client-authentication.ts';
import { EndedByGateway } from '../ended-by-gateway.ts';
import { Refusal } from '../refusal.ts';

/** Milliseconds that an exchange under way gets to tell its client why it was ended, before the connection is cut. */
const LAST_WORDS = 1_500;

/** Connections that have shown no certificate yet. Beyond it the oldest goes: an honest one shows its own in no time. */
const STRANGERS = 512;

interface Connection {
  readonly fingerprint: string | null;
  /** Exchanges under way, each with what ends it. */
  readonly exchanges: Set<(reason: Error) => boolean>;
}

/** Every open socket of a listener, so that the end of a certificate or of the gateway is the end of its streams too. */
export class Connections {
  readonly #raw = new Set<Socket>();
  /** By remote address and port; oldest first. */
  readonly #strangers = new Map<string, Socket>();
  readonly #secured = new Map<TLSSocket, Connection>();
  readonly #stopListening: () => void;
  #stopping = false;

  constructor(certificates: LiveCertificates) {
    this.#stopListening = certificates.onRevoked((fingerprints) => {
      const revoked = new EndedByGateway(
        new Refusal('stream-revoked', 'Gatehouse: the terminal or session that this belongs to was closed'),
      );
      for (const [socket, { fingerprint }] of this.#secured) {
        if (fingerprint !== null && fingerprints.has(fingerprint)) this.#end(socket, revoked);
      }
    });
  }

  /**
   * A TCP connection, before TLS.
   * @returns true when an older one had to go for it, so that nobody can keep others out by holding connections open.
   */
  accept(socket: Socket): boolean {
    const peer = peerOf(socket);
    this.#raw.add(socket);
    this.#strangers.set(peer, socket);
    socket.once('close', () => {
      this.#raw.delete(socket);
      if (this.#strangers.get(peer) === socket) this.#strangers.delete(peer);
    });
    if (this.#strangers.size <= STRANGERS) return false;
    const [oldest] = this.#strangers;
    oldest?.[1].destroy();
    if (oldest !== undefined) this.#strangers.delete(oldest[0]);
    return true;
  }

  /** How many are open. */
  get open(): number {
    return this.#raw.size;
  }

  /** A connection whose handshake is complete, with or without a client certificate. */
  secure(socket: TLSSocket): void {
    const fingerprint = fingerprintOf(socket);
    this.#secured.set(socket, { fingerprint, exchanges: new Set() });
    if (fingerprint !== null && socket.authorized) this.#strangers.delete(peerOf(socket));
    // Once an upgrade took the socket off the HTTP server nobody else listens, and an error would end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#secured.delete(socket));
  }

  /**
   * Calls `end` when the connection is ended from this side; it says whether the client is in the middle of an answer,
   * and may be told why.
   * @returns a function to call when the exchange is over.
   */
  use(socket: TLSSocket, end: (reason: Error) => boolean): () => void {
    const exchanges = this.#secured.get(socket)?.exchanges;
    exchanges?.add(end);
    return () => exchanges?.delete(end);
  }

  isBusy(socket: TLSSocket): boolean {
    return (this.#secured.get(socket)?.exchanges.size ?? 0) > 0;
  }

  /** From now on every answer closes its connection. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  endAll(reason: string): void {
    const stopping = new EndedByGateway(new Refusal('gateway-stopping', reason));
    for (const { exchanges } of this.#secured.values()) for (const end of exchanges) end(stopping);
    for (const socket of this.#raw) socket.destroy();
  }

  release(): void {
    this.#stopListening();
  }

  #end(socket: TLSSocket, reason: Error): void {
    const exchanges = [...(this.#secured.get(socket)?.exchanges ?? [])];
    const answering = exchanges.map((end) => end(reason));
    if (answering.includes(true)) setTimeout(() => socket.destroy(), LAST_WORDS);
    else socket.destroy();
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
