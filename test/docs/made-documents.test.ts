import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
import { read, repository } from './documents.ts';

describe('documents that are made of what the commands say of themselves', () => {
  it.each([
    ['docs/man/gatehouse.1', ['man']],
    ['docs/gatehouse.schema.json', ['config', 'schema']],
  ])('%s is as it is made now ("npm run documents" writes it)', async (document, words) => {
    expect(`${(await run(...words)).out}\n`).toBe(read(document));
  });

  const page = join(repository, 'docs/man/gatehouse.1');

  it.each([
    ['groff', ['-man', '-ww', '-z', page]],
    ['mandoc', ['-T', 'lint', '-W', 'warning', page]],
  ])('%s has nothing to say against the manual page', (formatter, argv) => {
    const { error, stdout, stderr, status } = spawnSync(formatter, argv, { encoding: 'utf8' });
    if (error !== undefined) return console.log(`the manual page is not tried with ${formatter}: not installed here`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});
