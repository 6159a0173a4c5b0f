import { describe, expect, test } from 'vitest';
import { OscFilter, type OscReport } from '../../../proxy/recording/osc-filter.ts';

const TOKEN = 'b0a7';
const report = (value: string, end = '\x07', token = TOKEN) => `\x1b]6973;${token};kubeconfig;${value}${end}`;

function filtered(chunks: readonly Uint8Array[]): { text: string; reports: OscReport[] } {
  const reports: OscReport[] = [];
  const filter = new OscFilter(TOKEN, (found) => reports.push(found));
  const passed = chunks.map((chunk) => filter.push(chunk));
  return { text: Buffer.concat([...passed, filter.end()]).toString('utf8'), reports };
}

describe('the filter of our control sequence', () => {
  const cases: ReadonlyArray<readonly [what: string, input: string, text: string, values: string[]]> = [
    ['is taken out and reported', `before${report('/gw.yaml')}$ `, 'before$ ', ['/gw.yaml']],
    ['may end with ESC \\ as well', `a${report('/gw.yaml', '\x1b\\')}b`, 'ab', ['/gw.yaml']],
    ['may hold semicolons and UTF-8', `${report('/a;b/ü.yaml')}`, '', ['/a;b/ü.yaml']],
    ['may be empty: the shell has no KUBECONFIG', report(''), '', ['']],
    ['may come several times', `${report('1')}x${report('2')}y`, 'xy', ['1', '2']],
    ['is taken out but not believed under another token', `a${report('/evil', '\x07', 'ffff')}b`, 'ab', []],
    [
      'leaves every other sequence alone',
      '\x1b]0;title\x07\x1b[1mbold\x1b[0m\x1b]697;x\x07',
      '\x1b]0;title\x07\x1b[1mbold\x1b[0m\x1b]697;x\x07',
      [],
    ],
    ['passes what only starts like one', '\x1b]6973;b0a7;kube\nnext line', '\x1b]6973;b0a7;kube\nnext line', []],
    [
      'passes one that another sequence interrupts, and finds the next',
      `\x1b]6973;b0a7;x\x1b[1m${report('/gw')}`,
      '\x1b]6973;b0a7;x\x1b[1m',
      ['/gw'],
    ],
    ['passes what the end of the terminal cuts off', 'text\x1b]6973;b0a7;kubeco', 'text\x1b]6973;b0a7;kubeco', []],
  ];

  test.each(cases)('%s', (_what, input, text, values) => {
    const { text: got, reports } = filtered([Buffer.from(input)]);
    expect(got).toBe(text);
    expect(reports).toEqual(values.map((value) => ({ name: 'kubeconfig', value })));
  });

  test.each(cases)('%s, also split at every place', (_what, input, text, values) => {
    const bytes = Buffer.from(input);
    for (let at = 0; at <= bytes.length; at += 1) {
      const { text: got, reports } = filtered([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(got).toBe(text);
      expect(reports.map(({ value }) => value)).toEqual(values);
    }
    const single = filtered([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(single.text).toBe(text);
    expect(single.reports.map(({ value }) => value)).toEqual(values);
  });

  test('holds back no more than 16 KiB of something that never ends', () => {
    const filter = new OscFilter(TOKEN, () => {});
    const endless = `\x1b]6973;${'x'.repeat(20_000)}`;
    expect(filter.push(Buffer.from(endless)).toString()).toBe(endless);
  });
});
