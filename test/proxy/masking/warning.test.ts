import { describe, expect, it } from 'vitest';
import { countMaskWarning, warningHeader } from '../../../proxy/masking/warning.ts';
import { apiRequest } from './requests.ts';

describe('warning header', () => {
  it('quotes the text and escapes what would end it', () => {
    expect(warningHeader('say "a\\b"')).toBe('299 gatehouse "say \\"a\\\\b\\""');
  });

  it('has no control characters, so that a text cannot start a header or colour a terminal', () => {
    expect(warningHeader('a\r\nX-Evil: 1\u001b[31m')).toBe('299 gatehouse "a X-Evil: 1 [31m"');
  });

  it('is UTF-8 on the wire', () => {
    expect(Buffer.from(warningHeader('grüße'), 'latin1').toString('utf8')).toBe('299 gatehouse "grüße"');
  });

  it('is cut at 256 characters, never inside one', () => {
    const text = Buffer.from(warningHeader('😀'.repeat(300)), 'latin1')
      .toString('utf8')
      .slice('299 gatehouse "'.length, -1);
    expect([...text]).toHaveLength(256);
    expect(text.endsWith('😀…')).toBe(true);
  });
});

describe('what is said about masks', () => {
  it.each([
    [{ maskedValues: 3, maskedObjects: 1 }, { verb: 'get', name: 'db' }, '3 values masked in secrets team-a/db'],
    [{ maskedValues: 1, maskedObjects: 1 }, {}, '1 value masked in 1 object of secrets'],
    [{ maskedValues: 7, maskedObjects: 2 }, {}, '7 values masked in 2 objects of secrets'],
  ])('%j', (report, info, start) => {
    expect(countMaskWarning(report, apiRequest(info))?.startsWith(start)).toBe(true);
  });

  it('nothing when nothing was masked', () => {
    expect(countMaskWarning({ maskedValues: 0, maskedObjects: 0 }, apiRequest())).toBeNull();
  });
});
