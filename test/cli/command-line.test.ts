import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Flag } from '../../cli/command/flags.ts';
import { GATEWAY_FLAGS } from '../../cli/gateway/gateway-flags.ts';
import { parseListen } from '../../cli/gateway/gateway-settings.ts';
import { finished, run, startIn, temporaryFolder } from './run.ts';

const commands = [
  'gateway',
  'requests',
  'approve',
  'deny',
  'journal verify',
  'journal tail',
  'journal query',
  'journal show',
  'policy upgrade',
];

test('--help lists every command and the exit codes', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`\n  ${command} `);
  expect(out.replaceAll('\n', ' ')).toContain(
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the journal did not verify, 4 no gateway answers, 5 nothing was written for want of a yes, 6 nothing wrong in the journal, and not all of it could be checked, 7 the gateway was not ready in the time of --wait.',
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
    [['streams', 'now'], /it takes flags only, and got "now"/],
    [['requests', 'a', 'b'], /it takes at most one CODE\|ID, and got "a" "b"/],
    [['approve', 'a', '--reason', 'x', '--comment', 'y'], /--comment is given twice, as "x" and as "y"/],
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

describe('says what was probably meant by', () => {
  test.each<[words: string[], says: string | RegExp]>([
    [['aprove'], 'gatehouse: there is no command "aprove"; did you mean "gatehouse approve"?'],
    [['journal', 'verfy'], 'gatehouse: there is no command "journal verfy"; did you mean "gatehouse journal verify"?'],
    [['jornal', 'verfy'], /did you mean "gatehouse journal verify"\?/],
    [['verify'], /did you mean "gatehouse journal verify"\?/],
    [
      ['policy', 'lint'],
      /there is no command "policy lint"; policy has (?=.*pending)(?=.*upgrade)[a-z, ]+ and [a-z]+\nRun "gatehouse policy --help"/,
    ],
    [['help', 'aprove'], /did you mean "gatehouse approve"\?/],
    [['frobnicate'], 'gatehouse: there is no command "frobnicate"\nRun "gatehouse --help" for all commands.'],
    [['--data', 'x', 'requests'], /a command comes first, then its flags: gatehouse COMMAND --data/],
    [['gateway', '--kubeconifg', 'x'], /there is no flag --kubeconifg; did you mean --kubeconfig\?/],
    [['gateway', '--no-trust-policy-foldr'], /there is no flag --no-trust-policy-foldr/],
    [['requests', '-data', 'x'], /there is no flag -data; did you mean --data\?/],
    [['gateway', '--write_kubeconfig=x'], /did you mean --write-kubeconfig\?/],
    [['policy', 'upgrade', '-o', 'jsn'], /--output takes text or json, not "jsn"; did you mean "json"\?/],
  ])('%j', async (words, says) => {
    const { code, errors, out } = await run(...words);
    if (typeof says === 'string') expect(errors).toBe(says);
    else expect(errors).toMatch(says);
    expect(errors.split('\n').length).toBeLessThan(3);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('flags', () => {
  test.each<[words: string[], says: RegExp]>([
    [['requests', '--data', 'a', '--data', 'b'], /--data is given twice, as "a" and as "b": give it once/],
    [['policy', 'accept', '--yes', '--no-yes'], /--no-yes is given twice, on and off/],
    [['requests', '--data'], /--data is missing its value: --data FOLDER/],
    [['requests', '--data', '--json'], /--data takes FOLDER, and "--json" looks like a flag: write --data="--json"/],
    [['requests', '--json=yes'], /--json takes no value, and got "yes"/],
    [['requests', '--data='], /--data is empty: give it FOLDER, or leave it out/],
    [['requests', '--data=~/x'], /--data takes a path, and no shell has expanded "~\/x"/],
    [['requests', '--__proto__'], /there is no flag --__proto__/],
    [['requests', '-x'], /there is no flag -x/],
  ])('%j is refused', async (words, says) => {
    expect(await run(...words)).toMatchObject({ code: 2, errors: expect.stringMatching(says) });
  });

  test('--json is read as --output json, as it was before; --json=false is not', async () => {
    const data = await temporaryFolder();
    const expected = { code: 4, out: '' };
    for (const words of [['--json'], ['-o', 'json'], ['-ojson'], ['--output=json'], ['--json=false']]) {
      expect(await run('requests', '--data', data, ...words)).toMatchObject(expected);
    }
  });

  test('the same twice is once', async () => {
    const data = await temporaryFolder();
    expect((await run('requests', '--data', data, '--data', data, '--json', '--json')).code).toBe(4);
  });
});

describe('help', () => {
  test.each([[['approve', '--help']], [['approve', '-h']], [['help', 'approve']], [['approve', 'CODE', '--help']]])(
    '%j is that of the command',
    async (words) => {
      expect(await run(...words)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Usage: gatehouse approve CODE/),
      });
    },
  );

  test.each([[['help', 'journal']], [['journal', 'help']], [['journal', '-h']]])(
    '%j is that of its commands',
    async (words) => {
      const { code, out } = await run(...words);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: gatehouse journal verify.*^Usage: gatehouse journal tail/ms);
    },
  );

  test('behind -- is none: it is a word', async () => {
    expect((await run('approve', '--', '--help')).code).not.toBe(0);
  });

  test.each([60, 80, 120, 200])('fits a terminal of %i columns, for every command', async (columns) => {
    const { out } = await finished(startIn({ columns }, '--help'));
    const names = [...out.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(14);
    for (const name of names) {
      const help = await finished(startIn({ columns }, ...name.split(' '), '--help'));
      const widest = help.out.split('\n').toSorted((left, right) => right.length - left.length)[0] ?? '';
      // What is an example stays as it is, and so does a word that has no space.
      if (!/^ {2}\S/.test(widest)) expect(widest.length, widest).toBeLessThanOrEqual(columns);
    }
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});

/** What a flag's value is called in help says what kind it must be; the others are free text. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  FILE: ['file', 'new-file'],
  FOLDER: ['folder'],
  N: ['number'],
  SECONDS: ['number'],
  'HOST:PORT': ['address'],
  URL: ['url'],
  GROUP: ['group'],
  "'FILE ARGS'": ['command'],
};

describe('each flag of the gateway says what its value is, for the config file, its schema and completion', () => {
  test.each(Object.entries<Flag>(GATEWAY_FLAGS))(
    '--%s',
    (_name, { value = '', kind = 'text', choices, type, says }) => {
      expect(type === 'boolean').toBe(value === '');
      expect(says).not.toBe('');
      if (type === 'boolean' || choices !== undefined) return;
      expect(KINDS[value] ?? ['text', 'context'], `"kind" of a flag that takes ${value}`).toContain(kind);
      expect(value, 'one of several words: say "choices"').not.toMatch(/\||^LEVEL$|^FORMAT$/);
    },
  );
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
