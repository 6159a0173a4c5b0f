import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

/*
 * An API server that costs as little as possible, so that what stands before it is what is measured. Arguments:
 * certificate file, key file. By path:
 *   …/services/<n>          one object of about n bytes
 *   …/services?bytes=<n>    a list of about n bytes
 *   ?watch=1&count=<n>      n events of 1 KB, each flushed by itself, as fast as they are taken
 *   ?watch=1&every=<ms>     an event of 1 KB each so many milliseconds, with the time in it
 *   …/pods/secrets-<n>-away-<ms>-of-<name>  a pod with n Secrets, its log and its Secrets, each after so many milliseconds
 *   …/exec?bytes=<n>&frame=<m>  an exec over WebSocket: n bytes in frames of m, on channel 1, then its end
 */
const [certificate = '', key = ''] = process.argv.slice(2);
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const objects = new Map<string, Buffer>();

function service(name: string, bytes: number): string {
  const metadata = { name, namespace: 'default', resourceVersion: '1', annotations: { note: '' } };
  const object = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata,
    spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] },
  };
  metadata.annotations.note = 'x'.repeat(Math.max(0, bytes - JSON.stringify(object).length));
  return JSON.stringify(object);
}

/** What the gateway asks before an exec: the pod, and what its account may do. */
const POD = JSON.stringify({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'p', namespace: 'default', resourceVersion: '1' },
  spec: { serviceAccountName: 'default', nodeName: 'n', containers: [{ name: 'p', image: 'registry.example/p:1' }] },
  status: { phase: 'Running' },
});
const REVIEW = JSON.stringify({
  kind: 'SubjectAccessReview',
  apiVersion: 'authorization.k8s.io/v1',
  metadata: {},
  spec: {},
  status: { allowed: false },
});

/** A pod whose name says what it has, its log, or one of its Secrets. */
function bodyOfPod(target: string): { readonly body: string; readonly away: number } | null {
  const [, name = '', secrets = '', away = '', rest = ''] =
    /\/(secrets-(\d+)-away-(\d+)-of-\w+)(.*)$/.exec(target) ?? [];
  if (name === '') return null;
  const body = target.includes('/secrets/')
    ? {
        kind: 'Secret',
        metadata: { name },
        data: { password: btoa(`the password ${name}${rest}`), user: btoa('somebody') },
      }
    : {
        kind: 'Pod',
        metadata: { name, namespace: 'default' },
        spec: {
          containers: [
            {
              envFrom: Array.from({ length: Number(secrets) }, (_, index) => ({
                secretRef: { name: `${name}.${index}` },
              })),
            },
          ],
        },
      };
  return { body: rest === '/log' ? 'a line of the log\n' : JSON.stringify(body), away: Number(away) };
}

function headOf(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
}

function bodyOf(target: string, listed: string | undefined): string | null {
  if (target.includes('/pods/')) return POD;
  if (target.includes('accessreviews')) return REVIEW;
  return listed === undefined ? service('one', Number(/services\/(\d+)/.exec(target)?.[1] ?? 2048)) : null;
}

function answer(target: string): Buffer {
  const known = objects.get(target);
  if (known !== undefined) return known;
  const listed = /bytes=(\d+)/.exec(target)?.[1];
  const items = Array.from({ length: Math.ceil(Number(listed ?? 0) / 2048) }, (_, index) => service(`s${index}`, 2047));
  const body =
    bodyOf(target, listed) ??
    `{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${items.join(',')}]}`;
  const head = `HTTP/1.1 200 OK\r\nAudit-Id: 00000000-0000-0000-0000-000000000000\r\nCache-Control: no-cache, private\r\nContent-Type: application/json\r\nX-Kubernetes-Pf-Flowschema-Uid: a\r\nX-Kubernetes-Pf-Prioritylevel-Uid: b\r\nDate: Sun, 22 Nov 2026 09:00:00 GMT\r\nContent-Length: ${body.length}\r\n\r\n`;
  const whole = Buffer.from(head + body);
  objects.set(target, whole);
  return whole;
}

const WATCH_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

function event(time: string, secret: boolean): string {
  const padding = 'x'.repeat(900);
  const object = secret
    ? `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","namespace":"default","annotations":{"time":"${time}","note":"${padding}"}},"data":{"k":"dmFsdWU="},"type":"Opaque"}`
    : `{"kind":"Service","apiVersion":"v1","metadata":{"name":"s","namespace":"default","annotations":{"time":"${time}","note":"${padding}"}},"spec":{}}`;
  const line = `{"type":"MODIFIED","object":${object}}\n`;
  return `${line.length.toString(16)}\r\n${line}\r\n`;
}

/** Each event in a write of its own, and no faster than they are read. */
function burst(socket: TLSSocket, count: number, secret: boolean): void {
  const chunk = Buffer.from(event('0', secret));
  socket.write(WATCH_HEAD);
  let left = count;
  const fill = (): void => {
    while (left > 0) {
      left -= 1;
      if (!socket.write(chunk) && left > 0) {
        socket.once('drain', fill);
        return;
      }
    }
    socket.write('0\r\n\r\n');
  };
  fill();
}

function steady(socket: TLSSocket, every: number, secret: boolean): void {
  socket.write(WATCH_HEAD);
  const timer = setInterval(() => socket.write(event(String(process.hrtime.bigint()), secret)), every);
  socket.once('close', () => clearInterval(timer));
}

function exec(socket: TLSSocket, head: string, bytes: number, frame: number): void {
  const accept = createHash('sha1')
    .update(`${/sec-websocket-key: (.*)/i.exec(head)?.[1]?.trim()}${WEBSOCKET_GUID}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n`,
  );
  const payload = frame + 1;
  const header =
    payload < 126
      ? Buffer.from([0x82, payload])
      : payload < 65_536
        ? Buffer.from([0x82, 126, payload >> 8, payload & 0xff])
        : Buffer.from([
            0x82,
            127,
            0,
            0,
            0,
            0,
            payload >>> 24,
            (payload >> 16) & 0xff,
            (payload >> 8) & 0xff,
            payload & 0xff,
          ]);
  const line = Buffer.from('2026-11-22T09:00:00Z level=info msg="request served" status=200 path=/healthz\r\n');
  const whole = Buffer.concat([header, Buffer.from([1]), Buffer.alloc(frame, line)]);
  let left = Math.ceil(bytes / frame);
  const fill = (): void => {
    while (left > 0) {
      left -= 1;
      if (!socket.write(whole) && left > 0) {
        socket.once('drain', fill);
        return;
      }
    }
    const status = Buffer.from('\x03{"metadata":{},"status":"Success"}');
    socket.write(Buffer.concat([Buffer.from([0x82, status.length]), status, Buffer.from([0x88, 2, 0x03, 0xe8])]));
  };
  fill();
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
  socket.once('end', () => socket.end());
}

function number(target: string, name: string): number | null {
  const found = new RegExp(`[?&]${name}=(\\d+)`).exec(target)?.[1];
  return found === undefined ? null : Number(found);
}

const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), ALPNProtocols: ['http/1.1'] },
  (socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let received = '';
    socket.on('data', (bytes: Buffer) => {
      received = received === '' ? bytes.toString('latin1') : received + bytes.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = received.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      received = received.slice(end + 4 + length);
      const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
      const secret = target.includes('/secrets');
      const [count, every, frame] = [number(target, 'count'), number(target, 'every'), number(target, 'frame')];
      const pod = bodyOfPod(target);
      if (pod !== null) setTimeout(() => socket.write(headOf(pod.body) + pod.body), pod.away);
      else if (frame !== null) exec(socket, head, number(target, 'bytes') ?? 0, frame);
      else if (count !== null) burst(socket, count, secret);
      else if (every !== null) steady(socket, every, secret);
      else socket.write(answer(target));
    });
  },
);
server.listen(0, '127.0.0.1', () => console.log(`ready ${(server.address() as AddressInfo).port}`));
