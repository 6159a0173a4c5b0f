import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestHead as request, say as sayTo } from './environment/raw-client.ts';
import { gatewayConnection } from './environment/raw-request.ts';
import { type RawUpstream, startRawUpstream } from './environment/raw-upstream.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';

const CREATE = '/api/v1/namespaces/default/configmaps';
const JSON_BODY = 'Content-Type: application/json';

describe('a client that writes its own HTTP', () => {
  let upstream: RawUpstream;
  let running: RunningGateway;
  beforeAll(async () => {
    upstream = await startRawUpstream();
    upstream.answerWith((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    running = await startGateway(upstream);
  });
  afterAll(async () => {
    await running.close();
    await upstream.close();
  });

  const say = (...pieces: readonly string[]) => sayTo(running.kubeconfig, ...pieces);

  it.each([
    [
      'case 32: Content-Length beside Transfer-Encoding',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ],
    ['case 32: two lengths', ['Content-Length: 2', 'Content-Length: 2'], '{}'],
    ['case 32: a space before the colon', ['Impersonate-User : eve'], ''],
    ['case 2: a folded header', ['Impersonate-User: a\r\n b'], ''],
    ['case 2: a bare carriage return in a value', ['X: a\rImpersonate-User: eve'], ''],
  ])('%s is a 400, and nothing reaches the cluster', async (_name, headers, body) => {
    const before = upstream.heads.length;
    expect(await say(request(`POST {cluster}${CREATE}`, JSON_BODY, ...headers) + body)).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.heads).toHaveLength(before);
  });

  it.each([
    ['a transfer encoding that is not chunked', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a chunk size that is no number', ['Transfer-Encoding: chunked'], '0x2\r\n{}\r\n0\r\n\r\n'],
  ])('case 32: %s ends the connection, and nothing reaches the cluster', async (_name, headers, body) => {
    const before = upstream.heads.length;
    await say(request(`POST {cluster}${CREATE}`, JSON_BODY, ...headers) + body);
    expect(upstream.heads).toHaveLength(before);
  });

  it('a chunked body with extensions and trailers goes on with a length, and without either', async () => {
    const head = request(`POST {cluster}${CREATE}`, JSON_BODY, 'Transfer-Encoding: chunked', 'Connection: close');
    await say(`${head}2;a=b\r\n{}\r\n0\r\nImpersonate-User: eve\r\n\r\n`);
    expect(upstream.heads.at(-1)).toMatch(/\r\nContent-Length: 2(\r\n|$)/i);
    expect(upstream.heads.at(-1)).not.toMatch(/transfer-encoding|impersonate-user/i);
  });

  it.each([
    ['case 31: absolute form', 'GET https://{host}{cluster}/version'],
    ['case 31: absolute form to elsewhere', 'GET http://evil.example/api'],
    ['case 31: asterisk form', 'OPTIONS *'],
    ['case 31: a dot segment out of the prefix', 'GET {cluster}/../other/api'],
    ['case 31: a double slash behind the prefix', 'GET {cluster}//evil.example/api'],
    ['a GET with a body', 'GET {cluster}/version', 'Content-Length: 2', '{}'],
  ])('%s is a 400', async (_name, line, header = 'X: y', body = '') => {
    const before = upstream.heads.length;
    expect(await say(request(line, header, 'Connection: close') + body)).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.heads).toHaveLength(before);
  });

  it.each([
    [
      'case 19: an upgrade',
      request('GET {cluster}/api/v1/namespaces/d/pods/p/exec', 'Connection: Upgrade', 'Upgrade: h2c'),
    ],
    ['CONNECT', request('CONNECT evil.example:443')],
  ])('%s behind a request that still waits ends the connection without a byte', async (_name, second) => {
    const waiting = request('GET {cluster}/api/v1/namespaces', 'Impersonate-User: eve');
    expect(await say(waiting + second)).toBe('');
  });

  it('case 7: a Connection line that names the identity is refused, in whatever line it stands', async () => {
    const before = upstream.heads.length;
    const lines = ['Connection: ', 'Connection: close, Impersonate-User', 'Impersonate-User: eve'];
    expect(await say(request('GET {cluster}/api/v1/pods', ...lines))).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.heads).toHaveLength(before);
  });

  it.each([
    ['deep JSON', 'application/json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /nested more than/],
    ['deep YAML', 'application/yaml', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`, /nested more than/],
    ['YAML aliases', 'application/yaml', 'a: &a [x]\nb: [*a,*a]\n', /anchors/],
  ])('a bomb of %s is a 400', async (_name, type, body, why) => {
    const answer = await running.request('POST', CREATE, { 'Content-Type': type }, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(why);
  });

  it('case 14: a token in the query is not written down', async () => {
    await running.request('GET', '/version?token=SEKRET1&access_token=SEKRET2');
    expect(await running.everythingWritten()).not.toMatch(/SEKRET/);
  });

  it('a request whose body breaks off is on record, and nothing reaches the cluster', async () => {
    const before = upstream.heads.length;
    const { url, ca, cert, key } = await gatewayConnection(running.kubeconfig);
    const { hostname, port, host, pathname } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), ca, cert, key });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const recorded = new Promise<unknown>((resolve) => {
      running.onRecord((record) => {
        if (record.type === 'decided' && record.request.target.endsWith('broken-off')) resolve(record);
      });
    });
    const head = request(`POST ${pathname}${CREATE}?broken-off`, JSON_BODY, 'Content-Length: 100');
    socket.write(`${head.replace('{host}', host)}{"a":`, () => socket.destroy());
    expect(await recorded).toMatchObject({ decision: { outcome: 'refused', code: 'request-malformed' } });
    expect(upstream.heads).toHaveLength(before);
  });
});
