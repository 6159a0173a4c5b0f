import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { PolicyUpgraded } from '../../../../model/policy-upgrade.ts';
import { openPolicyFolder } from '../../../../proxy/policy/source/policy-folder.ts';
import { UPGRADE_MARK } from '../../../../proxy/policy/source/upgrade-mark.ts';
import { takeBackUnfinished } from '../../../../proxy/policy/upgrade/take-back.ts';
import { opening, trusted } from '../source/opening.ts';
import { firstPolicy } from './first-policy.ts';
import { folderOfFirstVersion, snapshot, takeAll } from './older-folder.ts';

let folder = '';

beforeEach(async () => {
  folder = await folderOfFirstVersion();
});

describe('while several files are written', () => {
  /** The folder as it is in the middle of it: the looser half in force alone would be a policy that nobody wrote. */
  async function cutOff(): Promise<{ before: Record<string, string> }> {
    const before = await snapshot(folder);
    const { copies } = await takeAll(folder);
    await writeFile(join(folder, 'confirm.yaml'), firstPolicy('confirm.yaml'));
    const named = {
      copies: copies?.split('/').at(-1),
      changed: ['confirm.yaml', 'everyday.yaml', 'never.yaml'],
      added: [],
    };
    await writeFile(join(folder, UPGRADE_MARK), `# mark\n${JSON.stringify(named)}\n`);
    return { before };
  }
  const age = () => utimes(join(folder, UPGRADE_MARK), 1, 1);

  test('no reader takes the folder: what was in force goes on, and a gateway that starts denies', async () => {
    const running = await openPolicyFolder(folder, trusted(), opening());
    onTestFinished(() => running.close());
    const { digest } = running.state();
    await cutOff();
    await expect.poll(() => running.state()).toMatchObject({ status: 'stale', digest });
    expect(running.state().problems).toMatchObject([{ file: UPGRADE_MARK, code: 'upgrade-unfinished' }]);
    const starting = await openPolicyFolder(folder, trusted(), opening());
    onTestFinished(() => starting.close());
    expect(starting.state().status).toBe('none');
  });

  test('one that was cut off is put back as it was', async () => {
    const { before } = await cutOff();
    await age();
    expect(await takeBackUnfinished(folder)).toBe(true);
    expect(await snapshot(folder)).toMatchObject(before);
    expect(await readdir(folder)).not.toContain(UPGRADE_MARK);
    expect(await takeBackUnfinished(folder)).toBe(false);
  });

  test('one that is going on is left alone', async () => {
    await cutOff();
    await expect(takeBackUnfinished(folder)).rejects.toMatchObject({ code: 'policy-upgrade-unfinished' });
    expect(await readdir(folder)).toContain(UPGRADE_MARK);
  });

  test.each([
    ['no JSON', '# only words\n'],
    ['a way out of the folder', '{"copies":".before-upgrade-1","changed":["../x.yaml"],"added":[]}\n'],
    ['a removal outside of it', '{"copies":null,"changed":[],"added":["a/../../x.yaml"]}\n'],
    ['copies that are gone', '{"copies":".before-upgrade-1","changed":["never.yaml"],"added":[]}\n'],
    ['copies from elsewhere', '{"copies":"../elsewhere","changed":["never.yaml"],"added":[]}\n'],
  ])('a mark with %s is not followed', async (_what, text) => {
    await writeFile(join(folder, UPGRADE_MARK), text);
    await age();
    const before = await snapshot(folder);
    await expect(takeBackUnfinished(folder)).rejects.toMatchObject({ code: 'policy-upgrade-unfinished' });
    expect(await snapshot(folder)).toEqual(before);
  });

  test('a gateway that follows the folder has the one policy or the other, never a third', async () => {
    const source = await openPolicyFolder(folder, trusted(), opening());
    onTestFinished(() => source.close());
    const seen = [source.state().digest];
    const done = new Promise<void>((resolve) => {
      source.onChange((state) => {
        if (state.status === 'loaded') seen.push(state.digest);
        if (state.digest === upgraded?.digest) resolve();
      });
    });
    let upgraded: PolicyUpgraded | null = null;
    const [before] = seen;
    upgraded = await takeAll(folder);
    await done;
    expect(seen).toEqual([before, upgraded.digest]);
  });
});
