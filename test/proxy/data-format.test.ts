import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assertKnownFormat, DATA_FORMAT, formatPath } from '../../proxy/data-format.ts';
import { kubeconfigToNowhere } from '../cli/nowhere.ts';
import { run, start, temporaryFolder } from '../cli/run.ts';

describe('the mark of a data folder', () => {
  test.each<[what: string, text: string | null, message: RegExp | null]>([
    ['none: of a version before there was one, or new', null, null],
    ['the one of today', `${DATA_FORMAT}\n`, null],
    ['the one of today, written by hand', String(DATA_FORMAT), null],
    ['a newer one', '2\n', /was written by a newer Gatehouse \(format 2, and this one knows 1\): start that version/],
    ['nothing', '', /holds no number of a format: put its copy back, or write 1 into it/],
    ['something else', '1e9', /holds no number/],
    ['more than a number', '1 2', /holds no number/],
  ])('%s', async (_, text, message) => {
    const data = await temporaryFolder();
    if (text !== null) await writeFile(formatPath(data), text);
    const found = await assertKnownFormat(data).then(
      (isMarked) => isMarked,
      (error) => error,
    );
    if (message === null) expect(found).toBe(text !== null);
    else expect(found).toMatchObject({ code: 'data-folder-newer', message: expect.stringMatching(message) });
  });

  test('one that is no file', async () => {
    const data = await temporaryFolder();
    await mkdir(formatPath(data));
    await expect(assertKnownFormat(data)).rejects.toThrow(/format, which says how .* cannot be read \(EISDIR\)/);
  });

  test('a gateway writes it, and one that knows less touches nothing', async () => {
    const folder = await temporaryFolder();
    const data = join(folder, 'data');
    const flags = ['--kubeconfig', await kubeconfigToNowhere(folder), '--data', data];
    const first = start('gateway', ...flags, '--write-kubeconfig', join(folder, 'client.yaml'));
    await first.printed('ready');
    first.stop();
    expect(await first.exit).toBe(0);
    expect(await assertKnownFormat(data)).toBe(true);

    const newer = join(folder, 'newer');
    await mkdir(newer, { mode: 0o700 });
    await writeFile(formatPath(newer), '7\n');
    const policy = ['--policy', join(folder, 'policy')];
    const again = ['--kubeconfig', flags[1] ?? '', '--data', newer, '--write-kubeconfig', join(folder, 'b.yaml')];
    const { code, errors } = await run('gateway', ...again, ...policy);
    expect(errors).toMatch(/^gatehouse: the data folder .*newer was written by a newer Gatehouse \(format 7/m);
    expect(code).toBe(1);
    expect(await readdir(newer)).toEqual(['format']);
  });
});
