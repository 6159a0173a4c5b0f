import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { DemoFixture } from './demo-fixture.ts';

let demo: DemoFixture;
beforeAll(async () => {
  demo = await DemoFixture.start();
});
afterAll(() => demo.stop());

const pod = '/api/v1/namespaces/payments/pods/ledger-db-0';

/** Messages by channel, and the code of the close. */
interface Session {
  readonly protocol: string;
  readonly first: Buffer;
  readonly channels: ReadonlyMap<number, string>;
  readonly closeCode: number;
}

function connect(
  query: string,
  protocols: string[],
  talk?: (socket: WebSocket) => void,
  subresource = 'exec',
): Promise<Session> {
  const { url, options } = demo.webSocketTarget(`${pod}/${subresource}?${query}`);
  const socket = new WebSocket(url, protocols, options);
  const channels = new Map<number, string>();
  let first: Buffer | null = null;
  return new Promise((resolve, reject) => {
    socket.on('open', () => talk?.(socket));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
    socket.on('message', (data: Buffer) => {
      first ??= data;
      const channel = data[0] ?? -1;
      channels.set(channel, (channels.get(channel) ?? '') + data.subarray(1).toString());
    });
    socket.on('close', (closeCode) => {
      resolve({ protocol: socket.protocol, first: first ?? Buffer.alloc(0), channels, closeCode });
    });
  });
}

describe('exec over WebSocket', () => {
  it.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])(
    'in %s keeps streams apart and ends with a Status',
    async (protocol) => {
      const command = 'command=sh&command=-c&command=echo%20out%3B%20echo%20err%20%3E%262%3B%20exit%203';
      const session = await connect(`${command}&stdout=1&stderr=1`, [protocol]);
      expect(session.protocol).toBe(protocol);
      expect(session.first).toEqual(Buffer.from([1]));
      expect(session.channels.get(1)).toBe('out\n');
      expect(session.channels.get(2)).toBe('err\n');
      expect(JSON.parse(session.channels.get(3) ?? '')).toMatchObject({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
      expect(session.closeCode).toBe(1000);
    },
  );

  it('prefers v5, and ends standard input when the client half-closes it', async () => {
    const session = await connect(
      'command=cat&stdin=1&stdout=1',
      ['v4.channel.k8s.io', 'v5.channel.k8s.io'],
      (socket) => {
        socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('half')]));
        socket.send(Buffer.from([255, 0]));
      },
    );
    expect(session.protocol).toBe('v5.channel.k8s.io');
    expect(session.channels.get(1)).toBe('half');
    expect(JSON.parse(session.channels.get(3) ?? '')).toEqual({ metadata: {}, status: 'Success' });
  });

  it('stops what runs when the client goes away, and waits for a client that reads slowly', async () => {
    const session = await connect('command=yes&stdout=1', ['v5.channel.k8s.io'], (socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 100);
      socket.once('message', () => socket.terminate());
    });
    expect(session.channels.get(1)?.startsWith('y\ny\n')).toBe(true);
  });

  it('takes no other protocol', async () => {
    await expect(connect('command=ls&stdout=1', ['v1.channel.k8s.io'])).rejects.toThrow('403');
  });

  it.each([
    ['no command', '', 400],
    ['a container that is not there', 'command=ls&container=nope', 400],
  ])('refuses %s before the upgrade', async (_title, query, status) => {
    await expect(connect(query, ['v5.channel.k8s.io'])).rejects.toThrow(String(status));
  });
});

describe('attach over WebSocket', () => {
  it('shows what the container prints from then on', async () => {
    const leave = (socket: WebSocket) =>
      socket.on('message', (data: Buffer) => {
        if (data.length > 1) socket.close();
      });
    const session = await connect('stdout=1&stderr=1', ['v5.channel.k8s.io'], leave, 'attach');
    expect(session.first).toEqual(Buffer.from([1]));
    expect(session.channels.get(1)).toMatch(/^LOG: .*\n/);
  });
});

it.each(['status', 'log', 'eviction'])('an upgrade of %s runs nothing', async (subresource) => {
  const asked = connect('command=id&stdout=1', ['v5.channel.k8s.io'], undefined, subresource);
  await expect(asked).rejects.toThrow('501');
});
