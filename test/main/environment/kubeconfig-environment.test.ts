import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownKubeconfigFiles } from '../../../main/environment/kubeconfig-environment.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatehouse-home-'));
  await mkdir(join(home, '.kube'));
  await writeFile(join(home, '.kube', 'config'), '');
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('the kubeconfig files of a person are those that kubectl would read', () => {
  it.each([
    ['each once, in order', ['b', 'a', 'b'], ['b', 'a']],
    ['but for empty names', ['', 'a', '', 'b', ''], ['a', 'b']],
    ['none at all, where only empty names are given', ['', ''], []],
  ])('%s', (_case, parts, expected) => {
    expect(ownKubeconfigFiles({ KUBECONFIG: parts.join(delimiter) }, home)).toEqual(expected);
  });

  it('the default one, where nothing is set', async () => {
    const ordinary = join(home, '.kube', 'config');
    expect(ownKubeconfigFiles({}, home)).toEqual([ordinary]);
    expect(ownKubeconfigFiles({ KUBECONFIG: '' }, home)).toEqual([ordinary]);
    await rm(ordinary);
    expect(ownKubeconfigFiles({}, home)).toEqual([]);
  });
});
