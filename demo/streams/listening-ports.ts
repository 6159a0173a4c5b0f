import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { type JsonObject, nameOf, namespaceOf, numberAt, objectsAt, textAt } from '../store/json.ts';

/** One end of a connection inside this process: what is written at one comes out at the other. */
class ConnectionEnd extends Duplex {
  #other: ConnectionEnd | null = null;
  #waiting: (() => void) | null = null;

  static pair(): [ConnectionEnd, ConnectionEnd] {
    const [near, far] = [new ConnectionEnd(), new ConnectionEnd()];
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  override _read(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const other = this.#other;
    if (!other || other.destroyed) done();
    else if (other.push(chunk)) done();
    else other.#waiting = done;
  }

  override _final(done: () => void): void {
    this.#other?.push(null);
    done();
  }

  override _destroy(_error: Error | null, done: (error: null) => void): void {
    const other = this.#other;
    this.#other = null;
    // One that has ended both ways goes by itself; the other may still have to read its end.
    const whole = this.readableEnded && this.writableFinished;
    if (!whole && other && !other.destroyed) other.destroy();
    done(null);
  }
}

/** Images whose programs listen though a manifest may not say so. */
const webServers = /(^|\/)(nginx|httpd|caddy|traefik)(:|@|$)/;

/** Whether anything in the pod listens on a port, and whether it speaks HTTP. */
function listener(pod: JsonObject, port: number): 'http' | 'echo' | null {
  for (const container of objectsAt(pod, 'spec', 'containers')) {
    if (port === 80 && webServers.test(textAt(container, 'image'))) return 'http';
    const declared = objectsAt(container, 'ports').find((each) => numberAt(each, 0, 'containerPort') === port);
    if (declared) return textAt(declared, 'name') === 'http' || [80, 8080].includes(port) ? 'http' : 'echo';
  }
  return null;
}

/**
 * Connects to a port in a pod. HTTP ports answer every request with a line that says where it came to; others send back
 * what they get. Null where nothing listens.
 */
export function connectPort(pod: JsonObject, port: number): Duplex | null {
  const kind = listener(pod, port);
  if (kind === null) return null;
  const [near, far] = ConnectionEnd.pair();
  for (const end of [near, far]) end.on('error', () => undefined);
  if (kind === 'echo') far.pipe(far);
  else serverOf(pod, port).emit('connection', far);
  return near;
}

function serverOf(pod: JsonObject, port: number) {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const text = `${request.method} ${request.url} on port ${port} of ${namespaceOf(pod)}/${nameOf(pod)}\n`;
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  return createServer(answer);
}

/** What the kubelet says of a port on which nothing listens. */
export function refusedConnection(pod: JsonObject, port: number): string {
  return `error forwarding port ${port} to pod ${nameOf(pod)}, uid : failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
}
