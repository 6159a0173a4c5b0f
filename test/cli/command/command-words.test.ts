import { expect, it } from 'vitest';
import { commandWords } from '../../../cli/command/command-words.ts';

it.each([
  ['/bin/hook', ['/bin/hook']],
  ['  /bin/hook   a\tb ', ['/bin/hook', 'a', 'b']],
  [`/bin/hook 'a b' "c d"`, ['/bin/hook', 'a b', 'c d']],
  [`/bin/hook --to='a b'c`, ['/bin/hook', '--to=a bc']],
  [`/bin/hook "it's" '"'`, ['/bin/hook', "it's", '"']],
  [`/bin/hook '' ""`, ['/bin/hook', '', '']],
  [
    '/bin/hook $HOME $(rm -rf /) `id` a;b | c > d & \\n',
    [...['/bin/hook', '$HOME', '$(rm', '-rf', '/)', '`id`', 'a;b', '|', 'c', '>', 'd', '&', '\\n']],
  ],
  ['', []],
  ['   ', []],
])('%s is words, and nothing else', (line, words) => {
  expect(commandWords(line)).toEqual(words);
});

it.each([`/bin/hook 'a`, `/bin/hook "a'`])('%s has a quote that is not closed', (line) => {
  expect(commandWords(line)).toBeNull();
});
