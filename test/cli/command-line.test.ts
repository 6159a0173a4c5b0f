import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseListen } from '../../cli/gateway/gateway-settings.ts';
import { run, temporaryFolder } from './run.ts';

const commands = ['gateway', 'requests', 'approve', 'deny', 'journal verify', 'journal tail', 'policy upgrade'];

test('--help lists every command and the exit codes', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`\n  ${command} `);
  expect(out.replaceAll('\n', ' ')).toContain(
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the journal did not verify, 4 no gateway answers, 5 nothing was written for want of a yes, 6 the journal could not be compared with a second place.',
  );
});

test.each(commands)('%s --help says how to use it and what its exit codes mean', async (command) => {
  const { code, out } = await run(...command.split(' '), '--help');
  expect(code).toBe(0);
  expect(out).toContain(`Usage: gatehouse ${command}`);
  expect(out).toContain('Exit codes: 0 ');
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('journal --help shows both of its commands', async () => {
  const { out } = await run('journal', '--help');
  expect(out).toContain('gatehouse journal verify');
  expect(out).toContain('gatehouse journal tail');
});

test('--version prints the version of the package', async () => {
  expect((await run('--version')).out).toMatch(/^gatehouse \d+\.\d+\.\d+$/);
});

describe('wrong usage ends with 2 and names what is wrong', () => {
  test.each<[words: string[], complaint: RegExp]>([
    [[], /Usage: gatehouse COMMAND/],
    [['frobnicate'], /there is no command "frobnicate"/],
    [['journal', 'erase'], /there is no command "journal erase"/],
    [['requests', '--bogus'], /there is no flag --bogus\n.*gatehouse requests --help/s],
    [['requests', 'now'], /it takes flags only, and got "now"/],
    [['approve'], /takes one CODE\|ID, and got none/],
    [['deny', 'a', 'b'], /got "a" "b"/],
    [['journal', 'tail', '-n', '0'], /--lines takes a whole number of at least 1, not "0"/],
    [['journal', 'tail', '-n', 'many'], /not "many"/],
    [['gateway'], /--kubeconfig is missing: give it the file/],
    [['gateway', '--kubeconfig', 'a'], /--write-kubeconfig is missing/],
    [['gateway', '--kubeconfig', 'a', '--write-kubeconfig', './a'], /--write-kubeconfig would overwrite your own/],
    [
      ['gateway', '--kubeconfig', '/nonexistent/a', '--write-kubeconfig', 'b'],
      /--kubeconfig: \/nonexistent\/a does not exist/,
    ],
    [['requests', '--data', `/${'x'.repeat(120)}`], /--data: the path .* has \d+ bytes/],
  ])('%j', async (words, complaint) => {
    const { code, errors, out } = await run(...words);
    expect(errors).toMatch(complaint);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  test.each([
    ['', /--context is missing, and the kubeconfig has no current context; it has: prod, test/],
    ['staging', /--context: the kubeconfig has no context "staging"; it has: prod, test/],
  ])('gateway --context %j', async (context, complaint) => {
    const file = join(await temporaryFolder(), 'config');
    const entry = (name: string) => ({ name, context: { cluster: 'c', user: 'u' } });
    await writeFile(file, JSON.stringify({ kind: 'Config', contexts: [entry('prod'), entry('test')] }));
    const flags = context === '' ? [] : ['--context', context];
    const { code, errors } = await run('gateway', '--kubeconfig', file, '--write-kubeconfig', 'b', ...flags);
    expect(errors).toMatch(complaint);
    expect(code).toBe(2);
  });
});

describe('--listen', () => {
  test.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['localhost:65535', { host: 'localhost', port: 65535 }],
  ])('takes %s', (text, expected) => {
    expect(parseListen(text)).toEqual(expected);
  });

  test.each(['0.0.0.0:0', '192.168.0.7:443', '[::]:0', '127.0.0.1', ':0', '127.0.0.1:70000', 'localhost:x', ''])(
    'refuses %j',
    (text) => {
      expect(() => parseListen(text)).toThrow(/--listen takes a loopback address and a port/);
    },
  );
});
