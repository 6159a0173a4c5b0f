import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ResponseBody } from '../../../proxy/forward/response-body.ts';
import { failure, LOG_PATH, PASSWORD, PODS_PATH, SECRETS_PATH, secret } from './objects.ts';
import type { Reply } from './outer-edges.ts';
import { ALLOW_ALL, endedByGateway, MASK_SECRETS, pipeline } from './pipeline.ts';

const WATCH = `${PODS_PATH}?watch=true`;
const FOLLOW = `${LOG_PATH}?follow=true`;
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const TEXT = ['Content-Type', 'text/plain'] as const;
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const added = event('ADDED', { kind: 'Pod', metadata: { name: 'web-0' } });

/** An answer that goes on: the client has what the cluster wrote so far. */
async function running(
  target: string,
  written: string,
  { rules = ALLOW_ALL, seen = '', headers = [JSON_TYPE] as Reply['headers'] } = {},
) {
  const body = new PassThrough();
  const gate = pipeline({ rules, cluster: () => ({ body, ...(headers === undefined ? {} : { headers }) }) });
  if (seen !== '') gate.noteSeen(seen);
  const client = gate.begin({ target });
  body.write(written);
  await client.until(written.slice(0, 8));
  const end = (comment: string) => gate.streams.end(gate.decided()[0]?.auditId ?? '', { by: 'local:ada', comment });
  return { ...client, gate, body, end };
}

describe('a watch', () => {
  it('of Secrets is masked event by event, and counted', async () => {
    const rules = ALLOW_ALL + MASK_SECRETS;
    const target = `${SECRETS_PATH}?watch=true`;
    const { served, gate, body } = await running(target, event('ADDED', secret()), { rules });
    body.end(event('MODIFIED', secret('8')));
    const got = await served;
    expect(got.body.trim().split('\n')).toHaveLength(2);
    expect(got.body).not.toContain(secret().data.password);
    expect(gate.finished()).toMatchObject([{ status: 200, code: null, maskedValues: 2, ended: null }]);
  });

  it('is shown while it runs, and no longer', async () => {
    const { served, gate, body } = await running(WATCH, added);
    expect(gate.streams.list()).toMatchObject([{ kind: 'watch', target: 'pods', namespace: 'shop', recorded: false }]);
    body.end();
    await served;
    expect(gate.streams.list()).toEqual([]);
  });

  it('that a person ends says so in an ERROR event, which its client prints', async () => {
    const { served, gate, body, end } = await running(WATCH, added);
    end('the audit');
    const got = await served;
    const [first, last] = got.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.type).toBe('ADDED');
    expect(last).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', message: expect.stringContaining('ended by local:ada: the audit') },
    });
    expect(got.cut).toBeNull();
    expect(body.destroyed).toBe(true);
    expect(gate.finished()).toMatchObject([{ status: 200, code: 'stream-ended', ended: 'ended-by-person' }]);
  });

  it('that is ended in the middle of an event is cut, so that half an event is no event', async () => {
    const { served, gate, end } = await running(WATCH, added.slice(0, -5));
    end('the audit');
    const got = await served;
    expect(got.body).toBe(added.slice(0, -5));
    expect(got.cut).not.toBeNull();
    expect(gate.finished()).toMatchObject([{ status: 200, code: 'stream-ended', ended: 'ended-by-person' }]);
  });

  it('of a session that is revoked ends with that', async () => {
    const { served, gate, leave } = await running(WATCH, added);
    leave(endedByGateway('Gatehouse: the session was closed'));
    const got = await served;
    expect(got.body).toContain('the session was closed');
    expect(gate.finished()).toMatchObject([{ status: 200, code: 'stream-revoked', ended: 'revoked' }]);
  });

  it('is ended when its time is over', async () => {
    const rules = `${ALLOW_ALL}  - {id: short, effect: none, match: {verbs: [watch]}, obligations: {stream: {maxDuration: 1s}}}\n`;
    const { served, gate } = await running(WATCH, added, { rules });
    const got = await served;
    expect(got.body).toContain('has reached the 1s');
    expect(gate.finished()).toMatchObject([{ code: 'stream-time-limit', ended: 'time-limit' }]);
  });

  it('whose client leaves lets go of the cluster', async () => {
    const { served, gate, body, leave } = await running(WATCH, added);
    leave();
    await served;
    expect(body.destroyed).toBe(true);
    expect(gate.streams.list()).toEqual([]);
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, ended: 'client-gone' }]);
  });

  it('whose client leaves has what was masked until then on record', async () => {
    const rules = ALLOW_ALL + MASK_SECRETS;
    const target = `${SECRETS_PATH}?watch=true`;
    const { served, gate, leave } = await running(target, event('ADDED', secret()), { rules });
    leave();
    await served;
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, maskedValues: 1, ended: 'client-gone' }]);
  });

  it('that the cluster refuses is an error like any other', async () => {
    const gate = pipeline({ cluster: () => ({ status: 410, body: failure(410, 'too old') }) });
    const got = await gate.serve({ target: WATCH });
    expect(got.json()).toMatchObject({ kind: 'Status', code: 410 });
    expect(gate.streams.list()).toEqual([]);
  });
});

describe('a log', () => {
  const line = `connecting with ${PASSWORD}\n`;

  it('has what was seen of Secrets taken out, cut in two or not; its length is no longer true', async () => {
    const headers = [TEXT, ['Content-Length', String(2 * line.length)]] as const;
    const body = Readable.from([line, line.slice(0, 20), line.slice(20)].map((text) => Buffer.from(text)));
    const gate = pipeline({ cluster: () => ({ headers, body }) });
    gate.noteSeen(PASSWORD);
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.body).toMatch(/^(connecting with \[redacted by Gatehouse\]\n){2}$/);
    expect(got.header('Content-Length')).toEqual([]);
    expect(gate.finished()).toMatchObject([{ status: 200, maskedValues: 2 }]);
  });

  it('that ends in what may be the beginning of a value ends so for its client too', async () => {
    const gate = pipeline({ cluster: () => ({ headers: [TEXT], body: 'waiting for hunter2-an' }) });
    gate.noteSeen(PASSWORD);
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.body).toBe('waiting for hunter2-an');
  });

  it('of known length goes out as it is where there is nothing to look for', async () => {
    const headers = [TEXT, ['Content-Length', String(line.length)]] as const;
    const gate = pipeline({ cluster: () => ({ headers, body: line }) });
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.body, got.header('Content-Length')]).toEqual([line, [String(line.length)]]);
  });

  it('that follows is looked through for what is seen while it runs', async () => {
    const { served, gate, body, until } = await running(FOLLOW, 'started\n', { headers: [TEXT] });
    gate.noteSeen(PASSWORD);
    body.write(line);
    await until('[redacted by Gatehouse]');
    body.end();
    const got = await served;
    expect(got.body).not.toContain(PASSWORD);
    expect(gate.finished()).toMatchObject([{ maskedValues: 1, ended: null }]);
  });

  it('whose client leaves has what was taken out until then on record', async () => {
    const options = { headers: [TEXT], seen: PASSWORD };
    const { served, gate, body, until, leave } = await running(FOLLOW, 'started\n', options);
    body.write(line);
    await until('[redacted by Gatehouse]');
    leave();
    await served;
    expect(gate.finished()).toMatchObject([{ status: 0, code: null, maskedValues: 1, ended: 'client-gone' }]);
  });

  it('that came whole has what was seen of Secrets taken out, and says its new length', async () => {
    const headers = [TEXT, ['Content-Length', String(line.length)]] as const;
    const gate = pipeline({ cluster: () => ({ headers, body: whole(line) }) });
    gate.noteSeen(PASSWORD);
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.body).toBe('connecting with [redacted by Gatehouse]\n');
    expect(got.header('Content-Length')).toEqual([String(got.body.length)]);
    expect(gate.finished()).toMatchObject([{ status: 200, maskedValues: 1 }]);
  });

  it('that came whole in gzip is refused too', async () => {
    const headers = [TEXT, ['Content-Encoding', 'gzip']] as const;
    const gate = pipeline({ cluster: () => ({ headers, body: whole(line) }) });
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.status, got.code()]).toEqual([502, 'response-not-maskable']);
    expect(got.body).not.toContain(PASSWORD);
  });

  it.each(['gzip', 'zstd'])('in %s is refused: what cannot be read cannot be looked through', async (encoding) => {
    const gate = pipeline({ cluster: () => ({ headers: [TEXT, ['Content-Encoding', encoding]], body: line }) });
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.status, got.code()]).toEqual([502, 'response-not-maskable']);
    expect(gate.finished()).toMatchObject([{ code: 'response-not-maskable' }]);
    expect([gate.sent[0]?.reply.destroyed, gate.streams.list()]).toEqual([true, []]);
  });

  it.each([
    ['behind a whole line', 'started\n', 'started\n'],
    ['behind half a line', 'starting', 'starting\n'],
  ])('that a person ends says so in a last line: %s', async (_, written, before) => {
    const { served, gate, body, end } = await running(FOLLOW, written, { headers: [TEXT] });
    expect(gate.streams.list()).toMatchObject([{ kind: 'log', target: 'pods/web-0' }]);
    end('enough');
    const got = await served;
    expect(got.body).toBe(`${before}Gatehouse: this stream was ended by local:ada: enough\n`);
    expect(body.destroyed).toBe(true);
    expect(gate.finished()).toMatchObject([{ code: 'stream-ended', ended: 'ended-by-person' }]);
  });

  it('that cannot be had is an error with what was seen of Secrets taken out', async () => {
    const reply = { status: 400, body: failure(400, `container ${PASSWORD} is not valid`) };
    const gate = pipeline({ cluster: () => reply });
    gate.noteSeen(PASSWORD);
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.status, got.body.includes(PASSWORD)]).toEqual([400, false]);
  });
});

/** A body of which everything has come before anybody reads it. */
function whole(text: string): ResponseBody {
  const body = new ResponseBody({ resume: () => undefined, abandon: () => undefined });
  body.add(Buffer.from(text));
  body.complete();
  return body;
}
