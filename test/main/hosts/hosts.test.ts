import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HostClient } from '../../../main/hosts/host-client.ts';
import { serveHost } from '../../../main/hosts/host-server.ts';
import { type Channel, HostError } from '../../../main/hosts/protocol.ts';
import { MOST_RESTARTS, restartBackoff } from '../../../main/hosts/restart-backoff.ts';
import { Refusal } from '../../../proxy/refusal.ts';

const protocol = {
  name: 'test',
  calls: {
    double: { argument: z.number().int(), answer: z.number() },
    fail: { argument: z.enum(['host', 'refusal', 'plain']), answer: z.void() },
    lie: { argument: z.void(), answer: z.string() },
    never: { argument: z.void(), answer: z.void() },
  },
  events: { ticked: z.object({ count: z.number() }) },
} as const;

const open: Array<() => void> = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function connect() {
  const { port1, port2 } = new MessageChannel();
  open.push(() => port1.close());
  const channel = (port: typeof port1): Channel => ({
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (message) => listener(message, [])),
  });
  let emit: (count: unknown) => void = () => {};
  serveHost(protocol, channel(port2), (emitEvent) => {
    emit = (count) => emitEvent('ticked', { count } as { count: number });
    return {
      double: (value) => value * 2,
      fail: (how) => {
        if (how === 'host') throw new HostError('told', 'in words', 'details');
        if (how === 'refusal') throw new Refusal('denied-by-policy', 'no');
        throw new Error('a bug');
      },
      lie: () => 7 as unknown as string,
      never: () => new Promise<void>(() => {}),
    };
  });
  return { client: new HostClient(protocol, channel(port1)), raw: port1, emit: (count: unknown) => emit(count) };
}

describe('main and a host', () => {
  test('answer calls', async () => {
    const { client } = connect();
    expect(await Promise.all([client.call('double', 4), client.call('double', 5)])).toEqual([8, 10]);
  });

  test.each([
    ['host', { code: 'told', message: 'in words', details: 'details' }],
    ['refusal', { code: 'denied-by-policy', message: 'no' }],
    ['plain', { code: 'internal-error', message: 'a bug' }],
  ] as const)('keep the code of an error (%s)', async (how, expected) => {
    await expect(connect().client.call('fail', how)).rejects.toMatchObject(expected);
  });

  test('refuse an argument that does not fit, an answer that does not fit, and a call that does not exist', async () => {
    const { client } = connect();
    await expect(client.call('double', 1.5)).rejects.toMatchObject({ code: 'message-malformed' });
    await expect(client.call('lie', undefined)).rejects.toMatchObject({ code: 'message-malformed' });
    await expect(client.call('toString' as 'never', undefined)).rejects.toMatchObject({ code: 'call-unknown' });
  });

  test('tell events, and drop those that do not fit', async () => {
    const { client, emit } = connect();
    const counts: number[] = [];
    client.on('ticked', ({ count }) => counts.push(count));
    emit('many');
    emit(2);
    await client.call('double', 1);
    expect(counts).toEqual([2]);
  });

  test('pass over what is no message of theirs', async () => {
    const { client, raw } = connect();
    raw.postMessage('noise');
    raw.postMessage({ call: 'x' });
    expect(await client.call('double', 2)).toBe(4);
  });

  test('end every call when the process is gone', async () => {
    const { client } = connect();
    const waiting = client.call('never', undefined);
    client.end('it crashed');
    await expect(waiting).rejects.toMatchObject({ code: 'host-gone', message: 'it crashed' });
    await expect(client.call('double', 1)).rejects.toMatchObject({ code: 'host-gone' });
  });
});

describe('a host that ends by itself', () => {
  test('comes back after 100 ms, and waits twice as long each time', () => {
    const delays = [1, 2, 3, 4, 5, 6].map(
      (count) => restartBackoff(Array.from({ length: count }, (_, at) => at)).delayMs,
    );
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200]);
  });
  test('is left alone after too many ends in a minute', () => {
    expect(restartBackoff(Array.from({ length: MOST_RESTARTS + 1 }, (_, at) => at)).delayMs).toBe(null);
  });
  test('starts over when it ran for a minute', () => {
    expect(restartBackoff([0, 1, 2, 3, 4, 5, 6, 70_000])).toEqual({ delayMs: 100, restarts: 1 });
  });
});
