import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run, runWith, temporaryFolder } from '../run.ts';

/** What is offered, without what it is. */
async function offered(...words: string[]): Promise<string[]> {
  const { code, out, errors } = await run('complete', 'fish', '--', ...words);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return out.split('\n').map((line) => line.split('\t')[0] ?? '');
}

describe('offers', () => {
  test.each<[words: string[], offers: string[]]>([
    [[''], ['words', 'gateway', 'requests', 'approve', 'journal', 'help']],
    [['-'], ['words', '--help', '--version']],
    [
      ['help', ''],
      ['words', 'gateway', 'policy'],
    ],
    [
      ['policy', ''],
      ['words', 'pending', 'accept', 'upgrade'],
    ],
    [
      ['policy', '-'],
      ['words', '--help'],
    ],
    [
      ['gateway', '--'],
      ['words', '--kubeconfig', '--listen', '--config', '--help'],
    ],
    [['gateway', '--kubeconfig', ''], ['files']],
    [['gateway', '--config='], ['files']],
    [['gateway', '--data', ''], ['folders']],
    [
      ['policy', 'upgrade', '-o', ''],
      ['words', 'text', 'json'],
    ],
    [
      ['policy', 'upgrade', '--output='],
      ['words', '--output=text', '--output=json'],
    ],
    [
      ['gateway', '--trust-policy-folder='],
      ['words', '--trust-policy-folder=true', '--trust-policy-folder=false'],
    ],
    [
      ['completion', ''],
      ['words', 'bash', 'zsh', 'fish'],
    ],
    [['config', 'check', ''], ['files']],
  ])('behind %j at least %j', async (words, offers) => {
    expect(await offered(...words)).toEqual(expect.arrayContaining(offers));
  });

  test.each<[why: string, words: string[]]>([
    ['what is no command', ['frobnicate', '']],
    ['a flag of text', ['deny', 'X', '--reason', '']],
    ['a flag of a number', ['gateway', '--journal-days', '']],
    ['a flag that is none', ['gateway', '--bogus=']],
    ['more words than a command takes', ['completion', 'bash', '']],
    ['a gateway that does not answer', ['approve', '--data', '/nonexistent', '']],
    ['a kubeconfig that is none', ['gateway', '--kubeconfig', '/nonexistent', '--context', '']],
    ['a config file that is none', ['approve', '--config', '/nonexistent', '']],
  ])('nothing behind %s', async (_why, words) => {
    expect(await offered(...words)).toEqual(['words']);
  });

  test('a flag once, but one that may be given several times again; older spellings never', async () => {
    const flags = await offered('gateway', '--listen', 'x', '--kubeconfig', 'y', '--');
    expect(flags).not.toContain('--listen');
    expect(flags).toContain('--kubeconfig');
    expect(await offered('requests', '--')).not.toContain('--json');
  });

  test('no command of its own', async () => {
    expect(await offered('')).not.toContain('complete');
    expect((await run('--help')).out).not.toMatch(/^ {2}complete /m);
  });

  test('contexts of the kubeconfig that the config file names', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'k'),
      JSON.stringify({ kind: 'Config', contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }] }),
    );
    await writeFile(join(folder, 'g.yaml'), 'kubeconfig: k\n', { mode: 0o644 });
    const { out } = await runWith(
      { GATEHOUSE_CONFIG: join(folder, 'g.yaml') },
      'complete',
      'zsh',
      '--',
      'gateway',
      '--context',
      '',
    );
    expect(out).toBe('words\nprod\tc');
  });

  test('nothing, soon, where a gateway takes the question and never answers', async () => {
    const data = join(await temporaryFolder(), 'data');
    await mkdir(data, { mode: 0o700 });
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(join(data, 'control.sock'), listening));
    onTestFinished(() => void silent.close());
    expect(await offered('approve', '--data', data, '')).toEqual(['words']);
  });
});

test.each(['bash', 'zsh', 'fish'])('completion %s prints a script', async (shell) => {
  const { code, out } = await run('completion', shell);
  expect(code).toBe(0);
  expect(out).toContain(`complete ${shell} `);
});

test('completion of a shell that it does not know', async () => {
  expect(await run('completion', 'bsah')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('bash, zsh and fish, not for "bsah"; did you mean "bash"?'),
  });
});
