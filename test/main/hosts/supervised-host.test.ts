import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { HostError } from '../../../main/hosts/protocol.ts';
import { MOST_RESTARTS } from '../../../main/hosts/restart-backoff.ts';
import { type Fork, SupervisedHost } from '../../../main/hosts/supervised-host.ts';

const protocol = {
  name: 'test',
  calls: {
    stop: { argument: z.void(), answer: z.void() },
    ask: { argument: z.void(), answer: z.string() },
  },
  events: {},
} as const;

/** A process that answers each call, or none where `mute`. */
class Child extends EventEmitter {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly called: string[] = [];
  mute = false;
  killed = false;
  postMessage(message: unknown): void {
    const { call, name } = message as { call: number; name: string };
    this.called.push(name);
    if (!this.mute) queueMicrotask(() => this.emit('message', { call, answer: name === 'ask' ? 'yes' : undefined }));
  }
  kill(): boolean {
    this.killed = true;
    queueMicrotask(() => this.emit('exit', 0));
    return true;
  }
}

function setUp(prepare: () => Promise<void> = async () => {}) {
  const children: Child[] = [];
  const forked: Array<Parameters<Fork>> = [];
  const states: Array<[string, string | null]> = [];
  const log: string[] = [];
  const host = new SupervisedHost({
    protocol,
    fork: (...given) => {
      forked.push(given);
      const child = new Child();
      children.push(child);
      return child;
    },
    entry: '/built/test-host.js',
    environment: { PATH: '/bin' },
    log: (line) => log.push(line),
    prepare,
    onState: (state, error) => states.push([state, error?.code ?? null]),
  });
  const farewell = () => host.stop((client) => client.call('stop', undefined));
  const newest = () => children.at(-1) ?? new Child();
  return { host, children, forked, states, log, farewell, newest };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('a host', () => {
  test('is one process with the environment that it is given and no other', async () => {
    const { host, forked, states } = setUp();
    await host.start();
    await host.start();
    expect(forked).toEqual([
      ['/built/test-host.js', [], { serviceName: 'Gatehouse test', stdio: 'pipe', env: { PATH: '/bin' } }],
    ]);
    expect(states.map(([state]) => state)).toEqual(['starting', 'running']);
    expect(await (await host.client()).call('ask', undefined)).toBe('yes');
  });

  test('has each line that it writes in the log', async () => {
    const { host, newest, log } = setUp();
    await host.start();
    newest().stdout.write('one\ntwo\n');
    newest().stderr.write('three\n');
    await pass(0);
    expect(log).toEqual(['one', 'two', 'three']);
  });

  test('is not asked before it is prepared', async () => {
    let ready = () => {};
    const { host } = setUp(() => new Promise((resolve) => (ready = resolve)));
    const starting = host.start();
    const asked = host.client();
    let got = false;
    asked.then(() => (got = true));
    await pass(1_000);
    expect(got).toBe(false);
    ready();
    await starting;
    await asked;
  });

  test('that was never started is not waited for', async () => {
    await expect(setUp().host.client()).rejects.toMatchObject({ code: 'host-unavailable' });
  });
});

describe('a host that ends by itself', () => {
  test('comes back, and who asks meanwhile waits for it', async () => {
    const { host, children, states, newest } = setUp();
    await host.start();
    newest().emit('exit', 9);
    const asked = host.client().then((client) => client.call('ask', undefined));
    await pass(100);
    expect(await asked).toBe('yes');
    expect(children).toHaveLength(2);
    expect(host.restarts).toBe(1);
    expect(states.map(([state]) => state)).toEqual(['starting', 'running', 'restarting', 'running']);
  });

  test('too often is left alone and says so, until a person restarts it', async () => {
    const { host, children, states, newest } = setUp();
    await host.start();
    for (let end = 0; end <= MOST_RESTARTS; end += 1) {
      newest().emit('exit', 1);
      await pass(5_000);
    }
    expect(states.at(-1)).toEqual(['failed', 'host-keeps-failing']);
    await pass(600_000);
    expect(children).toHaveLength(MOST_RESTARTS + 1);
    await expect(host.client()).rejects.toMatchObject({ code: 'host-unavailable' });
    await host.restart((client) => client.call('stop', undefined));
    expect(states.at(-1)).toEqual(['running', null]);
  });

  test('often, and is then restarted by a person, has all its tries again', async () => {
    const { host, states, newest } = setUp();
    await host.start();
    for (let end = 0; end < MOST_RESTARTS; end += 1) {
      newest().emit('exit', 1);
      await pass(5_000);
    }
    await host.restart((client) => client.call('stop', undefined));
    await pass(100);
    expect(states.at(-1)).toEqual(['running', null]);
  });

  test('because it cannot be prepared tells why', async () => {
    const { host, states, log, children } = setUp(() => Promise.reject(new HostError('port-taken', 'in words')));
    const starting = host.start();
    const refused = expect(starting).rejects.toMatchObject({ code: 'port-taken', message: 'in words' });
    await pass(60_000);
    await refused;
    expect(children.every(({ killed }) => killed)).toBe(true);
    expect(log[0]).toContain('port-taken');
    expect(states.at(-1)).toEqual(['failed', 'port-taken']);
  });
});

describe('a host that is stopped', () => {
  test('is told first, then ended, and does not come back', async () => {
    const { host, children, states, farewell, newest } = setUp();
    await host.start();
    await farewell();
    expect(newest().called).toEqual(['stop']);
    expect(newest().killed).toBe(true);
    expect(states.at(-1)).toEqual(['stopped', null]);
    await pass(600_000);
    expect(children).toHaveLength(1);
    await expect(host.client()).rejects.toMatchObject({ code: 'host-unavailable' });
  });

  test('is ended all the same when it does not answer', async () => {
    const { host, farewell, newest } = setUp();
    await host.start();
    newest().mute = true;
    const stopped = farewell();
    await pass(4_999);
    expect(newest().killed).toBe(false);
    await pass(1);
    await stopped;
    expect(newest().killed).toBe(true);
  });

  test('while it waits for its next try does not come back', async () => {
    const { host, children, farewell, newest } = setUp();
    await host.start();
    newest().emit('exit', 9);
    await farewell();
    await pass(600_000);
    expect(children).toHaveLength(1);
  });

  test('by a restart is told first, and another takes its place', async () => {
    const { host, children, newest } = setUp();
    await host.start();
    await host.restart((client) => client.call('stop', undefined));
    expect(children[0]?.called).toEqual(['stop']);
    const asked = host.client();
    await pass(100);
    await asked;
    expect(children).toHaveLength(2);
    expect(newest().killed).toBe(false);
  });
});
