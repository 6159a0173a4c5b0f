import { once } from 'node:events';
import { createConnection } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Principal } from '../../../model/principal.ts';
import {
  type ClientCertificate,
  createCertificateAuthority,
  issueClientCertificate,
} from '../../../proxy/access/certificate-authority.ts';
import type { CertificateState, LiveCertificates } from '../../../proxy/access/client-authentication.ts';
import type { KeyPair } from '../../../proxy/gateway-door.ts';
import type { Exchange } from '../../../proxy/listener/exchange.ts';
import { type Listener, type ListenerLimits, startListener } from '../../../proxy/listener/start-listener.ts';

/** The certificates of a test, revocable by hand. */
export class Certificates implements LiveCertificates {
  readonly states = new Map<string, CertificateState>();
  readonly #listeners = new Set<(fingerprints: ReadonlySet<string>) => void>();

  find(fingerprint: string): CertificateState {
    return this.states.get(fingerprint) ?? { state: 'unknown' };
  }

  onRevoked(listener: (fingerprints: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  revoke(fingerprint: string): void {
    this.states.set(fingerprint, { state: 'revoked' });
    for (const listener of this.#listeners) listener(new Set([fingerprint]));
  }
}

export const PRINCIPAL: Principal = {
  user: 'local:alice',
  groups: ['gatehouse:local'],
  session: { kind: 'inAppTerminal', id: 't1' },
};

export interface Door {
  readonly listener: Listener;
  readonly port: number;
  readonly authority: KeyPair;
  readonly certificates: Certificates;
  /** A live certificate. */
  readonly client: ClientCertificate;
  readonly refused: string[];
  readonly logged: unknown[];
  readonly seen: Exchange[];
}

/** A listener that answers with `onExchange`, or with the target it was asked for. */
export async function openDoor(
  options: { onExchange?: (exchange: Exchange) => Promise<void>; limits?: Partial<ListenerLimits> } = {},
): Promise<Door> {
  const authority = await createCertificateAuthority();
  const certificates = new Certificates();
  const client = await issueClientCertificate(authority, {
    principal: PRINCIPAL,
    cluster: null,
    now: Date.now(),
    lifetime: 3_600_000,
  });
  certificates.states.set(client.fingerprint, {
    state: 'live',
    cluster: null,
    principal: PRINCIPAL,
    notAfter: client.notAfter,
  });
  const refused: string[] = [];
  const logged: unknown[] = [];
  const seen: Exchange[] = [];
  const log = (fields: object): void => {
    logged.push(fields);
  };
  const answer =
    options.onExchange ??
    ((exchange: Exchange) => exchange.respond(200, [['Content-Type', 'text/plain']], Buffer.from(exchange.target)));
  const listener = await startListener({
    host: '127.0.0.1',
    port: 0,
    authority,
    access: certificates,
    onExchange: (exchange) => {
      seen.push(exchange);
      return answer(exchange);
    },
    countRefused: (reason) => {
      refused.push(reason);
    },
    log: { info: log, warn: log, error: log },
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return { listener, port: listener.address.port, authority, certificates, client, refused, logged, seen };
}

/** A TLS connection with a client certificate, or with none. */
export async function dial(door: Door, pair: KeyPair | null): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: door.port,
    ca: door.authority.certificate,
    ...(pair === null ? {} : { cert: pair.certificate, key: pair.privateKey }),
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

/** Everything that comes back until the connection closes. */
export async function readAll(socket: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** Sends bytes over TLS and reads until the connection closes. `{host}` stands for the listener's address. */
export async function ask(door: Door, bytes: string, pair: KeyPair | null = door.client): Promise<string> {
  const socket = await dial(door, pair);
  const answer = readAll(socket);
  socket.write(bytes.replaceAll('{host}', `127.0.0.1:${door.port}`), 'latin1');
  return answer;
}

/** Sends bytes over plain TCP. */
export async function askInClear(door: Door, bytes: string): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port: door.port });
  const answer = readAll(socket);
  socket.write(bytes);
  return answer;
}

export function statusLine(answer: string): string {
  return answer.slice(0, answer.indexOf('\r\n'));
}

/** The Status in an answer's body. */
export function statusOf(answer: string): { message: string; reason: string; code: number } {
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
}

/** Waits until something holds; fails by the test's own time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
