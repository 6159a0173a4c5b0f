import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { carriedPackages, describeLicences, installedPackages } from '../../scripts/build/licences.mjs';
import { repository } from '../../scripts/set-up/cache-folder.mjs';

async function installedWith(files: Readonly<Record<string, string>>, name = 'one') {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return { name, version: '1.0.0', licence: 'MIT', folder, needed: true };
}

/** The packages that Vite says are in a bundle of this program. */
async function bundledIn(program: string) {
  await mkdir(join(repository, '.cache'), { recursive: true });
  // Where it finds node_modules and is not in it.
  const folder = await mkdtemp(join(repository, '.cache', 'licences-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'entry.js'), program);
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { write: false, license: { fileName: 'list.json' }, rollupOptions: { input: join(folder, 'entry.js') } },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const list = outputs.find(({ fileName }) => fileName === 'list.json');
  if (list?.type !== 'asset') throw new Error('Vite wrote no list');
  return JSON.parse(String(list.source)) as { name: string; version: string }[];
}

describe('what the app carries', () => {
  it('is what the bundler put into the bundles, with what that needs, and each has its text', async () => {
    const installed = await installedPackages();
    const bundled = await bundledIn("import { createRoot } from 'react-dom/client'; createRoot(document.body);");
    expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(['react', 'react-dom', 'scheduler']));
    const carried = carriedPackages(bundled, installed);
    const text = await describeLicences(carried, installed);
    for (const { name, version } of bundled) {
      expect(text).toMatch(new RegExp(`\n${name} ${version} \\(MIT\\)\n\nMIT License\n\nCopyright `));
    }
  }, 60_000);

  it('is what stands in node_modules beside the bundles, and not what only builds or tests it', async () => {
    const names = carriedPackages([], await installedPackages()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['ws', 'zod', 'electron', 'assemblyscript', '@lydell/node-pty']));
    expect(names).not.toContain('react');
    expect(names).not.toContain('vitest');
  });

  it('is refused when npm knows nothing of a package in a bundle', () => {
    expect(() => carriedPackages([{ name: 'stray', version: '1.0.0' }], [])).toThrow('stray 1.0.0 is in a bundle');
  });
});

describe('the licence texts', () => {
  it.each([
    ['LICENSE', { LICENSE: 'the text' }, 'the text'],
    ['licence.md', { 'licence.md': 'the text' }, 'the text'],
    ['COPYING, with a notice', { COPYING: 'the text', NOTICE: 'the notice' }, 'the text\n\nthe notice'],
    ['two licences', { 'LICENSE-APACHE': 'one', 'LICENSE-MIT': 'two', 'license.js': 'code' }, 'one\n\ntwo'],
  ])('are those of %s', async (_what, files, expected) => {
    const one = await installedWith(files);
    expect(await describeLicences([one], [one])).toContain(`\none 1.0.0 (MIT)\n\n${expected}\n`);
  });

  it.each([
    ['no file', {}],
    ['a notice alone', { NOTICE: 'the notice' }],
    ['a program of that name alone', { 'license.js': 'code' }],
  ])('fail the build when a package has %s', async (_what, files) => {
    const one = await installedWith(files);
    await expect(describeLicences([one], [one])).rejects.toThrow('no licence text in the packages one 1.0.0 (MIT)');
  });

  it('are those of a package of the same authors where that is written down', async () => {
    const without = await installedWith({}, '@lydell/node-pty-linux-x64');
    const other = await installedWith({ LICENSE: 'the text' }, '@lydell/node-pty');
    expect(await describeLicences([without], [without, other])).toContain('linux-x64 1.0.0 (MIT)\n\nthe text');
    await expect(describeLicences([without], [without])).rejects.toThrow('no licence text');
  });
});
