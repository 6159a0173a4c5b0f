import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../proxy/policy/default-policy/default-policy.ts';
import { problemsIn } from '../proxy/policy/policies.ts';
import { home, run, temporaryFolder } from './run.ts';

const WRITTEN: ReadonlyArray<readonly [name: string, flags: readonly string[], files: readonly string[]]> = [
  ['default', [], DEFAULT_POLICY.map(({ file }) => file)],
  ['ci', [], ['ci.yaml']],
  ['ci-deploy', ['--namespace', 'shop'], ['ci.yaml', 'deploy.yaml']],
  ['agent', [], ['agent.yaml']],
];

test('without a name it lists what there is', async () => {
  const { code, out } = await run('policy', 'init');
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/\s/)[0])).toEqual(
    expect.arrayContaining(WRITTEN.map(([name]) => name)),
  );
});

describe.each(WRITTEN)('"%s"', (name, flags, files) => {
  test('is written into a folder that is made, whole and readable by the gateway’s user', async () => {
    const folder = join(await temporaryFolder(), 'a', 'policy');
    const written = await run('policy', 'init', name, folder, ...flags);
    expect(written).toEqual({ code: 0, out: `wrote ${files.join(', ')} into ${folder}`, errors: '' });
    expect((await readdir(folder)).toSorted()).toEqual(files.toSorted());
    for (const file of files) {
      const path = join(folder, file);
      expect(problemsIn(await readFile(path, 'utf8'))).toEqual([]);
      expect(((await stat(path)).mode & 0o777).toString(8)).toBe('644');
    }
  });

  test.skipIf(name === 'default')('takes nothing over from the built-in policy that nobody asked for', async () => {
    const folder = join(await temporaryFolder(), 'policy');
    await run('policy', 'init', name, folder, ...flags);
    expect(await run('policy', 'upgrade', '--policy', folder, '--yes')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/has nothing new for your folder$/),
    });
    expect((await readdir(folder)).toSorted()).toEqual(files.toSorted());
  });

  test('is printed as one stream of documents, and nothing is written', async () => {
    const { code, out } = await run('policy', 'init', name, '--print', ...flags);
    expect(code).toBe(0);
    expect(problemsIn(out)).toEqual([]);
    expect(out.match(/^kind: AccessPolicy$/gm)).toHaveLength(files.length);
  });
});

test('without a folder it is the policy of the data folder', async () => {
  const { out } = await run('policy', 'init', 'ci');
  expect(out).toBe(`wrote ci.yaml into ${join(home, '.gatehouse', 'policy')}`);
});

describe('it never writes over anything', () => {
  test('a folder with a policy is left as it is, by whatever name its files go', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'mine.YML'), 'mine');
    expect(await run('policy', 'init', 'ci', folder)).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`${folder} holds mine.YML already, and nothing is written over`),
    });
    expect(await readdir(folder)).toEqual(['mine.YML']);
  });

  test('other files, such as a README, may be there', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'README.md'), 'ours');
    expect(await run('policy', 'init', 'ci', folder)).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('ours');
  });

  test('a link to nowhere with the name of a document is not followed', async () => {
    const folder = await temporaryFolder();
    await symlink(join(folder, 'elsewhere'), join(folder, 'ci.yaml'));
    expect(await run('policy', 'init', 'ci', folder)).toMatchObject({ code: 1 });
    expect(await readdir(folder)).toEqual(['ci.yaml']);
  });

  test('a file in the place of the folder is named', async () => {
    const place = join(await temporaryFolder(), 'policy');
    await writeFile(place, '');
    const { code, errors } = await run('policy', 'init', 'ci', place);
    expect(code).toBe(1);
    expect(errors).toContain(`nothing was written into ${place}`);
    expect(errors).not.toContain('\n    at ');
  });

  test.skipIf(process.platform !== 'linux')('a place where no folder can be made is named', async () => {
    const { code, errors } = await run('policy', 'init', 'ci', '/proc/policy');
    expect(code).toBe(1);
    expect(errors).toMatch(/^gatehouse: nothing was written into \/proc\/policy: .*\(ENOENT\); name another folder$/);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written is named', async () => {
    const folder = join(await temporaryFolder(), 'policy');
    await mkdir(folder);
    await chmod(folder, 0o500);
    expect(await run('policy', 'init', 'ci', folder)).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`nothing was written into ${folder}`),
    });
  });
});

describe('wrong usage is said with the way out', () => {
  test.each<[words: string[], says: string]>([
    [['nonsense'], 'there is no policy "nonsense"; there is default, ci, ci-deploy, agent'],
    [['ci-deploy'], '--namespace is missing'],
    [['ci', '--namespace', 'shop'], '--namespace is for ci-deploy'],
    [['ci-deploy', '--namespace', 'Shop'], 'not "Shop"'],
    [['ci-deploy', '--namespace', '*'], 'not "*"'],
    [['ci-deploy', '--namespace', 'a], resources: [b'], 'lower-case letters'],
    [['ci', 'folder', '--print'], '--print writes nothing, so it takes no folder'],
    [['ci', 'one', 'two'], 'it takes'],
  ])('%j', async (words, says) => {
    expect(await run('policy', 'init', ...words)).toMatchObject({ code: 2, errors: expect.stringContaining(says) });
  });
});

test.each(['123', 'true', 'null', 'on', '1e3', '0x1f'])(
  'a namespace that YAML takes for something else, %s, stays a text',
  async (namespace) => {
    const { out } = await run('policy', 'init', 'ci-deploy', '--print', '--namespace', namespace);
    expect(out).toContain(`deploys-into: ["${namespace}"]`);
    expect(problemsIn(out)).toEqual([]);
  },
);
