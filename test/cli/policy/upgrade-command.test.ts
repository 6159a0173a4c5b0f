import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../proxy/policy/default-policy/default-policy.ts';
import { FIRST_POLICY, firstPolicy, NEW_SINCE_FIRST } from '../../proxy/policy/upgrade/first-policy.ts';
import { finished, run, startBefore, temporaryFolder } from '../run.ts';

let data = '';
let folder = '';

beforeEach(async () => {
  data = await temporaryFolder();
  folder = join(data, 'policy');
  await mkdir(folder);
  for (const [name, text] of FIRST_POLICY) await writeFile(join(folder, name), text);
});

const unchanged = async () => {
  expect((await readdir(folder)).toSorted()).toEqual([...FIRST_POLICY.keys()].toSorted());
  for (const [name, text] of FIRST_POLICY) expect(await readFile(join(folder, name), 'utf8')).toBe(text);
};

describe('policy upgrade', () => {
  test('without a terminal shows rule by rule what is new, writes nothing, and ends with 5', async () => {
    const { code, out, errors } = await run('policy', 'upgrade', '--data', data);
    expect(code).toBe(5);
    expect(errors).toBe('nothing was written; --yes takes it over');
    for (const id of NEW_SINCE_FIRST) expect(out).toContain(`\n+ ${id}  `);
    expect(out).toContain(
      '+ never/act-as-privileged  denies: "acting as … is never allowed"\n    new since the version that your folder is from; tightens',
    );
    expect(out).toContain('* confirm/namespace-changes  asks a person: ');
    expect(out).toMatch(/\nThe built-in policy of this version has \d+ rules that your folder lacks$/);
    await unchanged();
  });

  test('with --dry-run does the same', async () => {
    expect(await run('policy', 'upgrade', '--data', data, '--dry-run')).toMatchObject({
      code: 5,
      errors: 'nothing was written',
    });
    await unchanged();
  });

  test('with --yes writes, says where the files as they were are, and has nothing more to do', async () => {
    const { code, out } = await run('policy', 'upgrade', '--policy', folder, '--yes');
    expect(code).toBe(0);
    const copies = /\nthe files as they were: (.*)$/.exec(out)?.[1] ?? '';
    expect(await readFile(join(copies, 'never.yaml'), 'utf8')).toBe(firstPolicy('never.yaml'));
    expect(await readFile(join(folder, 'never.yaml'), 'utf8')).toContain('- id: act-as-privileged\n');
    expect(await run('policy', 'upgrade', '--policy', folder)).toMatchObject({
      code: 0,
      errors: '',
      out: expect.stringContaining('The built-in policy of this version has nothing new for your folder'),
    });
  });

  test.each([
    ['y', 0],
    ['YES', 0],
    ['', 5],
    ['n', 5],
    ['yep', 5],
  ])('asks a person, and takes %j as an answer: %i', async (answer, code) => {
    const asked: string[] = [];
    const person = (question: string) => {
      asked.push(question);
      return answer;
    };
    const result = await finished(startBefore(person, 'policy', 'upgrade', '--data', data));
    expect(result.code).toBe(code);
    expect(asked).toEqual([expect.stringMatching(/^Take over \d+ rules( and \d+ sets?)?\? \[y\/N\] $/)]);
    if (code !== 0) await unchanged();
  });

  test('takes single rules, one that was taken out too', async () => {
    const without = firstPolicy('never.yaml').replace(/ {2}- id: proxy-verb\n(?: {4}.*\n)+/, '');
    await writeFile(join(folder, 'never.yaml'), without);
    const shown = await run('policy', 'upgrade', '--data', data);
    expect(shown.out).toContain('- never/proxy-verb  denies: ');
    expect(shown.out).toContain(
      "not in your folder: taken out, or never taken over; tightens; not chosen: --rule 'never/proxy-verb' takes it",
    );
    const { code, out } = await run('policy', 'upgrade', '--data', data, '--rule', 'never/proxy-verb', '--yes');
    expect(code).toBe(0);
    expect(out).toContain('\nwrote never/proxy-verb into never.yaml\n');
    expect(await readFile(join(folder, 'everyday.yaml'), 'utf8')).toBe(firstPolicy('everyday.yaml'));
  });

  test('shows a rule that a person changed, in what it differs, and leaves it', async () => {
    const changed = firstPolicy('never.yaml').replace('verbs: [proxy]', 'verbs: [proxy, get]');
    await writeFile(join(folder, 'never.yaml'), changed);
    const { out } = await run('policy', 'upgrade', '--data', data, '--yes');
    expect(out).toContain('= never/proxy-verb  denies: ');
    expect(out).toContain('you changed it, so it is left alone; the built-in one differs\n    verbs: without get\n');
    expect(await readFile(join(folder, 'never.yaml'), 'utf8')).toContain('verbs: [proxy, get]');
  });

  test.each([['--output', 'json'], ['-o', 'json'], ['--json']])(
    'prints JSON with %s %s, and asks nothing',
    async (...flags) => {
      const person = () => expect.fail('a question stands between the JSON');
      const { code, out } = await finished(startBefore(person, 'policy', 'upgrade', '--data', data, ...flags));
      expect(code).toBe(5);
      const { parts, digest, result } = JSON.parse(out);
      expect({ digest, result }).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), result: null });
      expect(parts).toContainEqual(
        expect.objectContaining({
          id: 'never/act-as-privileged',
          state: 'new',
          offered: true,
          words: expect.objectContaining({ reach: 'tightens' }),
        }),
      );
      const written = await run('policy', 'upgrade', '--data', data, '--yes', ...flags);
      expect(JSON.parse(written.out).result).toMatchObject({ taken: expect.arrayContaining(NEW_SINCE_FIRST) });
    },
  );

  test.each<[what: string, flags: string[], code: number, complaint: RegExp]>([
    [
      'a rule that is there',
      ['--rule', 'never/proxy-verb'],
      2,
      /--rule never\/proxy-verb: as in this version; to be had: /,
    ],
    ['no such rule', ['--rule', 'mine/\u001b[31m'], 2, /--rule mine\/\\u001b\[31m: no such rule or set is built in/],
    ['yes and no', ['--yes', '--dry-run'], 2, /say the opposite/],
    ['another form', ['--output', 'yaml'], 2, /--output takes text or json, not "yaml"/],
    ['no folder', ['--policy', '/nonexistent/policy'], 1, /there is no policy folder .* \(policy-folder-missing\)$/],
  ])('%s is refused', async (_what, flags, code, complaint) => {
    const result = await run('policy', 'upgrade', '--data', data, ...flags);
    expect(result.code).toBe(code);
    expect(result.errors).toMatch(complaint);
    await unchanged();
  });

  test('a folder with a mistake is named with its line', async () => {
    await writeFile(join(folder, 'never.yaml'), firstPolicy('never.yaml').replace('effect: deny', 'effect: maybe'));
    const { code, errors } = await run('policy', 'upgrade', '--data', data, '--yes');
    expect(code).toBe(1);
    expect(errors).toMatch(/mended first: never\.yaml, line \d+: .*effect.* \(policy-folder-broken\)$/);
  });
});

describe('the program as it is built', () => {
  const program = (...words: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/gatehouse.mjs'), ...words], {
      encoding: 'utf8',
      input: '',
    });

  test('knows every earlier version, and upgrades a folder of the first', async () => {
    const shown = program('policy', 'upgrade', '--policy', folder);
    expect({ status: shown.status, stderr: shown.stderr }).toEqual({
      status: 5,
      stderr: 'nothing was written; --yes takes it over\n',
    });
    await unchanged();
    expect(program('policy', 'upgrade', '--policy', folder, '--yes')).toMatchObject({ status: 0, stderr: '' });
    const { parts } = JSON.parse(program('policy', 'upgrade', '--policy', folder, '--json').stdout);
    const states = new Set(parts.map(({ state }: { state: string }) => state));
    expect([...states].toSorted()).toEqual(['dropped', 'same']);
  });

  test('finds its own policy complete', async () => {
    const own = await temporaryFolder();
    for (const { file, text } of DEFAULT_POLICY) await writeFile(join(own, file), text);
    expect(program('policy', 'upgrade', '--policy', own).status).toBe(0);
  });
});
