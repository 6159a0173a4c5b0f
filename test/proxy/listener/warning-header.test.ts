import { describe, expect, it } from 'vitest';
import { warningHeader, warningLines } from '../../../proxy/listener/warning-header.ts';

describe('warning header', () => {
  it('quotes the text and escapes what would end it', () => {
    expect(warningHeader('say "a\\b"')).toBe('299 gatehouse "say \\"a\\\\b\\""');
  });

  it('has no control characters, so that a text cannot start a header or colour a terminal', () => {
    expect(warningHeader('a\r\nX-Evil: 1\u001b[31m')).toBe('299 gatehouse "a X-Evil: 1\\\\u001b[31m"');
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

describe('warnings beside those of the cluster', () => {
  const upstream = ['Warning', '299 - "deprecated"'] as const;

  it('are added, and none is said twice', () => {
    expect(warningLines(['a', 'b', 'a'], [upstream])).toEqual([
      ['Warning', '299 gatehouse "a"'],
      ['Warning', '299 gatehouse "b"'],
    ]);
    expect(warningLines(['a'], [['warning', '299 gatehouse "a"']])).toEqual([]);
  });

  it('come to 4 KiB with those of the cluster, and what goes beyond is left out', () => {
    const many = Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(300)}`);
    const bytes = (lines: ReadonlyArray<readonly [string, string]>) => lines.join('').length;
    const alone = warningLines(many, []);
    expect(alone.length).toBeGreaterThan(10);
    expect(bytes(alone)).toBeLessThan(4096 + alone.length * 'Warning,'.length);
    const cluster = ['Warning', `299 - "${'y'.repeat(2000)}"`] as const;
    expect(warningLines(many, [cluster]).length).toBeLessThan(alone.length);
    expect(warningLines(['short'], [['Warning', 'z'.repeat(4090)]])).toEqual([]);
  });
});
