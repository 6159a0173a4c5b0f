import { describe, expect, it } from 'vitest';
import { maskedHeaders, withSafeWarnings } from '../../../../proxy/masking/status/masked-headers.ts';

const JSON_TYPE = ['Content-Type', 'application/json'] as const;

describe('headers of a masked answer', () => {
  it('case 48: the length is ours, and ETag and digests go, since the bytes are others', () => {
    const headers = maskedHeaders(
      [
        JSON_TYPE,
        ['Content-Length', '9'],
        ['etag', '"x"'],
        ['Digest', 'sha-256=x'],
        ['Audit-Id', '1'],
        ['Vary', 'Accept'],
      ],
      { contentLength: 12 },
    );
    expect(headers).toEqual([JSON_TYPE, ['Audit-Id', '1'], ['Vary', 'Accept'], ['Content-Length', '12']]);
  });

  it('a watch has no length', () => {
    const type = ['Content-Type', 'application/json;stream=watch'] as const;
    expect(maskedHeaders([type, ['Content-Length', '9']], { contentLength: null, body: 'watch' })).toEqual([type]);
  });

  it('an error is JSON, whatever it was', () => {
    expect(maskedHeaders([['content-type', 'text/plain']], { contentLength: 2, body: 'status' })).toEqual([
      JSON_TYPE,
      ['Content-Length', '2'],
    ]);
  });

  it('an answer without a body gets no Content-Type', () => {
    expect(
      maskedHeaders(
        [
          ['ETag', '"x"'],
          ['Audit-Id', '1'],
        ],
        { contentLength: null, body: 'none' },
      ),
    ).toEqual([['Audit-Id', '1']]);
  });

  it.each([
    ['YAML', [['Content-Type', 'application/yaml']]],
    ['protobuf', [['Content-Type', 'application/vnd.kubernetes.protobuf']]],
    ['no type', []],
    ['two types', [JSON_TYPE, ['Content-Type', 'application/yaml']]],
    ['compressed JSON', [JSON_TYPE, ['Content-Encoding', 'gzip']]],
  ] as Array<[string, Array<[string, string]>]>)('fails closed on %s', (_, headers) => {
    expect(() => maskedHeaders(headers, { contentLength: 1 })).toThrow(
      expect.objectContaining({ code: 'response-not-maskable' }),
    );
  });
});

describe('case 46: warnings on the answers of Secrets', () => {
  const warnings = (...values: string[]) =>
    maskedHeaders([JSON_TYPE, ...values.map((value) => ['Warning', value] as const)], { contentLength: null })
      .filter(([name]) => name === 'Warning')
      .map(([, value]) => value);

  it('are withheld when they may quote a value, whoever they say they are from, and said once', () => {
    const said = warnings('299 - "value is hunter2"', '299 gatehouse "value is hunter2"', 'hunter2');
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^299 - "a warning of the cluster: text withheld by Gatehouse/);
  });

  it.each([
    '299 - "unknown field \\"spec.foo\\""',
    '299 - "duplicate field \\"stringData\\""',
    '299 - "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob"',
  ])('stay when they are made of names: %s', (value) => {
    expect(warnings(value)).toEqual([value]);
  });
});

describe('case 46: warnings on the answers of everything else', () => {
  const redact = (text: string): string => text.replaceAll('hunter2 "ü"', 'REDACTED');
  const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
  const safe = (value: string): string | undefined => withSafeWarnings([['Warning', value]], redact)[0]?.[1];

  it('are redacted as the text that kubectl prints: unescaped, in UTF-8', () => {
    expect(safe(latin1('299 - "saw hunter2 \\"ü\\" in \\"ä\\""'))).toBe(latin1('299 - "saw REDACTED in \\"ä\\""'));
  });

  it('keep agent and date', () => {
    expect(safe(latin1('299 webhook "hunter2 \\"ü\\"" "Wed, 21 Oct 2015 07:28:00 GMT"'))).toBe(
      '299 webhook "REDACTED" "Wed, 21 Oct 2015 07:28:00 GMT"',
    );
  });

  it('that are none are redacted too', () => {
    expect(safe(latin1('hunter2 "ü"'))).toBe('299 - "REDACTED"');
  });

  it('that quote nothing, and other headers, stay as they are', () => {
    const headers = [
      ['Warning', '299 - "a \\"b\\""'],
      ['X-Other', latin1('hunter2 "ü"')],
    ] as const;
    expect(withSafeWarnings(headers, redact)).toEqual(headers);
  });
});
