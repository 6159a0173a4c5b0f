import type { SeenValues } from '../redaction/seen-values.ts';
import { redactText, StreamRedactor } from '../redaction/stream-redactor.ts';
import type { Flow, StreamFlows } from './codec/stream-flows.ts';
import type { StreamTap } from './stream-tap.ts';

/** All connections to one port of a port-forward. */
export interface PortSummary {
  readonly port: number;
  readonly connections: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

interface Connection {
  readonly port: number;
  readonly redactor: StreamRedactor;
  bytesIn: number;
  bytesOut: number;
  clientEnded: boolean;
  upstreamEnded: boolean;
  /** A byte came that is in no text: what follows is left alone. */
  binary: boolean;
  error: string;
}

const LONGEST_ERROR = 500;

/** The connections of a port-forward. */
export class PortFlows implements StreamFlows {
  readonly #tap: StreamTap;
  readonly #seen: SeenValues;
  readonly #open = new Map<number, Connection>();
  readonly #ports = new Map<number, { connections: number; bytesIn: number; bytesOut: number }>();
  /** What was said on error streams before or without a connection. */
  readonly #errors = new Map<number, string>();
  #redacted = 0;

  constructor(options: { readonly seen: SeenValues; readonly tap: StreamTap }) {
    this.#tap = options.tap;
    this.#seen = options.seen;
  }

  mayChange(): boolean {
    return !this.#seen.isEmpty || this.held().length > 0;
  }

  opened(connection: number, port: number): void {
    if (this.#open.has(connection)) this.#close(connection);
    // Lengths count in nearly every protocol: values are replaced by as many stars.
    const redactor = new StreamRedactor(this.#seen, 'stars');
    this.#open.set(connection, {
      ...{ port, redactor, bytesIn: 0, bytesOut: 0, clientEnded: false, upstreamEnded: false, binary: false },
      error: this.#errors.get(connection) ?? '',
    });
    this.#errors.delete(connection);
    this.#tap.connection({ event: 'open', connection, port });
  }

  fromClient({ name, connection }: Flow, bytes: Buffer): void {
    const open = this.#open.get(connection);
    if (name !== 'data' || open === undefined) return;
    open.bytesIn += bytes.length;
    this.#tap.data(connection, 'in', bytes);
  }

  passed({ name, connection }: Flow, bytes: Buffer): void {
    if (name === 'data') this.#out(connection, bytes);
    else if (name === 'port-error') this.#said(connection, bytes);
  }

  changed({ connection }: Flow, bytes: Buffer): Buffer {
    const open = this.#open.get(connection);
    if (open === undefined) return bytes;
    open.binary ||= bytes.includes(0);
    if (open.binary && open.redactor.held === 0) {
      this.#out(connection, bytes);
      return bytes;
    }
    const changed = open.redactor.push(bytes);
    const out = open.binary ? Buffer.concat([changed, open.redactor.release()]) : changed;
    this.#out(connection, out);
    return out;
  }

  held(): readonly Flow[] {
    const held: Flow[] = [];
    for (const [connection, { redactor }] of this.#open) {
      if (redactor.held > 0) held.push({ name: 'data', connection });
    }
    return held;
  }

  release({ name, connection }: Flow): Buffer {
    const open = name === 'data' ? this.#open.get(connection) : undefined;
    if (open === undefined) return Buffer.alloc(0);
    const held = open.redactor.release();
    if (held.length > 0) this.#out(connection, held);
    return held;
  }

  ended({ name, connection }: Flow, side: 'client' | 'upstream'): void {
    const open = this.#open.get(connection);
    if (name !== 'data' || open === undefined) return;
    if (side === 'client') open.clientEnded = true;
    else open.upstreamEnded = true;
    if (open.clientEnded && open.upstreamEnded) this.#close(connection);
  }

  /** Ends what is still open, and says what all of it came to. */
  summary(): { readonly ports: readonly PortSummary[]; readonly redactedValues: number } {
    for (const connection of [...this.#open.keys()]) this.#close(connection);
    return {
      ports: [...this.#ports].map(([port, sums]) => ({ port, ...sums })),
      redactedValues: this.#redacted,
    };
  }

  #out(connection: number, bytes: Buffer): void {
    const open = this.#open.get(connection);
    if (open === undefined || bytes.length === 0) return;
    open.bytesOut += bytes.length;
    this.#tap.data(connection, 'out', bytes);
  }

  #said(connection: number, bytes: Buffer): void {
    const open = this.#open.get(connection);
    const text = `${open?.error ?? this.#errors.get(connection) ?? ''}${bytes.toString('utf8')}`.slice(
      0,
      LONGEST_ERROR,
    );
    if (open !== undefined) open.error = text;
    else if (this.#errors.size < 100) this.#errors.set(connection, text);
  }

  #close(connection: number): void {
    const open = this.#open.get(connection);
    if (open === undefined) return;
    this.#open.delete(connection);
    const { port, bytesIn, bytesOut, error, redactor } = open;
    this.#redacted += redactor.replaced;
    const sums = this.#ports.get(port) ?? { connections: 0, bytesIn: 0, bytesOut: 0 };
    this.#ports.set(port, {
      connections: sums.connections + 1,
      bytesIn: sums.bytesIn + bytesIn,
      bytesOut: sums.bytesOut + bytesOut,
    });
    this.#tap.connection({
      event: 'close',
      connection,
      port,
      bytesIn,
      bytesOut,
      error: error === '' ? null : redactText(this.#seen, error),
    });
  }
}
