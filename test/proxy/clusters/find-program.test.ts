import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../proxy/clusters/find-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-program-'));
  await writeFile(join(folder, 'plugin'), '#!/bin/sh\n');
  await chmod(join(folder, 'plugin'), 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a credential plugin', () => {
  it('is looked for on PATH', async () => {
    expect(await findProgram('plugin', ['/nowhere', folder].join(delimiter))).toBe(join(folder, 'plugin'));
    expect(await findProgram('another', folder)).toBeNull();
  });

  it('is not looked for where the gateway happens to stand, which a repository could have filled', async () => {
    const here = relative(process.cwd(), folder);
    expect(await findProgram('plugin', [here, '.', ''].join(delimiter))).toBeNull();
  });

  it('is one that can be run', async () => {
    await chmod(join(folder, 'plugin'), 0o644);
    expect(await findProgram('plugin', folder)).toBeNull();
  });

  it('is no folder of that name, which may be earlier on PATH', async () => {
    const earlier = join(folder, 'earlier');
    await mkdir(join(earlier, 'plugin'), { recursive: true });
    expect(await findProgram('plugin', [earlier, folder].join(delimiter))).toBe(join(folder, 'plugin'));
    expect(await findProgram(join(earlier, 'plugin'), folder)).toBeNull();
  });
});
