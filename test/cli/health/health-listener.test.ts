import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Check, checksOf } from '../../../cli/health/checks.ts';
import { openHealthListener } from '../../../cli/health/health-listener.ts';
import { freshSources } from './sources.ts';

let renders = 0;
let checks: readonly Check[] = [];
let url: URL;

beforeEach(async () => {
  renders = 0;
  checks = checksOf({ policy: freshSources().policy(), journalProblem: null, reach: null, isStopping: false });
  const text = (said: string) => async () => {
    renders++;
    return said;
  };
  const listener = await openHealthListener({
    host: '127.0.0.1',
    port: 0,
    checks: () => checks,
    metrics: {
      prometheus: { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: text('prometheus\n') },
      openmetrics: { contentType: 'application/openmetrics-text; version=1.0.0', text: text(`${'x'.repeat(4e6)}\n`) },
    },
  });
  onTestFinished(() => listener.close());
  url = new URL(listener.url);
});

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(new URL(path, url), init);
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
};
/** With headers that fetch would not send. */
const raw = async (head: string): Promise<string> => {
  const socket = connect(Number(url.port), '127.0.0.1');
  socket.end(`${head}\r\n\r\n`);
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) said += chunk;
  return said;
};

test('/healthz says that the process serves, whatever else is wrong', async () => {
  expect(await ask('/healthz')).toEqual({ status: 200, type: 'text/plain; charset=utf-8', body: 'ok\n' });
});

describe('/readyz', () => {
  test('says which check fails in words that name nothing', async () => {
    const said =
      '[+]gateway ok: serving\n[+]policy ok: loaded\n[+]journal ok: writable\n[-]cluster failed: unknown\nreadyz check failed\n';
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: said });
    const json = await ask('/readyz', { headers: { Accept: 'application/json' } });
    expect(json).toMatchObject({ status: 503, type: 'application/json' });
    expect(JSON.parse(json.body)).toMatchObject({
      ready: false,
      checks: [{}, {}, {}, { name: 'cluster', ok: false, grade: 'bad', code: 'unknown' }],
    });
    expect(json.body).not.toContain('says');
  });

  test('is short where all is good, and long when asked', async () => {
    checks = checks.slice(0, 3);
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect((await ask('/readyz?verbose')).body).toMatch(/^\[\+\]gateway ok: serving\n(.*\n)+readyz check passed\n$/);
  });
});

test('/metrics is in the format that the scraper likes', async () => {
  expect(await ask('/metrics')).toMatchObject({
    status: 200,
    type: expect.stringContaining('version=0.0.4'),
    body: 'prometheus\n',
  });
  const open = await ask('/metrics', { headers: { Accept: 'application/openmetrics-text;version=1.0.0,*/*;q=0.1' } });
  expect(open.type).toBe('application/openmetrics-text; version=1.0.0');
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not answered', async (method) => {
  expect(await ask('/metrics', { method })).toMatchObject({ status: 405 });
});

test('HEAD has no body, and other paths have none of ours', async () => {
  expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  for (const path of ['/', '/metrics/', '/metrics/..%2f', '/c/shop/api', '/healthz/x']) {
    expect(await ask(path), path).toMatchObject({ status: 404 });
  }
});

describe('a web page gets nothing', () => {
  test.each([
    ['that rebound its name', () => 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close'],
    [
      'that rebound its name and port',
      () => `GET /metrics HTTP/1.1\r\nHost: evil.example:${url.port}\r\nConnection: close`,
    ],
    [
      'of another origin',
      () => `GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nOrigin: http://evil.example\r\nConnection: close`,
    ],
    [
      'in a browser',
      () => `GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nSec-Fetch-Site: cross-site\r\nConnection: close`,
    ],
    ['with two hosts', () => `GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nHost: evil.example\r\nConnection: close`],
    ['without a host', () => 'GET /metrics HTTP/1.0'],
  ])('%s', async (_what, head) => {
    expect(await raw(head())).toMatch(/^HTTP\/1\.1 (403|400) /);
    expect(renders).toBe(0);
  });
});

test('a thousand scrapes at once are all answered, and cost as much as one', async () => {
  const answers = await Promise.all(
    Array.from(
      { length: 1_000 },
      () =>
        new Promise<number | undefined>((resolve, reject) => {
          const asked = request(new URL('/metrics', url), { agent: false }, (answer) => {
            answer.resume().once('end', () => resolve(answer.statusCode));
          });
          asked.once('error', reject).end();
        }),
    ),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  // Beside a busy machine a second may pass in between.
  expect(renders).toBeLessThan(100);
});

test('a scraper that never reads keeps nobody else waiting, and the listener closes all the same', async () => {
  const socket = connect(Number(url.port), '127.0.0.1');
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  socket.write(`GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nAccept: application/openmetrics-text\r\n\r\n`);
  await expect.poll(() => renders).toBe(1);
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  onTestFinished(() => void socket.destroy());
});

test('what is no HTTP is ended', async () => {
  expect(await raw('\x16\x03\x01 not http at all')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(`GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nX: ${'y'.repeat(20_000)}`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
});

test('who asks again without reading ends the connection, so that unread answers cannot fill the memory', async () => {
  const socket = connect(Number(url.port), '127.0.0.1');
  let read = 0;
  socket.on('data', (chunk: Buffer) => (read += chunk.length));
  socket.on('error', () => undefined);
  const question = `GET /metrics HTTP/1.1\r\nHost: ${url.host}\r\nAccept: application/openmetrics-text\r\n\r\n`;
  socket.write(question.repeat(500));
  await once(socket, 'close');
  expect(read).toBeLessThanOrEqual(5e6);
  expect((await ask('/healthz')).status).toBe(200);
});

test('a connection is kept for who reads each answer before the next question', async () => {
  const socket = connect(Number(url.port), '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  for (let question = 0; question < 20; question++) {
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    let answer = '';
    while (!answer.endsWith('\r\n\r\nok\n')) answer += (await once(socket, 'data'))[0];
  }
});
