import { createHmac } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { testNotification } from '../../../../cli/gateway/notify/notification.ts';
import { isLoopback, webhook } from '../../../../cli/gateway/notify/webhook.ts';
import { type Answering, receiver, status } from './receiver.ts';

const key = Buffer.alloc(32, 7);
const from = { cluster: 'prod', context: 'prod', host: 'srv', user: 'local:ada', dataFolder: '/data' };
const goesOn = new AbortController().signal;

async function sendTo(answering: Answering, { timeLimit = 30_000, trusts = true, tls = true, hours = 1 } = {}) {
  const there = await receiver(answering, { tls, hours });
  const authority = trusts ? there.certificate : null;
  const channel = webhook({ url: there.url, keys: [key], authority, timeLimit, environment: {} });
  const notification = testNotification(from);
  return { ...there, channel, notification, sent: await channel.send(notification, goesOn) };
}

it('posts JSON over TLS, with a signature that the receiver can check', async () => {
  const { received, sent, notification } = await sendTo(status(204));
  expect(sent).toEqual({ isSent: true, says: expect.stringMatching(/^it answered 204 in \d+ ms$/) });
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  expect(JSON.parse(body)).toMatchObject({ version: 1, type: 'test', id: notification.id, gateway: from });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': notification.id });
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
});

it('goes over http to this machine', async () => {
  expect((await sendTo(status(200), { tls: false })).sent).toMatchObject({ isSent: true });
});

it('says of itself only where it goes, since the path of a webhook is often its secret', async () => {
  const { channel, url } = await sendTo(status(200));
  expect(channel.name).toBe(`webhook https://127.0.0.1:${url.port}`);
});

describe('an answer', () => {
  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [401, false],
    [404, false],
    [410, false],
  ])('of %i is a failure; that it may be tried again: %s', async (code, mayRetry) => {
    expect((await sendTo(status(code))).sent).toEqual({
      isSent: false,
      why: `it answered ${code}`,
      mayRetry,
      retryAfter: null,
    });
  });

  it('that asks to come again later is heard, up to a minute', async () => {
    expect((await sendTo(status(429, { 'retry-after': '7' }))).sent).toMatchObject({ retryAfter: 7_000 });
    expect((await sendTo(status(503, { 'retry-after': '86400' }))).sent).toMatchObject({ retryAfter: 60_000 });
    expect((await sendTo(status(503, { 'retry-after': 'soon' }))).sent).toMatchObject({ retryAfter: null });
  });

  it('that redirects is not followed, to whatever host', async () => {
    const elsewhere = await receiver(status(200));
    const { sent, received } = await sendTo(status(307, { location: elsewhere.url.href }));
    expect(sent).toMatchObject({ mayRetry: false, why: expect.stringContaining('redirects are not followed') });
    expect(sent).toMatchObject({ why: expect.stringContaining(elsewhere.url.origin) });
    expect([received.length, elsewhere.received.length]).toEqual([1, 0]);
  });

  it('without end is cut off at its head', async () => {
    const gone = vi.fn();
    const { sent } = await sendTo((answer) => {
      answer.on('close', gone);
      const more = () => {
        while (answer.write(Buffer.alloc(65_536)));
        answer.once('drain', more);
      };
      answer.on('error', () => undefined);
      answer.writeHead(200);
      more();
    });
    expect(sent).toMatchObject({ isSent: true });
    await vi.waitFor(() => expect(gone).toHaveBeenCalled());
  });

  it('with a head without end is none', async () => {
    const { sent } = await sendTo(status(200, { 'x-much': 'x'.repeat(100_000) }));
    expect(sent).toMatchObject({ isSent: false, mayRetry: true });
  });

  it('that never comes is waited for as long as the limit says', async () => {
    const { sent } = await sendTo(() => undefined, { timeLimit: 100 });
    expect(sent).toEqual({ isSent: false, mayRetry: true, retryAfter: null, why: 'no answer in 0.1 s' });
  });

  it('that is broken off is a failure', async () => {
    const { sent } = await sendTo((answer) => answer.destroy());
    expect(sent).toMatchObject({
      isSent: false,
      mayRetry: true,
      why: expect.stringMatching(/socket hang up|ECONNRESET/),
    });
  });
});

describe('what stands there', () => {
  it('with a certificate that nobody vouches for gets nothing, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { sent, received } = await sendTo(status(200), { trusts: false });
    vi.unstubAllEnvs();
    expect(sent).toMatchObject({ isSent: false, why: expect.stringMatching(/certificate/) });
    expect(received).toEqual([]);
  });

  it('with a certificate that has expired gets nothing', async () => {
    const { sent, received } = await sendTo(status(200), { hours: -1 });
    expect(sent).toMatchObject({ isSent: false, why: expect.stringMatching(/expired/) });
    expect(received).toEqual([]);
  });

  it('and speaks no HTTP is a failure', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 \u001b[2J mail.example.com ESMTP\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const url = new URL(`http://127.0.0.1:${port}/`);
    const channel = webhook({ url, keys: [key], authority: null, timeLimit: 30_000, environment: {} });
    const sent = await channel.send(testNotification(from), goesOn);
    expect(sent).toMatchObject({ isSent: false, mayRetry: true, why: expect.not.stringContaining('\u001b') });
  });

  it('or does not is told with the address', async () => {
    const { channel, notification, close } = await sendTo(status(200));
    await close();
    expect(await channel.send(notification, goesOn)).toMatchObject({
      why: expect.stringContaining('ECONNREFUSED 127.0.0.1'),
    });
  });
});

/** `proxyEnv` of Node's agents came with 24.5. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const knowsProxies = major > 24 || (major === 24 && minor >= 5);

describe.skipIf(!knowsProxies)('the way there (needs Node 24.5, on which a gateway runs)', () => {
  /** A proxy that opens no tunnel, and keeps which it was asked for. */
  async function refusingProxy() {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    return { asked, url: `http://127.0.0.1:${(proxy.address() as { port: number }).port}` };
  }

  it("is through the environment's proxy", async () => {
    const proxy = await refusingProxy();
    const url = new URL('https://hooks.invalid/x');
    const environment = { HTTPS_PROXY: proxy.url };
    const channel = webhook({ url, keys: [key], authority: null, timeLimit: 30_000, environment });
    expect(await channel.send(testNotification(from), goesOn)).toMatchObject({ isSent: false, mayRetry: true });
    expect(proxy.asked).toEqual(['hooks.invalid:443']);
  });

  it('is straight where NO_PROXY names the host, and to this machine', async () => {
    const proxy = await refusingProxy();
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: 'hooks.invalid' };
    const away = {
      url: new URL('https://hooks.invalid/x'),
      keys: [key],
      authority: null,
      timeLimit: 30_000,
      environment,
    };
    await webhook(away).send(testNotification(from), goesOn);
    const there = await receiver(status(204));
    const here = { ...away, url: there.url, authority: there.certificate };
    expect(await webhook(here).send(testNotification(from), goesOn)).toMatchObject({ isSent: true });
    expect(proxy.asked).toEqual([]);
  });
});

it('is broken off when the gateway stops', async () => {
  const stop = new AbortController();
  const there = await receiver(() => stop.abort());
  const { url, certificate } = there;
  const channel = webhook({ url, keys: [key], authority: certificate, timeLimit: 60_000, environment: {} });
  expect(await channel.send(testNotification(from), stop.signal)).toMatchObject({ why: 'the gateway stops' });
  expect(await channel.send(testNotification(from), stop.signal)).toMatchObject({ why: 'the gateway stops' });
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['[::1]', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['10.0.0.1', false],
  ['[::2]', false],
])('whether %s is this machine: %s', (host, is) => {
  expect(isLoopback(new URL(`http://${host}/`).hostname)).toBe(is);
});
