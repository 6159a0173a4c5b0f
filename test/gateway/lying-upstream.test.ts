import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawUpstream, startRawUpstream } from './environment/raw-upstream.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';
import { UPSTREAM_TOKEN } from './environment/upstream-kubeconfig.ts';

const VALUE = Buffer.from('canary').toString('base64');
const secret = `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","namespace":"x"},"data":{"p":"${VALUE}"}}`;
const SECRET = '/api/v1/namespaces/x/secrets/s';
const WATCH = '/api/v1/namespaces/x/secrets?watch=1';
const CONFIG_MAP = '/api/v1/namespaces/x/configmaps/c';

const answering =
  (head: string, body = '') =>
  (socket: TLSSocket) =>
    socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const ok = (body: string, ...headers: string[]) =>
  answering(['HTTP/1.1 200 OK', 'Content-Type: application/json', ...headers].join('\r\n'), body);
const raw = (text: string) => (socket: TLSSocket) => socket.write(text);
const dying = (text: string) => (socket: TLSSocket) => socket.write(text, () => socket.destroy());
const watching = (...events: string[]) => {
  const chunks = events.map((event) => `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`).join('');
  return raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  );
};

describe('an API server that answers what no API server should', () => {
  let upstream: RawUpstream;
  let running: RunningGateway;
  beforeAll(async () => {
    upstream = await startRawUpstream();
    running = await startGateway(upstream);
  });
  afterAll(async () => {
    await running.close();
    await upstream.close();
  });

  const finished = async () => (await running.records()).find(({ type }) => type === 'finished');

  it.each([
    ['another content type', answering('HTTP/1.1 200 OK\r\nContent-Type: text/plain', secret)],
    ['no content type', answering('HTTP/1.1 200 OK', secret)],
    ['two content types', ok(secret, 'Content-Type: text/plain')],
    ['a false encoding', ok(secret, 'Content-Encoding: gzip')],
    ['truncated JSON', ok(secret.slice(0, -3))],
    ['two documents', ok(`${secret}\n${secret}`)],
    ['a repeated key', ok(secret.replace('"data"', '"data":{},"data"'))],
    ['an escaped key', ok(secret.replace('"data"', '"d\\u0061ta"'))],
    ['data as a list', ok(secret.replace(/\{"p":(".*?")\}/, '[$1]'))],
    ['another kind', ok(secret.replace('"Secret"', '"ConfigMap"'))],
    ['nothing', ok('')],
  ])('a Secret in %s is withheld', async (_name, answer) => {
    upstream.answerWith(answer);
    const { status, body } = await running.request('GET', SECRET);
    expect(status).toBe(502);
    expect(JSON.parse(body)).toMatchObject({
      kind: 'Status',
      details: { causes: [{ message: 'response-not-maskable' }] },
    });
    expect(body).not.toContain(VALUE);
  });

  it.each([
    ['of another type', `{"type":"NEW","object":${secret}}\n`],
    ['with more than an object', `{"type":"MODIFIED","object":${secret},"old":${secret}}\n`],
    ['of an ERROR that quotes', `{"type":"ERROR","object":{"kind":"Status","message":"bad ${VALUE}","code":500}}\n`],
    ['of an ERROR that is a Secret', `{"type":"ERROR","object":${secret}}\n`],
  ])('case 35: a watch event %s leaks nothing and ends in an ERROR', async (_name, event) => {
    upstream.answerWith(watching(event));
    const { status, body } = await running.request('GET', WATCH);
    expect(status).toBe(200);
    expect(body).not.toContain(VALUE);
    expect(JSON.parse(body.trim())).toMatchObject({ type: 'ERROR', object: { kind: 'Status', status: 'Failure' } });
  });

  it.each([
    ['101 to a plain GET', raw('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello')],
    ['headers without end', raw(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(1_100_000)}\r\n\r\n`)],
    ['another protocol', raw('SSH-2.0-OpenSSH\r\n')],
    ['a control character in a header', raw('HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n')],
    [
      'two framings',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'),
    ],
  ])('%s is a 502 that says so', async (_name, answer) => {
    upstream.answerWith(answer);
    const { status, body } = await running.request('GET', CONFIG_MAP);
    expect(status).toBe(502);
    expect(JSON.parse(body)).toMatchObject({ message: expect.stringMatching(/not valid HTTP/) });
  });

  it('case 21: a redirect is a 502, and its Location stays here', async () => {
    upstream.answerWith(answering('HTTP/1.1 302 Found\r\nLocation: https://evil.example/'));
    const { status, body, headers } = await running.request('GET', CONFIG_MAP);
    expect(status).toBe(502);
    expect(body + JSON.stringify(headers)).not.toContain('evil.example');
  });

  it('case 48: a masked answer has no ETag of the answer that was not masked', async () => {
    upstream.answerWith(ok(secret, 'ETag: "of-the-bytes"', 'Digest: sha-256=x'));
    const { status, headers } = await running.request('GET', SECRET);
    expect(status).toBe(200);
    expect(headers.map(([name]) => name.toLowerCase())).not.toContain('etag');
    expect(JSON.stringify(headers)).not.toMatch(/of-the-bytes|sha-256/);
  });

  it('case 48: a 304 for what would be masked passes as it is', async () => {
    upstream.answerWith(raw('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'));
    const { status, headers, body } = await running.request('GET', SECRET, { 'If-None-Match': '"x"' });
    expect([status, body]).toEqual([304, '']);
    expect(headers.map(([name]) => name.toLowerCase())).not.toContain('content-type');
  });

  it('interim answers without number do no harm', async () => {
    upstream.answerWith((socket) => {
      for (let count = 0; count < 5_000; count += 1) socket.write('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n');
      ok('{}')(socket);
    });
    expect(await running.request('GET', CONFIG_MAP)).toMatchObject({ status: 200, body: '{}' });
  });

  it('a Secret that breaks off is a 503 that blames the connection, and nothing of it is sent', async () => {
    upstream.answerWith(
      dying(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n${secret}`),
    );
    const { status, body } = await running.request('GET', SECRET);
    expect(status).toBe(503);
    expect(body).toMatch(/The connection to cluster .* broke/);
    expect(body).not.toContain(VALUE);
  });

  it('a list too long to be held is sent as it is masked; where its rest cannot be, the connection is cut', async () => {
    const item = (index: number) =>
      `{"metadata":{"name":"s${index}","namespace":"x"},"data":{"p":"${VALUE}"},"note":"${'n'.repeat(1000)}"}`;
    const items = Array.from({ length: 500 }, (_, index) => item(index)).join(',');
    const list = `{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[${items}]}`;
    const target = '/api/v1/namespaces/x/secrets';

    upstream.answerWith(ok(list));
    const { status, headers, body } = await running.request('GET', target);
    expect(status).toBe(200);
    expect(body).not.toContain(VALUE);
    expect(JSON.parse(body).items).toHaveLength(500);
    expect(headers).toContainEqual(['Transfer-Encoding', 'chunked']);
    expect(headers).toContainEqual(['Warning', expect.stringContaining('values masked in this list of secrets')]);

    upstream.answerWith(ok(list.replace('"name":"s499"', '"name":"s499","annotations":7')));
    await expect(running.request('GET', target)).rejects.toThrow();
    // The client may see its connection end a moment before the record is written.
    await expect.poll(finished).toMatchObject({ status: 200, code: 'response-not-maskable' });
  });

  it('an answer that breaks off under way is cut, and the journal says why', async () => {
    const long = `{"kind":"ConfigMapList","items":[{"data":{"a":"${'x'.repeat(200_000)}"}},`;
    let breakOff = (): void => undefined;
    upstream.answerWith((socket) => {
      breakOff = () => void socket.destroy();
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n${long}`);
    });
    // Masks are set on another thread: before they are, nothing of the answer is on its way, and a 503 can still say why.
    const answer = running.request('GET', '/api/v1/namespaces/shop/configmaps', {}, undefined, () => breakOff());
    await expect(answer).rejects.toThrow();
    await expect.poll(finished).toMatchObject({ code: 'upstream-unreachable' });
  });

  it('an answer without masks that breaks off under way is the cluster’s doing in the journal, not the client’s', async () => {
    upstream.answerWith(dying(`HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n${'x'.repeat(200_000)}`));
    await expect(running.request('GET', '/openapi/v3')).rejects.toThrow();
    await expect.poll(finished).toMatchObject({ code: 'upstream-unreachable', ended: null });
  });

  it('an answer that breaks off while it is held for its masks becomes a 503 that says why', async () => {
    upstream.answerWith(dying('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":'));
    const { status, body } = await running.request('GET', CONFIG_MAP);
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
    expect(await finished()).toMatchObject({ code: 'upstream-unreachable' });
  });

  it('case 13: the upstream credential comes back in no header', async () => {
    upstream.answerWith(
      ok('{}', `Authorization: Bearer ${UPSTREAM_TOKEN}`, `WWW-Authenticate: Bearer ${UPSTREAM_TOKEN}`),
    );
    const { status, headers } = await running.request('GET', CONFIG_MAP);
    expect(status).toBe(200);
    expect(JSON.stringify(headers)).not.toContain(UPSTREAM_TOKEN);
  });

  it('case 43: what the client sends as Authorization never travels; the gateway’s own does, once', async () => {
    upstream.answerWith(ok('{}'));
    await running.request('GET', CONFIG_MAP, { Authorization: 'Bearer mine' });
    const lines = (upstream.heads.at(-1) ?? '').split('\r\n').filter((line) => /^authorization:/i.test(line));
    expect(lines).toEqual([`Authorization: Bearer ${UPSTREAM_TOKEN}`]);
  });

  it('case 8: forwarding claims, cookies and front-proxy identities stay here', async () => {
    upstream.answerWith(ok('{}'));
    const tricks = {
      'X-Remote-User': 'a',
      'X-Forwarded-For': '1.2.3.4',
      Forwarded: 'for=a',
      Cookie: 'a=b',
      'Proxy-X': 'a',
    };
    await running.request('GET', CONFIG_MAP, tricks);
    expect(upstream.heads.at(-1)).not.toMatch(/x-remote|forwarded|cookie|proxy-/i);
  });

  it('says what is wrong in a warning too where kubectl asks first and shows a text of its own', async () => {
    upstream.answerWith(dying(''));
    const { stderr, code } = await running.kubectl(['get', 'pods', '--cache-dir=/nonexistent']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Warning: The connection to cluster "raw" .* broke/);
  });

  it('a warning in UTF-8 arrives as it was sent', async () => {
    upstream.answerWith(ok('{}', 'Warning: 299 - "grüße"'));
    const { headers } = await running.request('GET', CONFIG_MAP);
    const [, warning = ''] = headers.find(([name]) => name.toLowerCase() === 'warning') ?? [];
    expect(Buffer.from(warning, 'latin1').toString('utf8')).toBe('299 - "grüße"');
  });
});
