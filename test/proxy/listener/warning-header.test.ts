import { describe, expect, it } from 'vitest';
import { warningHeader } from '../../../proxy/listener/warning-header.ts';

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
