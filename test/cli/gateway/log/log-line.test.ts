import { describe, expect, it } from 'vitest';
import { logLine } from '../../../../cli/gateway/log/log-line.ts';

const TIME = '2026-12-01T11:27:19.123Z';

function line(fields: object, format: 'text' | 'journal' | 'json', level = 'info', msg = 'a request waits'): string {
  return logLine(`${JSON.stringify({ level, time: TIME, event: 'approval-asked', ...fields, msg })}\n`, format);
}

describe('a line of the log as text', () => {
  it.each([
    ['time, level, what, and fields', {}, ''],
    ['a plain value as it is', { code: '7F3K', seconds: 1.5 }, ' code=7F3K seconds=1.5'],
    ['nothing of what is not there', { as: null }, ''],
    ['a value with spaces in quotes', { request: 'delete pod shop/web' }, ' request="delete pod shop/web"'],
    ['an empty value as such', { who: '' }, ' who=""'],
    ['a list of plain words', { rules: ['a/b', 'c/d'] }, ' rules=a/b,c/d'],
    ['a list of others as JSON', { rules: ['a b', 'c'] }, ' rules=["a b","c"]'],
    ['a list whose words have commas as JSON', { rules: ['a,b', 'c'] }, ' rules=["a,b","c"]'],
    ['an object part by part', { error: { type: 'Error', code: 'EIO' } }, ' error.type=Error error.code=EIO'],
    ['a quote in a value escaped', { who: 'a" by="ada' }, ' who="a\\" by=\\"ada"'],
    ['a value that looks like fields in quotes', { who: 'x by=ada' }, ' who="x by=ada"'],
    ['a name that looks like fields in quotes', { 'a=b c': 1 }, ' "a=b c"=1'],
  ])('has %s', (_what, fields, words) => {
    expect(line(fields, 'text')).toBe(`${TIME} INFO  approval-asked: a request waits${words}\n`);
  });

  it.each([
    ['a line feed', '\n<0>forged: by=ada', '\\n<0>forged: by=ada'],
    ['a carriage return', '\rforged', '\\rforged'],
    ['an escape sequence', '\u001b[2Jx', '\\u001b[2Jx'],
    ['a C1 control character', '\u009b2Jx', '\\u009b2Jx'],
    ['a text turned around', 'a\u202eb', 'a\\u202eb'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['$(rm) and backticks, which nothing reads', '$(rm -rf /)`id`', '$(rm -rf /)`id`'],
  ])('writes %s out, in a value, a name and the message', (_what, hostile, shown) => {
    for (const format of ['text', 'journal', 'json'] as const) {
      for (const written of [line({ who: hostile }, format), line({ [hostile]: 'x' }, format)]) {
        expect(written.split('\n')).toHaveLength(2);
        expect(written.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
      }
      expect(line({}, format, 'info', hostile).split('\n')).toHaveLength(2);
    }
    expect(line({ who: hostile }, 'text')).toContain(` who="${shown}"`);
  });

  it('quotes a message that could be taken for fields', () => {
    expect(line({}, 'text', 'info', 'decided by=ada')).toContain('approval-asked: "decided by=ada"');
  });
});

it.each([
  ['debug', 7],
  ['info', 6],
  ['warn', 4],
  ['error', 3],
])("a line for systemd's journal begins with the priority of %s, and has no time of its own", (level, priority) => {
  expect(line({ code: '7F3K' }, 'journal', level)).toBe(`<${priority}>approval-asked: a request waits code=7F3K\n`);
});

it('a line of JSON parses to what was logged, whatever is in it', () => {
  const fields = { who: 'a\u202e\n"b', list: ['\u001b'] };
  expect(JSON.parse(line(fields, 'json'))).toEqual({
    level: 'info',
    time: TIME,
    event: 'approval-asked',
    ...fields,
    msg: 'a request waits',
  });
});
