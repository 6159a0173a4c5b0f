import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { refuse } from '../../../proxy/listener/refuse.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { ask, type Door, dial, openDoor, readAll, statusLine, statusOf, until } from './door.ts';

const MEBIBYTE = 1024 * 1024;
const TOO_LARGE = 'A request line and its headers are at most 1 MiB together, in at most 10000 lines';
const doors: Door[] = [];

async function opened(...options: Parameters<typeof openDoor>): Promise<Door> {
  const door = await openDoor(...options);
  doors.push(door);
  return door;
}

afterEach(async () => {
  for (const door of doors.splice(0)) await door.listener.close(0);
});

/** A request whose head has exactly so many bytes. */
function headOf(door: Door, bytes: number, ...lines: readonly string[]): string {
  const head = (filling: string): string =>
    ['GET /c/prod/api HTTP/1.1', `Host: 127.0.0.1:${door.port}`, ...lines, `X: ${filling}`, '', ''].join('\r\n');
  return head('x'.repeat(bytes - head('').length));
}

function linesOf(count: number): string[] {
  // Host and X are two of them.
  return Array.from({ length: count - 2 }, (_, index) => `Impersonate-Group: g${index}`);
}

/** Writes everything before it reads anything, as a client of few threads does. */
async function writeThenRead(door: Door, bytes: string, pair = door.client): Promise<string> {
  const socket = await dial(door, pair);
  socket.pause();
  await new Promise((resolve) => socket.write(bytes, 'latin1', resolve));
  return readAll(socket.resume());
}

describe('case 67: the head of a request', () => {
  it.each([64 * 1024, 64 * 1024 + 1, 300_000, MEBIBYTE])('is read whole with %i bytes', async (bytes) => {
    const door = await opened();
    expect(statusLine(await ask(door, headOf(door, bytes, 'Connection: close')))).toBe('HTTP/1.1 200 OK');
    expect(door.seen[0]?.rawHeaders.at(-1)).toMatch(/^x+$/);
    expect(door.refused).toEqual([]);
  });

  it.each([MEBIBYTE + 1, MEBIBYTE + 4_096, MEBIBYTE + 100_000, 3 * MEBIBYTE, 20 * MEBIBYTE])(
    'is refused in words that arrive with %i bytes, however the client reads',
    async (bytes) => {
      const door = await opened();
      for (const send of [ask, writeThenRead]) {
        const answer = await send(door, headOf(door, bytes));
        expect(statusLine(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
        expect(statusOf(answer).message).toBe(TOO_LARGE);
      }
      expect(door.seen).toEqual([]);
      expect(door.refused).toEqual(['head-too-large', 'head-too-large']);
    },
  );

  it.each([2_001, 10_000])('is read whole with %i lines', async (count) => {
    const door = await opened();
    const answer = await ask(door, headOf(door, 500_000, ...linesOf(count - 1), 'Connection: close'));
    expect(statusLine(answer)).toBe('HTTP/1.1 200 OK');
    expect(door.seen[0]?.rawHeaders).toHaveLength(2 * count);
  });

  it.each([10_001, 10_040, 30_000])('is refused in words with %i lines, and loses none in silence', async (count) => {
    const door = await opened();
    const answer = await writeThenRead(door, headOf(door, MEBIBYTE - 1, ...linesOf(count)));
    expect(statusLine(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    expect(statusOf(answer).message).toBe(TOO_LARGE);
    expect(door.seen).toEqual([]);
  });

  it('is refused with a target beyond it', async () => {
    const door = await opened();
    const answer = await ask(door, `GET /c/prod/${'x'.repeat(MEBIBYTE)} HTTP/1.1\r\nHost: {host}\r\n\r\n`);
    expect(statusLine(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  });

  it.each([
    [60_000, 401, 'no-client-certificate'],
    [150_000, 431, 'head-too-large'],
  ])('has %i bytes and no certificate: %i', async (bytes, status, reason) => {
    const door = await opened();
    expect(statusLine(await ask(door, headOf(door, bytes), null))).toContain(`HTTP/1.1 ${status} `);
    expect(door.refused).toEqual([reason]);
  });

  it('takes its room from all of a session together, whole or not, and gives it back', async () => {
    const held: Array<() => void> = [];
    const door = await opened({
      limits: { largeHeads: 2 * MEBIBYTE, largeHeadsOfSession: MEBIBYTE },
      onExchange: async (exchange) => {
        await new Promise<void>((resolve) => held.push(resolve));
        await exchange.respond(200, [], Buffer.from('served'));
      },
    });
    const large = headOf(door, 700_000, 'Connection: close');
    const first = ask(door, large);
    await until(() => held.length === 1);
    const second = await writeThenRead(door, large);
    expect(statusLine(second)).toBe('HTTP/1.1 429 Too Many Requests');
    expect(second).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(statusOf(second).message).toMatch(/as many large request heads as it can/);
    // An ordinary one asks for no room.
    const ordinary = ask(door, headOf(door, 10_000, 'Connection: close'));
    await until(() => held.length === 2);
    for (const release of held.splice(0)) release();
    expect((await Promise.all([first, ordinary])).map(statusLine)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);

    const unfinished = await dial(door, door.client);
    unfinished.write(large.slice(0, 600_000));
    await until(() => unfinished.bytesWritten >= 600_000);
    const third = await writeThenRead(door, large);
    expect(statusLine(third)).toBe('HTTP/1.1 429 Too Many Requests');
    unfinished.destroy();
    const last = await served();
    expect(last).toBe('HTTP/1.1 200 OK');

    /** Once the gateway has seen that the unfinished one is gone. */
    async function served(): Promise<string> {
      for (;;) {
        const asking = ask(door, large);
        await Promise.race([asking, until(() => held.length === 1)]);
        held.splice(0)[0]?.();
        const line = statusLine(await asking);
        if (!line.includes('429')) return line;
      }
    }
  });

  it('takes no room for the bodies of the requests before it', async () => {
    const door = await opened({
      limits: { largeHeads: 100_000, largeHeadsOfSession: 100_000 },
      onExchange: async (exchange) => {
        for await (const _ of exchange.body as AsyncIterable<Buffer>);
        await exchange.respond(200, [], Buffer.from('read'));
      },
    });
    const post = `POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2000000\r\n\r\n${'b'.repeat(2_000_000)}`;
    const last = 'GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n';
    const answer = await ask(door, post + post + post + last);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(4).fill('HTTP/1.1 200'));
  });
});

describe('case 67: a refusal arrives before the connection closes', () => {
  const tooLarge = new Refusal('body-too-large', 'Request entity too large: limit is 4');
  const posting = (length: string, body: string): string =>
    `POST /c/prod/api HTTP/1.1\r\nHost: {host}\r\n${length}\r\n\r\n${body}`;

  it.each([
    ['a body of 8 MiB with its length', posting(`Content-Length: ${8 * MEBIBYTE}`, 'b'.repeat(8 * MEBIBYTE))],
    [
      'a chunked body of 8 MiB',
      posting(
        'Transfer-Encoding: chunked',
        `${(8 * MEBIBYTE).toString(16)}\r\n${'b'.repeat(8 * MEBIBYTE)}\r\n0\r\n\r\n`,
      ),
    ],
  ])('though %s is still on its way, and what comes behind it is no request', async (_name, bytes) => {
    const door = await opened({ onExchange: (exchange) => refuse(exchange, tooLarge) });
    const again = 'GET /again HTTP/1.1\r\nHost: {host}\r\n\r\n';
    const sent = (bytes + again).replaceAll('{host}', `127.0.0.1:${door.port}`);
    for (let round = 0; round < 5; round += 1) {
      const answer = await writeThenRead(door, sent);
      expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large');
      expect(answer).toMatch(/\r\nConnection: close\r\n/);
      expect(statusOf(answer).message).toBe(tooLarge.message);
    }
    expect(door.seen.map(({ target }) => target)).toEqual(Array(5).fill('/c/prod/api'));
    expect(door.refused).toEqual([]);
  });

  it('though the body was read in part', async () => {
    const door = await opened({
      onExchange: async (exchange) => {
        await once(exchange.body, 'readable');
        exchange.body.read(1);
        await refuse(exchange, tooLarge);
      },
    });
    const bytes = posting(`Content-Length: ${8 * MEBIBYTE}`, 'b'.repeat(8 * MEBIBYTE));
    const answer = await writeThenRead(door, bytes.replace('{host}', `127.0.0.1:${door.port}`));
    expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large');
  });

  it('to an upgrade, with bytes of the protocol that it asked for behind it', async () => {
    const door = await opened();
    const upgrade = 'GET /c/p HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const bytes = upgrade.replace('{host}', `127.0.0.1:${door.port}`) + '\x82'.repeat(2 * MEBIBYTE);
    const socket = await dial(door, null);
    socket.pause();
    await new Promise((resolve) => socket.write(bytes, 'latin1', resolve));
    expect(statusLine(await readAll(socket.resume()))).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('keeps the connection of a refused request that is whole', async () => {
    const door = await opened({ onExchange: (exchange) => refuse(exchange, tooLarge) });
    const bytes = posting('Content-Length: 5', '12345');
    const last = 'GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n';
    // The second is sent when the first is answered.
    const socket = await dial(door, door.client);
    const answers = readAll(socket);
    const fill = (text: string): string => text.replace('{host}', `127.0.0.1:${door.port}`);
    socket.write(fill('POST /c/prod/api HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n'));
    await until(() => door.seen.length === 1);
    socket.write(fill(bytes + last));
    expect((await answers).match(/HTTP\/1\.1 \d+/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['never closes', 0],
    ['goes on sending', 256 * 1024],
  ])('and a client that %s is cut off', async (_name, bytes) => {
    const door = await opened({ onExchange: (exchange) => refuse(exchange, tooLarge) });
    const socket = await dial(door, door.client);
    // It does not read, so it never learns that it was answered.
    socket.pause();
    socket.write(posting('Content-Length: 99999999999', 'b').replace('{host}', `127.0.0.1:${door.port}`));
    await until(() => door.seen.length === 1);
    const sending = setInterval(() => socket.write(Buffer.alloc(bytes)), 1);
    await until(() => door.seen[0]?.socket.destroyed === true);
    clearInterval(sending);
    socket.destroy();
    expect(door.seen[0]?.bytesFromClient()).toBeLessThan(80 * MEBIBYTE);
  });
});
