import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { insertion, readBashLine } from '../../../cli/completion/bash-line.ts';

const BREAKS = ' \t\n"\'><=;|&(:';

describe('a line as far as the cursor', () => {
  test.each<[line: string, before: string[], current: string]>([
    ['', [], ''],
    ['g', [], 'g'],
    ['g a', ['g'], 'a'],
    ['g  a ', ['g', 'a'], ''],
    ["g 'a b' c", ['g', 'a b'], 'c'],
    ['g "a $b" c', ['g', 'a $b'], 'c'],
    ['g a\\ b', ['g'], 'a b'],
    ['g "a\\"b\\c', ['g'], 'a"b\\c'],
    ["g --x='a b", ['g'], '--x=a b'],
    ["g '' b", ['g', ''], 'b'],
    ['g a\\', ['g'], 'a'],
  ])('%j', (line, before, current) => {
    expect(readBashLine(line)).toMatchObject({ before, current });
  });
});

describe('what is put into the line', () => {
  const HOSTILE = [
    'a b',
    '$(id)',
    '`id`',
    'a;id',
    'a&id',
    'a|id',
    'a>b',
    "it's",
    'a"b',
    'a\\b',
    '~',
    '*',
    '#x',
    '!x',
    '{a,b}',
    'ä b',
    '[a]',
    '-x',
    'a(b)',
  ];

  test.each(HOSTILE)('%j is itself to bash', (value) => {
    const word = insertion(value, readBashLine('g '), '', BREAKS);
    expect(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(value);
  });

  test.each(HOSTILE.filter((value) => !value.includes('!')))('%j is itself in quotes that are open', (value) => {
    for (const quote of ['"', "'"]) {
      const word = insertion(value, readBashLine(`g ${quote}`), '', BREAKS);
      expect(execFileSync('bash', ['-c', `printf %s ${quote}${word}${quote}`], { encoding: 'utf8' })).toBe(value);
    }
  });

  test.each<[what: string, line: string, value: string, prefix: string, inserted: string | null]>([
    ['behind = what bash takes for the word', 'g --x=a', 'abc', '--x=', 'abc'],
    ['behind a colon too', 'g a:b', 'a:bc', '', 'bc'],
    ['in quotes behind =', 'g --x="a', 'a b', '--x=', 'a b'],
    ['not where a quote opens in the middle', 'g a"b', 'abc', '', null],
    ['not where it could not be quoted', 'g "', 'a!b', '', null],
    ['not where it holds a line feed', 'g ', 'a\nb', '', null],
    ['not where it would move the cursor', 'g ', 'a\u001b[2J', '', null],
  ])('%s', (_what, line, value, prefix, inserted) => {
    expect(insertion(value, readBashLine(line), prefix, BREAKS)).toBe(inserted);
  });
});
