// Longer than 300 lines: who may connect and who not, at one door; the refusals are only comparable side by side.
import { once } from 'node:events';
import { request } from 'node:https';
import { createConnection, createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { connect } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCertificateAuthority, issueClientCertificate } from '../../../proxy/access/certificate-authority.ts';
import { ListenError } from '../../../proxy/listener/listening-address.ts';
import { startListener } from '../../../proxy/listener/start-listener.ts';
import {
  ask,
  askInClear,
  Certificates,
  type Door,
  dial,
  openDoor,
  PRINCIPAL,
  readAll,
  statusLine,
  statusOf,
  until,
} from './door.ts';

const GET = 'GET /c/prod/api HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n';

/**
 * A client on a thread of its own, because the listener's stands still meanwhile: once the first answer is there it sends
 * a request whose body comes in several TLS records, and says so in `sent`.
 */
const HURRIED_CLIENT = `
const { parentPort, workerData } = require('node:worker_threads');
const { connect } = require('node:tls');
const { host, sent, answer, ...options } = workerData;
const socket = connect(options);
socket.setNoDelay(true);
let received = '';
let asked = false;
socket.on('error', () => undefined);
socket.on('data', (chunk) => {
  received += chunk.toString('latin1');
  if (!asked && received.length > answer) {
    asked = true;
    socket.write('POST / HTTP/1.1\\r\\nHost: ' + host + '\\r\\nConnection: close\\r\\nContent-Length: 20000\\r\\n\\r\\n' + 'b'.repeat(4000));
    socket.write('b'.repeat(8000));
    socket.write('b'.repeat(8000), () => Atomics.notify(sent, 0, Atomics.store(sent, 0, 1)));
  }
});
socket.on('close', () => parentPort.postMessage(received.split('HTTP/1.1 200 OK').length - 1));
socket.write('GET / HTTP/1.1\\r\\nHost: ' + host + '\\r\\n\\r\\n');
`;
const doors: Door[] = [];

async function opened(...options: Parameters<typeof openDoor>): Promise<Door> {
  const door = await openDoor(...options);
  doors.push(door);
  return door;
}

afterEach(async () => {
  for (const door of doors.splice(0)) await door.listener.close(0);
});

describe('a client with a live certificate', () => {
  it('is served as the principal of its certificate, whatever its headers say', async () => {
    const door = await opened();
    const answer = await ask(
      door,
      GET.replace('\r\n\r\n', '\r\nX-Remote-User: root\r\nAuthorization: Bearer x\r\n\r\n'),
    );
    expect(statusLine(answer)).toBe('HTTP/1.1 200 OK');
    expect(answer).toMatch(/\/c\/prod\/api/);
    expect(door.seen[0]?.principal).toEqual(PRINCIPAL);
    expect(door.refused).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('may call the gateway %s', async (name) => {
    const door = await opened();
    expect(statusLine(await ask(door, GET.replace('{host}', `${name}:${door.port}`)))).toBe('HTTP/1.1 200 OK');
  });

  it('may send the gateway itself as Origin, as WebSocket clients do', async () => {
    const door = await opened();
    const answer = await ask(door, GET.replace('\r\n\r\n', '\r\nOrigin: https://{host}\r\n\r\n'));
    expect(statusLine(answer)).toBe('HTTP/1.1 200 OK');
  });

  it('is served when its next request comes while the last answer is still on its way out', async () => {
    // More than a socket's buffer holds in any release of Node.
    const large = Buffer.alloc(200_000, 'a');
    const sent = new Int32Array(new SharedArrayBuffer(4));
    const door = await opened({
      onExchange: async (exchange) => {
        if (exchange.method === 'GET') {
          await setImmediate();
          const answered = exchange.respond(200, [['Content-Length', String(large.length)]], large);
          Atomics.wait(sent, 0, 0, 5_000);
          return answered;
        }
        for await (const _ of exchange.body as AsyncIterable<Buffer>);
        return exchange.respond(200, [], Buffer.from('ok'));
      },
    });
    const { authority, client, port } = door;
    const place = { host: `127.0.0.1:${port}`, port, ca: authority.certificate };
    const pair = { cert: client.certificate, key: client.privateKey };
    const worker = new Worker(HURRIED_CLIENT, {
      eval: true,
      workerData: { ...place, ...pair, sent, answer: large.length },
    });
    const [served] = await once(worker, 'message');
    expect(served).toBe(2);
    expect(door.refused).toEqual([]);
  });

  it('keeps its connection for the next request', async () => {
    const door = await opened();
    const answer = await ask(door, `GET /one HTTP/1.1\r\nHost: {host}\r\n\r\n${GET}`);
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
  });

  it('negotiates HTTP/1.1 and never resumes a TLS session', async () => {
    const door = await opened();
    const options = {
      host: '127.0.0.1',
      port: door.port,
      ca: door.authority.certificate,
      cert: door.client.certificate,
      key: door.client.privateKey,
      ALPNProtocols: ['h2', 'http/1.1'],
    };
    const sessions: Buffer[] = [];
    const first = connect(options);
    first.on('session', (session) => sessions.push(session));
    const answered = readAll(first);
    first.write(GET.replace('{host}', `localhost:${door.port}`));
    await answered;
    expect(first.alpnProtocol).toBe('http/1.1');
    const second = connect({ ...options, ...(sessions[0] === undefined ? {} : { session: sessions[0] }) });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });
});

describe('everyone else gets a 401 Status and nothing more', () => {
  it('no client certificate', async () => {
    const door = await opened();
    const answer = await ask(door, GET, null);
    expect(statusLine(answer)).toBe('HTTP/1.1 401 Unauthorized');
    expect(statusOf(answer)).toMatchObject({ reason: 'Unauthorized', code: 401 });
    expect(answer).toMatch(/Cache-Control: no-cache, private/);
    expect(door.refused).toEqual(['no-client-certificate']);
    expect(door.seen).toEqual([]);
  });

  it('a certificate of another authority with the same names', async () => {
    const door = await opened();
    const foreign = await issueClientCertificate(await createCertificateAuthority(), {
      principal: PRINCIPAL,
      cluster: null,
      now: Date.now(),
      lifetime: 60_000,
    });
    expect(statusLine(await ask(door, GET, foreign))).toBe('HTTP/1.1 401 Unauthorized');
    expect(door.refused).toEqual(['foreign-certificate']);
    expect(door.seen).toEqual([]);
  });

  it('an expired certificate', async () => {
    const door = await opened();
    const expired = await issueClientCertificate(door.authority, {
      principal: PRINCIPAL,
      cluster: null,
      now: Date.now() - 7_200_000,
      lifetime: 3_600_000,
    });
    door.certificates.states.set(expired.fingerprint, {
      state: 'live',
      cluster: null,
      principal: PRINCIPAL,
      notAfter: expired.notAfter,
    });
    const answer = await ask(door, GET, expired);
    expect(statusOf(answer).message).toMatch(/has expired/);
    expect(door.refused).toEqual(['expired-certificate']);
  });

  it('a certificate of our authority that is not among the live ones', async () => {
    const door = await opened();
    door.certificates.states.clear();
    expect(statusLine(await ask(door, GET))).toBe('HTTP/1.1 401 Unauthorized');
    expect(door.refused).toEqual(['unknown-certificate']);
  });

  it('a revoked certificate', async () => {
    const door = await opened();
    door.certificates.revoke(door.client.fingerprint);
    expect(statusOf(await ask(door, GET)).message).toMatch(/session that was closed/);
    expect(door.refused).toEqual(['revoked-certificate']);
  });

  it('also for an upgrade, whose tunnel is never opened', async () => {
    const door = await opened();
    const upgrade = 'GET /c/prod/api HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const answer = await ask(door, upgrade + GET, null);
    expect(statusLine(answer)).toBe('HTTP/1.1 401 Unauthorized');
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(door.refused).toEqual(['no-client-certificate']);
  });
});

describe('a certificate revoked while its connection is open', () => {
  it('ends the requests under way and closes the socket', async () => {
    const door = await opened({
      onExchange: (exchange) =>
        new Promise((_resolve, reject) => {
          exchange.signal.addEventListener('abort', () => reject(exchange.signal.reason));
        }),
    });
    const socket = await dial(door, door.client);
    const closed = readAll(socket);
    socket.write(GET.replace('{host}', `localhost:${door.port}`));
    await until(() => door.seen.length === 1);
    door.certificates.revoke(door.client.fingerprint);
    expect(await closed).toBe('');
    expect(door.seen[0]?.signal.aborted).toBe(true);
  });

  it('is refused on the next request even where the socket were to stay open', async () => {
    const door = await opened();
    const socket = await dial(door, door.client);
    const answers = readAll(socket);
    socket.write(`GET /one HTTP/1.1\r\nHost: localhost:${door.port}\r\n\r\n`);
    await until(() => door.seen.length === 1);
    door.certificates.states.set(door.client.fingerprint, { state: 'revoked' });
    socket.write(GET.replace('{host}', `localhost:${door.port}`));
    expect(await answers).toMatch(/HTTP\/1.1 200 OK.*HTTP\/1.1 401 Unauthorized/s);
    expect(door.seen).toHaveLength(1);
  });
});

describe('a request that is still unanswered', () => {
  const first = 'GET /one HTTP/1.1\r\nHost: {host}\r\n\r\n';

  it.each([
    ['an upgrade', 'GET /two HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ])('is the last of its connection where %s comes behind it: its answer would go into the stream', async (_, next) => {
    const door = await opened({
      onExchange: (exchange) =>
        new Promise((_resolve, reject) => {
          exchange.signal.addEventListener('abort', () => reject(exchange.signal.reason));
        }),
    });
    expect(await ask(door, first + next)).toBe('');
    expect(door.seen.map(({ target }) => target)).toEqual(['/one']);
    await until(() => door.seen[0]?.signal.aborted === true);
    expect(door.refused).toEqual(['malformed-http']);
  });
});

describe('a certificate that runs out while its connection is open', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** TLS looks at the certificate once, in the handshake; from then on the gateway's own clock counts. */
  const setClock = (time: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: time });
  };
  const second = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: {host}\r\n${more}\r\n`;

  it.each([
    ['a request', ''],
    ['an upgrade', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
  ])('%s on it gets a 401 from that moment on, and the connection ends', async (_what, headers) => {
    const door = await opened();
    const host = `localhost:${door.port}`;
    const socket = await dial(door, door.client);
    const answers = readAll(socket);
    setClock(door.client.notAfter.getTime() - 1);
    socket.write(second('/one').replace('{host}', host));
    await until(() => door.seen.length === 1);
    setClock(door.client.notAfter.getTime());
    socket.write(second('/two', headers).replace('{host}', host));
    const said = await answers;
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
    expect(said).toMatch(/certificate has expired/);
    expect(door.seen.map(({ target }) => target)).toEqual(['/one']);
    expect(door.refused).toEqual(['expired-certificate']);
  });

  it('a request that came in time is served to its end', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const door = await opened({
      onExchange: async (exchange) => {
        await finished;
        await exchange.respond(200, [['Content-Type', 'text/plain']], Buffer.from('done'));
      },
    });
    const answer = ask(door, GET);
    await until(() => door.seen.length === 1);
    setClock(door.client.notAfter.getTime() + 1_000);
    finish();
    expect(statusLine(await answer)).toBe('HTTP/1.1 200 OK');
  });
});

describe('a web page (DNS rebinding, cross-site requests)', () => {
  it.each([
    ['a rebound name', 'Host: evil.example:{port}', 'foreign-host'],
    ['another port', 'Host: 127.0.0.1:1', 'foreign-host'],
    ['no port', 'Host: 127.0.0.1', 'foreign-host'],
    ['another loopback address', 'Host: 127.0.0.2:{port}', 'foreign-host'],
    ['no Host', 'X-Nothing: here', 'foreign-host'],
    ['two Hosts', 'Host: 127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}', 'foreign-host'],
    ['a foreign Origin', 'Host: 127.0.0.1:{port}\r\nOrigin: https://evil.example', 'foreign-origin'],
    ['the opaque Origin', 'Host: 127.0.0.1:{port}\r\nOrigin: null', 'foreign-origin'],
    ['our Origin without TLS', 'Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}', 'foreign-origin'],
    ['Fetch Metadata', 'Host: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin', 'foreign-origin'],
  ])('is refused: %s', async (_case, headers, reason) => {
    const door = await opened();
    const lines = headers.replaceAll('{port}', String(door.port));
    const answer = await ask(door, `GET / HTTP/1.1\r\n${lines}\r\n\r\n`);
    expect(statusLine(answer)).toBe('HTTP/1.1 403 Forbidden');
    expect(door.refused).toEqual([reason]);
    expect(door.seen).toEqual([]);
  });
});

describe('what is not a request', () => {
  it('plain HTTP is refused without an answer', async () => {
    const door = await opened();
    expect(await askInClear(door, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toMatch(/HTTP/);
    expect(door.refused).toEqual(['plain-http']);
  });

  it.each([
    ['noise', '\x01\x02\x03 noise of a scanner\r\n\r\n'],
    ['an SSH banner', 'SSH-2.0-scanner\r\n'],
  ])('%s instead of a handshake is counted', async (_case, bytes) => {
    const door = await opened();
    await askInClear(door, bytes);
    expect(door.refused).toEqual(['tls-handshake']);
  });

  it.each([
    ['noise', 'noise\r\n\r\n', 400, 'malformed-http'],
    ['case 32: a space before the colon', 'GET / HTTP/1.1\r\nHost : {host}\r\n\r\n', 400, 'malformed-http'],
    [
      'case 32: Content-Length beside Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed-http',
    ],
  ])('%s gets a Status and is counted', async (_case, bytes, status, reason) => {
    const door = await opened();
    const answer = await ask(door, bytes);
    expect(statusLine(answer)).toContain(`HTTP/1.1 ${status}`);
    expect(statusOf(answer).code).toBe(status);
    expect(door.refused).toEqual([reason]);
    expect(door.seen).toEqual([]);
  });

  it('CONNECT is refused: the gateway is no forward proxy', async () => {
    const door = await opened();
    const answer = await ask(door, `CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}\r\n\r\n${GET}`);
    expect(statusLine(answer)).toBe('HTTP/1.1 405 Method Not Allowed');
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(door.refused).toEqual(['connect-method']);
  });

  it('an unknown expectation is refused', async () => {
    const door = await opened();
    const answer = await ask(door, GET.replace('\r\n\r\n', '\r\nExpect: miracles\r\n\r\n'));
    expect(statusLine(answer)).toBe('HTTP/1.1 417 Expectation Failed');
    expect(door.refused).toEqual(['expectation']);
  });

  it('a head that dribbles in is cut off', async () => {
    const door = await opened({ limits: { head: 2_000 } });
    const answer = await ask(door, 'GET / HTTP/1.1\r\nHost: ');
    expect(statusLine(answer)).toBe('HTTP/1.1 408 Request Timeout');
    expect(door.refused).toEqual(['too-slow']);
  });

  it('a handshake that never comes is cut off', async () => {
    const door = await opened({ limits: { handshake: 100 } });
    expect(await askInClear(door, '')).toBe('');
    expect(door.refused).toEqual(['tls-handshake']);
  });

  it('connections beyond the limit are dropped', async () => {
    const door = await opened({ limits: { connections: 1 } });
    const socket = await dial(door, door.client);
    await askInClear(door, '');
    expect(door.refused).toEqual(['too-many-connections']);
    socket.destroy();
  });
});

describe('the address', () => {
  it('says which port is taken, with the code', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const failing = startListener({
      host: '127.0.0.1',
      port,
      authority: await createCertificateAuthority(),
      access: new Certificates(),
      onExchange: async () => undefined,
      countRefused: () => undefined,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    await expect(failing).rejects.toThrow(ListenError);
    await expect(failing).rejects.toMatchObject({ code: 'EADDRINUSE', message: expect.stringContaining(String(port)) });
    other.close();
  });
});

describe('closing', () => {
  it('lets an answer under way finish and takes no new connection', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const door = await openDoor({
      onExchange: async (exchange) => {
        await held;
        await exchange.respond(200, [], Buffer.from('whole'));
      },
    });
    const answer = ask(door, GET);
    await until(() => door.seen.length === 1);
    const closed = door.listener.close(5_000);
    finish();
    expect(await answer).toMatch(/whole/);
    await closed;
    await expect(dial(door, door.client)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('ends what does not finish in time', async () => {
    const door = await openDoor({ onExchange: () => new Promise(() => undefined) });
    const answer = ask(door, GET);
    await until(() => door.seen.length === 1);
    await door.listener.close(20);
    expect(await answer).toBe('');
    expect(door.seen[0]?.signal.aborted).toBe(true);
  });
});

describe('a handler that fails', () => {
  it('is answered with an internal error that says nothing of the cause', async () => {
    const door = await opened({ onExchange: () => Promise.reject(new Error('a detail of the inside')) });
    const answer = await ask(door, GET);
    expect(statusLine(answer)).toBe('HTTP/1.1 500 Internal Server Error');
    expect(answer).not.toMatch(/inside/);
    expect(door.logged).toHaveLength(1);
  });
});

it('answers https.request of Node, headers and all', async () => {
  const door = await opened({
    onExchange: (exchange) =>
      exchange.respond(
        200,
        [
          ['Warning', '299 gatehouse "one"'],
          ['Warning', '299 gatehouse "two – 二"'],
        ],
        Buffer.from('{}'),
      ),
  });
  const { certificate, privateKey } = door.client;
  const outgoing = request({
    port: door.port,
    host: '127.0.0.1',
    ca: door.authority.certificate,
    cert: certificate,
    key: privateKey,
  });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  const warnings = (response.rawHeaders as string[]).filter((line) => line.startsWith('299'));
  expect(warnings.map((line) => Buffer.from(line, 'latin1').toString('utf8'))).toEqual([
    '299 gatehouse "one"',
    '299 gatehouse "two – 二"',
  ]);
});

describe('more than can be served at one time', () => {
  it('is told to come again by a 429 with Retry-After, and served when there is room', async () => {
    const held: Array<() => void> = [];
    const door = await opened({
      limits: { requests: 2, requestsOfSession: 2 },
      onExchange: async (exchange) => {
        await new Promise<void>((resolve) => held.push(resolve));
        await exchange.respond(200, [], Buffer.from('served'));
      },
    });
    const first = [ask(door, GET), ask(door, GET)];
    await until(() => held.length === 2);
    const third = await ask(door, GET);
    expect(statusLine(third)).toBe('HTTP/1.1 429 Too Many Requests');
    expect(third).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(statusOf(third)).toMatchObject({ reason: 'TooManyRequests', code: 429 });
    expect(door.refused).toEqual(['gateway-busy']);
    for (const release of held) release();
    expect((await Promise.all(first)).map(statusLine)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    const fourth = ask(door, GET);
    await until(() => held.length === 3);
    held[2]?.();
    expect(statusLine(await fourth)).toBe('HTTP/1.1 200 OK');
  });

  it('does not count what lasts', async () => {
    const door = await opened({
      limits: { requests: 1, requestsOfSession: 1, lasting: 1, lastingOfSession: 1 },
      onExchange: async (exchange) => {
        if (exchange.target.includes('watch')) {
          exchange.lasting();
          await new Promise((resolve) => exchange.signal.addEventListener('abort', resolve));
          return;
        }
        await exchange.respond(200, [], null);
      },
    });
    const watch = await dial(door, door.client);
    watch.write(GET.replace('/api', '/api?watch=1').replace('{host}', `127.0.0.1:${door.port}`));
    await until(() => door.seen.length === 1);
    expect(statusLine(await ask(door, GET))).toBe('HTTP/1.1 200 OK');
    expect(statusLine(await ask(door, GET.replace('/api', '/api?watch=2')))).toBe('HTTP/1.1 429 Too Many Requests');
    watch.destroy();
  });
});

describe('connections that show no certificate', () => {
  it('cannot keep others out: the oldest of them goes', async () => {
    const door = await opened();
    const strangers = await Promise.all(
      Array.from({ length: 520 }, async () => {
        const socket = createConnection({ host: '127.0.0.1', port: door.port });
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        return socket;
      }),
    );
    await until(() => door.refused.length >= 8);
    await until(() => strangers.filter(({ destroyed, closed }) => destroyed || closed).length >= 8);
    expect(statusLine(await ask(door, GET))).toBe('HTTP/1.1 200 OK');
    expect(door.refused).toContain('too-many-connections');
    for (const socket of strangers) socket.destroy();
  });
});
