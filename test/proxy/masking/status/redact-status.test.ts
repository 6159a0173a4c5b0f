import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  readErrorBody,
  redactStatus,
  redactStatusText,
  substituteInStatus,
  WITHHELD,
} from '../../../../proxy/masking/status/redact-status.ts';
import { apiRequest } from '../requests.ts';

const status = (fields: object) =>
  Buffer.from(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...fields }));
const redacted = (fields: object) => JSON.parse(redactStatusText(status(fields), null).toString());

describe('case 46: error bodies of requests on Secrets', () => {
  it('a 422 that quotes the whole object keeps reason, code, field and details and loses the quotes', () => {
    const canary = 'aHVudGVyMg==';
    const message = ` "" is invalid: patch: Invalid value: "{\\"data\\":{\\"password\\":\\"${canary}\\"}}"`;
    const causes = [
      { reason: 'FieldValueInvalid', message: `Invalid value: "${canary}"`, field: 'patch', extra: canary },
    ];
    const body = {
      message,
      reason: 'Invalid',
      code: 422,
      details: { name: 'db', kind: 'secrets', causes, extra: canary },
      extra: canary,
    };
    const result = redacted(body);
    expect(JSON.stringify(result)).not.toContain(canary);
    expect(result).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `Invalid on secret "db": ${WITHHELD}`,
      reason: 'Invalid',
      details: {
        name: 'db',
        kind: 'secrets',
        causes: [{ reason: 'FieldValueInvalid', message: WITHHELD, field: 'patch' }],
      },
      code: 422,
    });
  });

  it.each([
    'secrets "db" not found',
    'namespaces "team-a" not found',
    'secrets "db" already exists',
    'secrets "db" is forbidden: User "local:mia" cannot get resource "secrets" in API group "" in the namespace "team-a"',
    'secrets is forbidden: User "system:serviceaccount:a:b" cannot list resource "secrets" in API group "" at the cluster scope',
    'Operation cannot be fulfilled on secrets "db": the object has been modified; please apply your changes to the latest version and try again',
    'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.password',
    'Apply failed with 2 conflicts: conflicts with "kubectl-client-side-apply" using v1:\n- .data.password\n- .data.user',
    'too old resource version: 1 (4711)',
  ])('keeps a message that is made of names: %s', (message) => {
    expect(redacted({ message }).message).toBe(message);
  });

  it.each([
    'secrets "db" not found; its password was hunter2',
    'secrets "db" is forbidden: ValidatingAdmissionPolicy \'x\' denied request: value hunter2',
    'secrets "db" is forbidden: User "mia" cannot get resource "secrets" in API group "" in the namespace "a": hunter2',
    '.data: expected map, got &{hunter2}',
    'secrets "hunter2\\" not found',
  ])('withholds any other: %s', (message) => {
    expect(JSON.stringify(redacted({ message, details: { name: 'db' } }))).not.toContain('hunter2');
  });

  it('keeps of its details what has the form of a name, a number or a version, and nothing else', () => {
    const quote = 'the Password is Hunter2!';
    const details = { name: quote, group: quote, kind: quote, uid: quote, retryAfterSeconds: quote };
    const causes = [{ reason: quote, message: quote, field: quote }];
    const metadata = { resourceVersion: quote, continue: quote, remainingItemCount: quote };
    const result = redacted({ code: 422, reason: quote, message: quote, metadata, details: { ...details, causes } });
    expect(JSON.stringify(result)).not.toContain('Hunter2');
    expect(result).toMatchObject({ code: 422, reason: 'Invalid', metadata: {} });
  });

  it('keeps what clients act on: the 410 with its continue token, and retryAfterSeconds', () => {
    const result = redacted({
      code: 410,
      reason: 'Expired',
      message: 'x',
      metadata: { continue: 'eyJ2IjoibWV0YSJ9' },
      details: { retryAfterSeconds: 3 },
    });
    expect(result).toMatchObject({
      metadata: { continue: 'eyJ2IjoibWV0YSJ9' },
      details: { retryAfterSeconds: 3 },
      code: 410,
    });
  });

  it.each([
    ['text', 'admission webhook saw hunter2', 403, 'Forbidden'],
    ['nothing', '', 500, 'InternalError'],
    ['a list', '["hunter2"]', 404, 'NotFound'],
    ['half a Status', '{"kind":"Status","message":"hunter2', 422, 'Invalid'],
  ])('makes a Status of a body that is %s', async (_, body, code, reason) => {
    const response = { status: code, headers: [], body: Readable.from([Buffer.from(body)]) };
    const text = (await redactStatus(response, apiRequest())).toString();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', code, reason });
  });

  it.each([
    ['as much as any Status', 1024 * 1024, 1024 * 1024],
    ['nothing of more than any Status', 32 * 1024 * 1024, 0],
  ])('reads of a compressed body %s', async (_, bytes, expected) => {
    const body = Readable.from([gzipSync(Buffer.alloc(bytes, 'x'))]);
    const headers = [['Content-Encoding', 'gzip']] as const;
    expect((await readErrorBody({ status: 500, headers, body })).length).toBe(expected);
  });

  it('does not read on in a body without an end', async () => {
    let chunks = 0;
    const body = Readable.from(
      (function* () {
        for (; ; chunks += 1) yield Buffer.alloc(1024 * 1024, 0x61);
      })(),
      { objectMode: false },
    );
    expect(JSON.parse((await redactStatus({ status: 500, headers: [], body }, apiRequest())).toString()).code).toBe(
      500,
    );
    expect(chunks).toBeLessThan(40);
    expect(body.destroyed).toBe(true);
  });

  it('case 59: redacts keys of an error’s JSON as its texts, and keeps apart what becomes the same', () => {
    const body = { message: 'x', details: { 'a hunter2': 1, 'b hunter2': { 'hunter2 c': ['hunter2'] }, d: 2 } };
    const redact = (text: string) => (text.includes('hunter2') ? 'gone' : text);
    const text = substituteInStatus(Buffer.from(JSON.stringify(body)), redact)?.toString() ?? '';
    expect(JSON.parse(text)).toEqual({ message: 'x', details: { gone: 1, 'gone.1': { gone: ['gone'] }, d: 2 } });
    expect(substituteInStatus(Buffer.from('{"message":"x","details":{"name":"y"}}'), redact)).toBeNull();
  });
});
