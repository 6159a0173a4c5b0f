import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { quantile } from '../harness/statistics.ts';

/** What to load, how; times in milliseconds. */
export interface LoadOrder {
  readonly host: string;
  readonly port: number;
  /** PEM files; null: without TLS. */
  readonly tls: { readonly ca: string; readonly cert: string | null; readonly key: string | null } | null;
  readonly target: string;
  readonly connections: number;
  readonly ms: number;
  readonly what: 'requests' | 'events' | 'latency' | 'exec';
}

export interface LoadResult {
  readonly count: number;
  readonly bytes: number;
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
}

/*
 * A client that costs as little as possible. `requests`: one after another on each connection, as many as fit into the
 * time. `events`: the same with watches that end, counted by line. `latency`: watches that go on; the time is in the
 * event. `exec`: one WebSocket for each connection, to its end. Prints a `LoadResult`. Argument: a `LoadOrder`.
 */
const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const times: number[] = [];
let count = 0;
let bytes = 0;
let measuring = false;

function open(): Promise<Socket> {
  const { host, port, tls } = order;
  return new Promise((resolve, reject) => {
    if (tls === null) {
      const socket: Socket = connectPlain({ host, port, noDelay: true }, () => resolve(socket));
      socket.once('error', reject);
      return;
    }
    const read = (file: string | null): Buffer | undefined => (file === null ? undefined : readFileSync(file));
    const options: ConnectionOptions = {
      host,
      port,
      ca: read(tls.ca),
      cert: read(tls.cert),
      key: read(tls.key),
      ALPNProtocols: ['http/1.1'],
    };
    const socket = connectTls(options, () => resolve(socket.setNoDelay(true)));
    socket.once('error', reject);
  });
}

const lines = [
  `GET ${order.target} HTTP/1.1`,
  `Host: ${order.host}:${order.port}`,
  'Accept: application/json',
  'User-Agent: bench',
];
const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

/** Calls back at the end of each answer. Trusts its sender: this is no parser to copy. */
function answers(socket: Socket, onEnd: () => void): void {
  let head = '';
  let left = -1;
  let chunked = false;
  let tail = '';
  socket.on('data', (received: Buffer) => {
    if (measuring) bytes += received.length;
    let part = received;
    if (left < 0 && !chunked) {
      head += part.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(head);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      chunked = length === undefined;
      left = Number(length ?? 0);
      part = Buffer.from(head.slice(end + 4), 'latin1');
      head = '';
      tail = '';
    }
    if (chunked) {
      if (order.what === 'events') for (const byte of part) if (byte === 0x0a) count += measuring ? 1 : 0;
      tail = (tail + part.subarray(-8).toString('latin1')).slice(-8);
      if (!tail.endsWith('\r\n0\r\n\r\n') && tail !== '0\r\n\r\n') return;
      chunked = false;
    } else {
      left -= part.length;
      if (left > 0) return;
    }
    left = -1;
    onEnd();
  });
}

async function loadRequests(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: order.connections }, open));
  for (const socket of sockets) {
    let sent = performance.now();
    answers(socket, () => {
      const now = performance.now();
      if (measuring) {
        times.push(now - sent);
        if (order.what === 'requests') count += 1;
      }
      sent = now;
      socket.write(request);
    });
    socket.write(request);
  }
}

async function loadLatency(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: order.connections }, open));
  for (const socket of sockets) {
    socket.on('data', (received: Buffer) => {
      const now = process.hrtime.bigint();
      for (const [, time = '0'] of received.toString('latin1').matchAll(/"time":"(\d+)"/g)) {
        if (!measuring) continue;
        count += 1;
        times.push(Number(now - BigInt(time)) / 1e6);
      }
    });
    socket.write(request);
  }
}

async function loadExec(): Promise<void> {
  const key = randomBytes(16).toString('base64');
  const upgrade = `${lines.join('\r\n')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n`;
  await Promise.all(
    Array.from({ length: order.connections }, async () => {
      const socket = await open();
      const ended = new Promise((resolve) => socket.once('close', resolve));
      let last: Buffer = Buffer.alloc(0);
      socket.on('data', (received: Buffer) => {
        bytes += received.length;
        last = Buffer.concat([last, received.subarray(-4)]).subarray(-4);
        // A close frame of the server's: answered, and the connection ends.
        if (last.length >= 4 && last.readUInt32BE(last.length - 4) === 0x880203e8) {
          socket.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8]));
        }
      });
      socket.once('end', () => socket.end());
      socket.write(upgrade);
      await ended;
      count += 1;
    }),
  );
}

function print(ms: number): void {
  times.sort((one, other) => one - other);
  const result: LoadResult = { count, bytes, ms, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  console.log(JSON.stringify(result));
  process.exit(0);
}

const started = performance.now();
if (order.what === 'exec') {
  await loadExec();
  print(performance.now() - started);
} else {
  measuring = true;
  await (order.what === 'latency' ? loadLatency() : loadRequests());
  const began = performance.now();
  setTimeout(() => print(performance.now() - began), order.ms);
}
