// Longer than 300 lines: request, refusal and upgrade are one exchange, seen from both ends through the same door.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../../proxy/listener/exchange.ts';
import { refuse } from '../../../proxy/listener/refuse.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { ask, type Door, dial, openDoor, readAll, statusLine, statusOf, until } from './door.ts';

const doors: Door[] = [];

async function opened(onExchange: (exchange: Exchange) => Promise<void>): Promise<Door> {
  const door = await openDoor({ onExchange });
  doors.push(door);
  return door;
}

afterEach(async () => {
  for (const door of doors.splice(0)) await door.listener.close(0);
});

function head(door: Door, method = 'GET', more = ''): string {
  return `${method} /c/prod/x?a=%2e HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nConnection: close\r\n${more}\r\n`;
}

function upgradeHead(door: Door, method = 'GET', protocol = 'websocket'): string {
  return `${method} /c/prod/x HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
}

/** Reads until the text has come. */
async function readUntil(socket: Readable, text: string): Promise<string> {
  let read = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    read += String(chunk);
    if (read.includes(text)) break;
  }
  return read;
}

describe('a request', () => {
  it('arrives byte for byte: target, repeated header lines, body', async () => {
    let body = '';
    const door = await opened(async (exchange) => {
      for await (const chunk of exchange.body) body += String(chunk);
      await exchange.respond(200, [], null);
    });
    await ask(
      door,
      `${head(door, 'POST', 'Impersonate-Group: a\r\nimpersonate-group: b\r\nContent-Length: 5\r\n')}hello`,
    );
    const [exchange] = door.seen;
    expect(exchange).toMatchObject({ kind: 'request', method: 'POST', target: '/c/prod/x?a=%2e' });
    expect(exchange?.rawHeaders.join(' ')).toContain('Impersonate-Group a impersonate-group b');
    expect(body).toBe('hello');
  });

  it('is answered chunked where no length is known, with each header line of its own', async () => {
    const door = await opened((exchange) =>
      exchange.respond(
        200,
        [
          ['Warning', '299 a "1"'],
          ['Warning', '299 a "2"'],
        ],
        Readable.from([Buffer.from('one'), Buffer.from('two')]),
      ),
    );
    const answer = await ask(door, head(door));
    expect(answer.match(/Warning: /g)).toHaveLength(2);
    expect(answer).toMatch(/Transfer-Encoding: chunked/);
    // Node 24 sends what is written in one turn as one chunk.
    expect(answer).toMatch(/\r\n\r\n(3\r\none\r\n3\r\ntwo|6\r\nonetwo)\r\n0\r\n\r\n$/);
  });

  it.each([
    ['204', 204, 'GET'],
    ['304', 304, 'GET'],
    ['a HEAD', 200, 'HEAD'],
    ['an empty answer', 200, 'GET'],
  ])('has no body after %s', async (_case, status, method) => {
    const door = await opened((exchange) => exchange.respond(status, [['ETag', '"x"']], null));
    const answer = await ask(door, head(door, method));
    expect(statusLine(answer)).toContain(String(status));
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
    expect(answer).not.toMatch(/content-type/i);
  });

  it('sees the head of a watch before its first event', async () => {
    let release = (): void => undefined;
    const quiet = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* events(): AsyncGenerator<Buffer> {
      await quiet;
      yield Buffer.from('event');
    }
    const door = await opened((exchange) => exchange.respond(200, [], events()));
    const socket = await dial(door, door.client);
    socket.write(head(door));
    expect(await readUntil(socket, '\r\n\r\n')).toContain('200 OK');
    release();
    expect(await readUntil(socket, 'event')).toContain('event');
    socket.destroy();
  });

  it('that is read slowly holds back its source', async () => {
    let produced = 0;
    async function* flood(): AsyncGenerator<Buffer> {
      for (; produced < 400; produced += 1) yield Buffer.alloc(256 * 1024);
    }
    const door = await opened((exchange) => exchange.respond(200, [], flood()).catch(() => undefined));
    const socket = await dial(door, door.client);
    socket.pause();
    socket.write(head(door));
    await until(() => produced > 0);
    let before = -1;
    while (before !== produced) {
      before = produced;
      await sleep(100);
    }
    expect(produced).toBeLessThan(200);
    socket.destroy();
    await until(() => door.seen[0]?.signal.aborted === true);
  });

  it('whose body breaks is cut off, so that a part is never taken for the whole', async () => {
    const outcomes: unknown[] = [];
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('part');
      throw new Error('upstream broke');
    }
    const door = await opened(async (exchange) => {
      await exchange.respond(200, [], broken()).catch((error: Error) => outcomes.push(error.message));
      await refuse(exchange, new Refusal('internal-error', 'too late'));
    });
    const answer = await ask(door, head(door));
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(answer).not.toMatch(/too late/);
    expect(outcomes).toEqual(['upstream broke']);
  });

  it('aborts its signal when the client goes away, and only then', async () => {
    const door = await opened(async (exchange) => {
      if (exchange.target.endsWith('wait')) await once(exchange.signal, 'abort');
      else await exchange.respond(200, [], Buffer.from('done'));
    });
    await ask(door, head(door));
    expect(door.seen[0]?.signal.aborted).toBe(false);
    const socket = await dial(door, door.client);
    socket.write(`GET /wait HTTP/1.1\r\nHost: localhost:${door.port}\r\n\r\n`);
    await until(() => door.seen.length === 2);
    socket.destroy();
    await until(() => door.seen[1]?.signal.aborted === true);
  });

  it('counts its own bytes on a connection that is used again', async () => {
    const door = await opened((exchange) => exchange.respond(200, [], Buffer.alloc(10_000, 'x')));
    const socket = await dial(door, door.client);
    const request = `GET / HTTP/1.1\r\nHost: localhost:${door.port}\r\n\r\n`;
    const counts: Array<readonly [number | undefined, number | undefined]> = [];
    for (const index of [0, 1]) {
      socket.write(request);
      await until(() => (door.seen[index]?.bytesToClient() ?? 0) > 10_000);
      counts.push([door.seen[index]?.bytesFromClient(), door.seen[index]?.bytesToClient()]);
      await sleep(10);
    }
    expect(counts[0]?.[0]).toBe(request.length);
    expect(counts[1]).toEqual(counts[0]);
    socket.destroy();
  });

  it('is answered once', async () => {
    const second: unknown[] = [];
    const door = await opened(async (exchange) => {
      await exchange.respond(200, [], null);
      await exchange.respond(200, [], null).catch((error: Error) => second.push(error.message));
    });
    await ask(door, head(door));
    expect(second).toEqual(['This exchange was answered already']);
  });

  it('that got a header which cannot be sent can still be refused', async () => {
    const door = await opened(async (exchange) => {
      await exchange.respond(200, [['X-Bad', 'a\r\nInjected: yes']], null);
    });
    const answer = await ask(door, head(door));
    expect(statusLine(answer)).toBe('HTTP/1.1 500 Internal Server Error');
    expect(answer).not.toMatch(/Injected/);
  });
});

describe('a refusal', () => {
  it('is a Status in JSON with its warnings, and says nothing of its cause', async () => {
    const refusal = new Refusal('denied-by-policy', 'no\nway', {
      warnings: ['say "please"', 'second\u001b[31m'],
      retryAfterSeconds: 3,
      cause: new Error('a detail of the inside'),
    });
    const door = await opened((exchange) => refuse(exchange, refusal, 'audit-1'));
    const answer = await ask(door, head(door, 'GET', 'Accept: application/yaml\r\n'));
    expect(statusLine(answer)).toBe('HTTP/1.1 403 Forbidden');
    for (const line of [
      'Content-Type: application/json',
      'Cache-Control: no-cache, private',
      'Audit-Id: audit-1',
      'Retry-After: 3',
      'Warning: 299 gatehouse "say \\"please\\""',
      'Warning: 299 gatehouse "second\\\\u001b[31m"',
    ]) {
      expect(answer).toContain(`\r\n${line}\r\n`);
    }
    expect(statusOf(answer)).toMatchObject({ kind: 'Status', reason: 'Forbidden', message: 'no way' });
    expect(answer).not.toContain('inside');
  });
});

describe('an upgrade', () => {
  it.each([
    ['GET', 'websocket'],
    ['POST', 'SPDY/3.1'],
  ])('(%s, %s) enters the same call as a request and relays raw bytes after the 101', async (method, protocol) => {
    const door = await opened(async (exchange) => {
      const client = exchange.acceptUpgrade([
        ['Connection', 'Upgrade'],
        ['Upgrade', protocol],
      ]);
      client.write(exchange.head);
      client.on('data', (chunk) => client.write(chunk));
      await once(client, 'end');
      client.end();
    });
    const socket = await dial(door, door.client);
    const expected = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\nearly late`;
    const answer = readAll(socket);
    socket.write(`${upgradeHead(door, method, protocol)}early `);
    await until(() => door.seen.length === 1);
    socket.write('late');
    await until(() => door.seen[0]?.bytesToClient() === expected.length);
    socket.end();
    expect(await answer).toBe(expected);
    expect(door.seen[0]?.bytesFromClient()).toBe(`${upgradeHead(door, method, protocol)}early late`.length);
    expect(door.seen[0]).toMatchObject({ kind: 'upgrade', method });
    expect(door.seen[0]?.signal.aborted).toBe(false);
  });

  it('case 19: refused, is over: a request pipelined behind it is never read', async () => {
    const door = await opened((exchange) => refuse(exchange, new Refusal('denied-by-policy', 'no exec here')));
    const answer = await ask(door, upgradeHead(door) + head(door, 'DELETE'));
    expect(statusLine(answer)).toBe('HTTP/1.1 403 Forbidden');
    expect(answer).toMatch(/Connection: close/);
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(door.seen).toHaveLength(1);
  });

  it('case 20: holds back what comes behind its head until the 101, also what comes later', async () => {
    let decide = (): void => undefined;
    const decision = new Promise<void>((resolve) => {
      decide = resolve;
    });
    let received = '';
    const door = await opened(async (exchange) => {
      await decision;
      const client = exchange.acceptUpgrade([['Upgrade', 'websocket']]);
      received += String(exchange.head);
      client.on('data', (chunk) => {
        received += String(chunk);
      });
      await once(client, 'end');
      client.end();
    });
    const socket = await dial(door, door.client);
    const answer = readAll(socket);
    socket.write(`${upgradeHead(door)}one `);
    await until(() => door.seen.length === 1);
    socket.write('two ');
    await until(() => (door.seen[0]?.head.length ?? 0) === 8);
    decide();
    await until(() => (door.seen[0]?.bytesToClient() ?? 0) > 0);
    socket.end('three');
    await answer;
    expect(received).toBe('one two three');
  });

  it('takes in only so much before the 101, and loses nothing of it', async () => {
    let decide = (): void => undefined;
    const decision = new Promise<void>((resolve) => {
      decide = resolve;
    });
    const flood = 4 * 1024 * 1024;
    let received = 0;
    const door = await opened(async (exchange) => {
      await decision;
      const client = exchange.acceptUpgrade([['Upgrade', 'websocket']]);
      received += exchange.head.length;
      client.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      await once(client, 'end');
      client.end();
    });
    const socket = await dial(door, door.client);
    const answer = readAll(socket);
    socket.write(upgradeHead(door));
    socket.end(Buffer.alloc(flood));
    await until(() => (door.seen[0]?.head.length ?? 0) >= 64 * 1024);
    await sleep(100);
    expect(door.seen[0]?.head.length).toBeLessThan(256 * 1024);
    decide();
    await answer;
    expect(received).toBe(flood);
  });

  it('that waits for a decision notices that its client gave up', async () => {
    const door = await opened((exchange) => once(exchange.signal, 'abort').then(() => undefined));
    const socket = await dial(door, door.client);
    socket.write(upgradeHead(door));
    await until(() => door.seen.length === 1);
    socket.destroy();
    await until(() => door.seen[0]?.signal.aborted === true);
  });

  it('that was accepted ends when its certificate is revoked', async () => {
    const door = await opened(async (exchange) => {
      exchange.acceptUpgrade([['Upgrade', 'websocket']]).resume();
      await once(exchange.signal, 'abort');
    });
    const socket = await dial(door, door.client);
    const answer = readAll(socket);
    socket.write(upgradeHead(door));
    await until(() => (door.seen[0]?.bytesToClient() ?? 0) > 0);
    door.certificates.revoke(door.client.fingerprint);
    await answer;
    expect(door.seen[0]?.signal.reason).toMatchObject({ message: expect.stringMatching(/session .* was closed/) });
  });
});
