import { PassThrough, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal, type RefusalCode } from '../../../proxy/refusal.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { BODY_LIMIT, checkBody, readBody } from '../../../proxy/request/request-body.ts';

const FOO = '/api/v1/namespaces/foo';

function request(line: string, contentType?: string, ...more: string[]) {
  const [method = '', target = ''] = line.split(' ', 2);
  const rawHeaders = [...(contentType === undefined ? [] : ['Content-Type', contentType]), ...more];
  return readRequest({ method, target, rawHeaders });
}

function outcome(line: string, contentType: string | undefined, body: string, ...more: string[]): RefusalCode | 'read' {
  try {
    checkBody(request(line, contentType, ...more), Buffer.from(body));
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const PATIENT = { onSlow: () => undefined };

describe('collecting a body', () => {
  it("takes up to the API server's limit of 3 MiB", async () => {
    expect(BODY_LIMIT).toBe(3_145_728);
    const body = Buffer.alloc(BODY_LIMIT, 'x');
    const stream = Readable.from([body.subarray(0, 10), body.subarray(10)]);
    expect((await readBody(stream, undefined, PATIENT)).length).toBe(BODY_LIMIT);
  });

  it('refuses more at once when Content-Length says so, without reading', async () => {
    const refused = readBody(new PassThrough(), String(BODY_LIMIT + 1), PATIENT);
    await expect(refused).rejects.toMatchObject({ code: 'body-too-large' });
  });

  it('refuses more as it comes, and leaves the stream (the socket of the answer) alive', async () => {
    const stream = new PassThrough();
    const reading = readBody(stream, undefined, { ...PATIENT, limit: 4 });
    stream.write('12345');
    await expect(reading).rejects.toMatchObject({
      code: 'body-too-large',
      message: 'Request entity too large: limit is 4',
    });
    expect(stream.destroyed).toBe(false);
  });
});

describe('case 67: a body that is slow to come', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Reads a body of which so many bytes come at the beginning of each second. */
  async function trickled(bytes: number, seconds: number) {
    const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
    const onSlow = vi.fn();
    let outcome = 'reading';
    const reading = readBody(stream, undefined, { onSlow }).then(
      (body) => `${body.length} bytes`,
      ({ code, message }: Refusal) => `${code}: ${message}`,
    );
    void reading.then((said) => {
      outcome = said;
    });
    for (let second = 0; second < seconds; second += 1) {
      stream.write(Buffer.alloc(bytes));
      await setImmediate();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const end = (): Promise<string> => {
      stream.end();
      return reading;
    };
    return { stream, onSlow, outcome, end };
  }

  it('is told of once, after a second', async () => {
    const { onSlow, end } = await trickled(10_000, 5);
    expect(onSlow).toHaveBeenCalledOnce();
    expect(await end()).toBe('50000 bytes');
  });

  it.each([
    ['nothing', 0],
    ['a byte a second', 1],
    ['a thousand bytes a second', 1_000],
  ])('is refused after 15 s where it brings %s', async (_name, bytes) => {
    expect((await trickled(bytes, 14)).outcome).toBe('reading');
    const { stream, outcome } = await trickled(bytes, 15);
    expect(outcome).toMatch(/^request-too-slow: The request body brought less than 15 KiB in 15 s/);
    expect(stream.destroyed).toBe(false);
  });

  it('is refused where it stops half-way', async () => {
    const { outcome, end } = await trickled(2_000, 20);
    expect(outcome).toBe('reading');
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await end()).toMatch(/^request-too-slow: /);
  });

  it('passes over a slow line: 3 MiB in 50 s', async () => {
    const { outcome, end } = await trickled(Math.floor(BODY_LIMIT / 50), 50);
    expect(outcome).toBe('reading');
    expect(await end()).toBe(`${Math.floor(BODY_LIMIT / 50) * 50} bytes`);
  });

  it('is waited for as long as the API server would, and no longer', async () => {
    expect((await trickled(2_000, 59)).outcome).toBe('reading');
    expect((await trickled(2_000, 60)).outcome).toMatch(/^request-too-slow: The request body took longer than 60 s/);
  });

  it('ends where there is no place for another slow one', async () => {
    const busy = new Refusal('gateway-busy', 'busy');
    const refused = expect(
      readBody(new PassThrough(), undefined, {
        onSlow: () => {
          throw busy;
        },
      }),
    ).rejects.toBe(busy);
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
  });
});

describe('what a body may be', () => {
  const PROTOBUF = 'application/vnd.kubernetes.protobuf';
  const WIDGETS = '/apis/example.com/v1/namespaces/foo/widgets';

  it.each<[string, string, string | undefined, string, RefusalCode | 'read']>([
    ['JSON', `POST ${FOO}/pods`, 'application/json', '{}', 'read'],
    ['JSON without a type', `POST ${FOO}/pods`, undefined, '{}', 'read'],
    ['JSON in odd letters with parameters', `PUT ${FOO}/pods/p`, 'Application/JSON; charset=utf-8', '{}', 'read'],
    ['JSON options of a DELETE', `DELETE ${FOO}/pods/p`, 'application/json', '{"dryRun":["All"]}', 'read'],
    ['YAML', `POST ${FOO}/pods`, 'application/yaml', 'kind: Pod\n', 'read'],
    ['protobuf for the core group', `POST ${FOO}/pods`, PROTOBUF, 'k8s\0', 'read'],
    ['protobuf for a built-in group', 'POST /apis/apps/v1/namespaces/foo/deployments', PROTOBUF, 'k8s\0', 'read'],
    ['case 50: protobuf for a custom resource', `POST ${WIDGETS}`, PROTOBUF, 'k8s\0', 'media-type-not-supported'],
    ['CBOR', `POST ${FOO}/pods`, 'application/cbor', '\xa0', 'media-type-not-supported'],
    ['a JSON patch', `PATCH ${FOO}/pods/p`, 'application/json-patch+json', '[]', 'read'],
    ['a merge patch', `PATCH ${FOO}/pods/p`, 'application/merge-patch+json', '{}', 'read'],
    ['a strategic merge patch', `PATCH ${FOO}/pods/p`, 'application/strategic-merge-patch+json', '{}', 'read'],
    ['apply, as YAML', `PATCH ${FOO}/pods/p`, 'application/apply-patch+yaml', 'kind: Pod\n', 'read'],
    ['apply, as JSON', `PATCH ${FOO}/pods/p`, 'application/apply-patch+yaml', '{"kind":"Pod"}', 'read'],
    ['apply, as a YAML flow mapping', `PATCH ${FOO}/pods/p`, 'application/apply-patch+yaml', '{kind: Pod}', 'read'],
    ['apply, as CBOR', `PATCH ${FOO}/pods/p`, 'application/apply-patch+cbor', '\xa0', 'media-type-not-supported'],
    ['a PATCH without a type', `PATCH ${FOO}/pods/p`, undefined, '{}', 'media-type-not-supported'],
    ['a PATCH of plain JSON', `PATCH ${FOO}/pods/p`, 'application/json', '{}', 'media-type-not-supported'],
    [
      'a PATCH type in other letters',
      `PATCH ${FOO}/pods/p`,
      'Application/Merge-Patch+JSON',
      '{}',
      'media-type-not-supported',
    ],
    ['a patch type on POST', `POST ${FOO}/pods`, 'application/merge-patch+json', '{}', 'media-type-not-supported'],
    ['text/yaml', `POST ${FOO}/pods`, 'text/yaml', 'a: b', 'media-type-not-supported'],
    ['a list of types', `POST ${FOO}/pods`, 'application/json, application/yaml', '{}', 'media-type-not-supported'],
    ['*/*', `POST ${FOO}/pods`, '*/*', '{}', 'media-type-not-supported'],
    ['a name that every object has', `POST ${FOO}/pods`, 'constructor', '{}', 'media-type-not-supported'],
    ['YAML text as JSON', `POST ${FOO}/pods`, 'application/json', 'kind: Pod', 'body-not-readable'],
    [
      'case 49: several YAML documents',
      `POST ${FOO}/pods`,
      'application/yaml',
      'a: b\n---\nc: d\n',
      'body-not-readable',
    ],
    [
      'a repeated key in JSON',
      `PATCH ${FOO}/pods/p`,
      'application/merge-patch+json',
      '{"a":1,"a":2}',
      'body-not-readable',
    ],
    [
      'a repeated key in apply',
      `PATCH ${FOO}/pods/p`,
      'application/apply-patch+yaml',
      '{"a":1,"a":2}',
      'body-not-readable',
    ],
    ['a body on GET', `GET ${FOO}/pods`, undefined, '{}', 'body-not-readable'],
    ['no body', `POST ${FOO}/pods/p/exec`, undefined, '', 'read'],
    ['what goes to a backend', `POST ${FOO}/services/s/proxy/x`, 'text/plain', 'hello', 'read'],
  ])('%s', (_name, line, contentType, body, expected) => {
    expect(outcome(line, contentType, body)).toBe(expected);
  });

  it.each([
    ['gzip', '\x1f\x8b'],
    ['GZIP', '\x1f\x8b'],
    ['deflate', '{}'],
    ['br', '{}'],
    ['zstd', '{}'],
    ['identity, gzip', '{}'],
    ['', '{}'],
  ])('a body in "%s" is refused, the API server would not decode it', (encoding, body) => {
    expect(outcome(`POST ${FOO}/pods`, 'application/json', body, 'Content-Encoding', encoding)).toBe(
      'body-not-readable',
    );
  });

  it('a body that says it is not compressed is read', () => {
    expect(outcome(`POST ${FOO}/pods`, 'application/json', '{}', 'Content-Encoding', 'identity')).toBe('read');
  });

  it('answers the value that was read, and null for protobuf', () => {
    expect(checkBody(request(`POST ${FOO}/pods`, 'application/yaml'), Buffer.from('kind: Pod'))).toEqual(
      new Map([['kind', 'Pod']]),
    );
    expect(checkBody(request(`POST ${FOO}/pods`, PROTOBUF), Buffer.from('k8s\0'))).toBeNull();
  });
});
