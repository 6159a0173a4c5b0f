import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failure, LOG_PATH, PASSWORD, POD_PATH, PODS_PATH } from './objects.ts';
import type { ClientRequest } from './outer-edges.ts';
import { ALLOW_ALL, ASK_ALL, pipeline, type Surroundings, startPipe, unreachable } from './pipeline.ts';

const record = (how: string) =>
  `${ALLOW_ALL}  - {id: rec, effect: none, match: {resources: [pods/exec]}, obligations: {record: {${how}}}}\n`;
/** Not a folder. */
const NO_FOLDER = '/dev/null';

/** An exec of which the client has seen the first output. */
async function running(surroundings: Surroundings = {}) {
  const pipe = startPipe();
  const gate = pipeline({ cluster: () => pipe.accepted, ...surroundings });
  const client = gate.begin(pipe.request());
  pipe.print('ready');
  await client.until('ready');
  return { ...client, gate, pipe };
}

describe('an exec', () => {
  it('goes through, and its end and exit code are recorded', async () => {
    const { served, gate, pipe } = await running();
    expect(gate.streams.list()).toMatchObject([
      { kind: 'exec', target: 'pods/web-0', command: ['sh'], recorded: false },
    ]);
    pipe.end({
      metadata: {},
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    const got = await served;
    expect([got.status, got.header('Sec-WebSocket-Protocol'), got.header('Set-Cookie')]).toEqual([
      101,
      ['v5.channel.k8s.io'],
      [],
    ]);
    expect(gate.finished()).toMatchObject([
      { status: 101, code: null, ended: 'upstream', stream: { exitCode: 3, recording: null } },
    ]);
    expect(gate.streams.list()).toEqual([]);
  });

  it('begins with what both sides sent behind their heads', async () => {
    const pipe = startPipe();
    const gate = pipeline({ cluster: () => ({ ...pipe.accepted, head: pipe.printed('early output') }) });
    const typed = pipe.typed('early input');
    const { served } = gate.begin({ ...pipe.request('command=sh&stdin=true&stdout=true'), head: typed });
    pipe.end();
    const got = await served;
    expect(got.body).toContain('early output');
    expect(pipe.received()).toBe(typed.length);
    expect(gate.finished()).toMatchObject([{ stream: { stdin: { bytes: 11 } } }]);
  });

  it('has what was seen of Secrets taken out, and counted', async () => {
    const pipe = startPipe();
    const gate = pipeline({ cluster: () => pipe.accepted });
    gate.noteSeen(PASSWORD);
    const { served } = gate.begin(pipe.request());
    pipe.print(`the password is ${PASSWORD}.\n`);
    pipe.end();
    const got = await served;
    expect(got.body).toMatch(/the password is (?!hunter2)/);
    expect(got.body).not.toContain(PASSWORD);
    expect(gate.finished()).toMatchObject([{ maskedValues: 1, stream: { redactedValues: 1 } }]);
  });

  it('is ended by a person, who says why', async () => {
    const { served, gate } = await running();
    gate.streams.end(gate.decided()[0]?.auditId ?? '', { by: 'local:ada', comment: 'wrong pod' });
    const got = await served;
    expect(got.body).toContain('ended by local:ada: wrong pod');
    expect(gate.finished()).toMatchObject([
      {
        status: 101,
        code: 'stream-ended',
        ended: 'ended-by-person',
        stream: { told: expect.stringContaining('wrong pod') },
      },
    ]);
  });

  it('is ended when its time is over', async () => {
    const rules = `${ALLOW_ALL}  - {id: short, effect: none, match: {resources: [pods/exec]}, obligations: {stream: {maxDuration: 1s}}}\n`;
    const { served, gate } = await running({ rules });
    await served;
    expect(gate.finished()).toMatchObject([{ code: 'stream-time-limit', ended: 'time-limit' }]);
  });
});

describe('the recording of an exec', () => {
  it('holds what was printed, under the name of the records', async () => {
    const { served, gate, pipe } = await running({ rules: record('level: full') });
    pipe.end();
    await served;
    const [file] = gate.recordings();
    expect(file).toContain(gate.decided()[0]?.auditId);
    expect(gate.finished()).toMatchObject([{ stream: { recording: file } }]);
    expect(readFileSync(gate.recordingPath(file ?? ''), 'utf8')).toContain(
      Buffer.from('ready').toString('base64').slice(0, 4),
    );
  });

  it.each<[string, Surroundings['cluster']]>([
    ['the cluster refuses it', () => ({ status: 403, body: failure(403, 'no') })],
    ['the cluster cannot be reached', () => Promise.reject(unreachable())],
    ['the cluster switches to another protocol', () => ({ ...startPipe().accepted, headers: [['Upgrade', 'h2c']] })],
  ])('is dropped where nothing came of it: %s', async (_, cluster) => {
    const gate = pipeline({
      rules: record('level: full, required: true'),
      ...(cluster === undefined ? {} : { cluster }),
    });
    const got = await gate.serve(startPipe().request());
    expect(got.status).toBeGreaterThanOrEqual(400);
    expect([gate.recordings(), gate.streams.list()]).toEqual([[], []]);
    expect(gate.finished()).toMatchObject([{ status: got.status }]);
  });

  it('is required: without it nothing is sent', async () => {
    const gate = pipeline({ rules: record('level: full, required: true'), sessionsFolder: NO_FOLDER });
    const got = await gate.serve(startPipe().request());
    expect([got.status, got.code()]).toEqual([503, 'recording-unavailable']);
    expect(gate.sent).toEqual([]);
    expect(gate.finished()).toMatchObject([{ status: 503, code: 'recording-unavailable' }]);
    expect(gate.logged).toEqual(['A stream cannot be recorded']);
  });

  it('is not required: the stream goes on without', async () => {
    const { served, gate, pipe } = await running({ rules: record('level: full'), sessionsFolder: NO_FOLDER });
    pipe.end();
    await served;
    expect(gate.finished()).toMatchObject([{ status: 101, code: null, stream: { recording: null } }]);
    expect(gate.logged).toEqual(['A stream cannot be recorded']);
  });
});

describe('a connection that switched to what was not asked for', () => {
  it('is closed, and the client is told', async () => {
    const { accepted, request } = startPipe();
    const gate = pipeline({ cluster: () => ({ ...accepted, headers: [['Upgrade', 'h2c']] }) });
    const got = await gate.serve(request());
    expect([got.status, got.code()]).toEqual([502, 'upstream-response-invalid']);
    expect(accepted.switched?.destroyed).toBe(true);
  });
});

describe('what lasts makes room for what is over soon', () => {
  it.each<[string, boolean, ClientRequest, Surroundings]>([
    ['a list', false, { target: PODS_PATH }, {}],
    ['a watch', true, { target: `${PODS_PATH}?watch=true` }, {}],
    ['a log', false, { target: LOG_PATH }, {}],
    ['a followed log', true, { target: `${LOG_PATH}?follow=true` }, {}],
    ['a write', false, { method: 'DELETE', target: POD_PATH }, {}],
    ['a wait for a person', true, { target: PODS_PATH }, { rules: ASK_ALL, person: { says: 'approve' } }],
    ['an exec', true, startPipe().request(), {}],
  ])('%s', async (_, lasts, asked, surroundings) => {
    const gate = pipeline({ ...surroundings, cluster: () => ({ body: '' }) });
    await gate.serve(asked);
    expect(gate.timeline.includes('lasting')).toBe(lasts);
  });
});
