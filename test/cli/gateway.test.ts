import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { verifyJournal } from '../../proxy/journal/verify-journal.ts';
import { FIRST_POLICY, NEW_SINCE_FIRST } from '../proxy/policy/upgrade/first-policy.ts';
import { kubeconfigToNowhere } from './nowhere.ts';
import { complaints, run, start, temporaryFolder } from './run.ts';

let data = '';
let flags: string[] = [];
let kubeconfig = '';

beforeEach(async () => {
  const folder = await temporaryFolder();
  data = join(folder, 'data');
  kubeconfig = join(folder, 'client.yaml');
  const own = await kubeconfigToNowhere(folder);
  flags = ['--kubeconfig', own, '--write-kubeconfig', kubeconfig, '--data', data];
});

function gateway(...more: string[]) {
  const running = start('gateway', ...flags, ...more);
  onTestFinished(async () => {
    running.stop();
    await running.exit;
  });
  return running;
}

test('prints one ready line, writes the kubeconfig, serves approvals and the journal, and stops cleanly', async () => {
  const running = gateway();
  await running.printed('ready');
  expect(complaints(running.errors)).toEqual([]);
  expect(running.out).toEqual([
    expect.stringMatching(
      /^gatehouse gateway ready at https:\/\/127\.0\.0\.1:\d+\/c\/nowhere \(not yet: the API server /,
    ),
  ]);
  const written = await readFile(kubeconfig, 'utf8');
  expect(written).toContain(running.out[0]?.split(' ')[4]);
  expect(written).toMatch(/current-context: "?nowhere/);
  expect(written).not.toContain('canary-token');
  expect(await run('requests', '--data', data)).toMatchObject({ code: 0, out: 'nothing waits' });
  expect(await run('journal', 'tail', '--data', data)).toMatchObject({
    out: expect.stringContaining('gateway started'),
  });

  running.stop();
  expect(await running.exit).toBe(0);
  await expect(stat(kubeconfig)).rejects.toMatchObject({ code: 'ENOENT' });
  const publicKey = await readFile(join(data, 'journal', 'public-key.pem'), 'utf8');
  expect(await verifyJournal(join(data, 'journal'), { publicKey })).toMatchObject({
    ok: true,
    signed: true,
    afterHead: 0,
  });
  expect((await run('journal', 'tail', '-n', '1', '--data', data)).out).toContain('gateway stopped');
  expect(await run('journal', 'verify', '--data', data)).toMatchObject({ code: 0 });
});

describe('case 64: the second place that keeps how far the journal reached', () => {
  const stopped = async (...more: string[]) => {
    const running = gateway(...more);
    await running.printed('ready');
    running.stop();
    expect(await running.exit).toBe(0);
    return complaints(running.errors);
  };

  test('is outside the data folder: a start after that was emptied says so in its log and in the journal', async () => {
    expect(await stopped()).toEqual([]);
    await rm(join(data, 'journal'), { recursive: true });
    expect((await run('journal', 'verify', '--data', data)).code).toBe(3);
    expect(await stopped()).toEqual([
      expect.objectContaining({
        level: 'error',
        msg: 'the journal is not whole',
        detail: expect.stringMatching(/^records 1 to \d+ are missing at the end: the journal is empty, but .* says/),
      }),
    ]);
    expect((await run('journal', 'tail', '--data', data)).out).toContain('gateway journal-missing: records 1 to');
    expect((await run('journal', 'verify', '--data', data)).code).toBe(3);
  });

  test('is found again where the whole data folder went, keys and all', async () => {
    await stopped();
    await rm(data, { recursive: true });
    const told = await stopped();
    expect(told).toMatchObject([{ detail: expect.stringMatching(/which names record \d+ at .* another key/) }]);
  });

  test('may be named, is then made, and is no place inside the journal', async () => {
    const place = join(await temporaryFolder(), 'elsewhere', 'head.json');
    await stopped('--journal-witness', place);
    expect(JSON.parse(await readFile(place, 'utf8'))).toMatchObject({ v: 1, seq: expect.any(Number) });
    const inside = await run('gateway', ...flags, '--journal-witness', join(data, 'journal', 'x.json'));
    expect(inside).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--journal-witness takes a file outside'),
    });
    const impossible = await run('gateway', ...flags, '--journal-witness', join(place, 'x.json'));
    expect(impossible).toMatchObject({ code: 1, errors: expect.stringMatching(/--journal-witness: .*ENOTDIR|EEXIST/) });
  });
});

test('says in one line of its log at the start how many rules its policy folder is behind', async () => {
  await mkdir(join(data, 'policy'), { recursive: true, mode: 0o700 });
  for (const [name, text] of FIRST_POLICY) await writeFile(join(data, 'policy', name), text);
  const running = gateway();
  await running.printed('ready');
  const lines = running.errors.map((line) => JSON.parse(line)).filter(({ event }) => event === 'policy-behind');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'info',
      rules: expect.arrayContaining(NEW_SINCE_FIRST),
      msg: expect.stringMatching(
        /^The built-in policy of this version has \d+ rules that your folder lacks: "gatehouse policy upgrade" shows them$/,
      ),
    }),
  ]);
});

test('puts a policy folder back, at the start, into which an upgrade was cut off', async () => {
  const policy = join(data, 'policy');
  await mkdir(join(policy, '.before-upgrade-1'), { recursive: true, mode: 0o700 });
  for (const [name, text] of FIRST_POLICY) {
    await writeFile(join(policy, name), text.replaceAll('effect: deny', 'effect: allow'));
    await writeFile(join(policy, '.before-upgrade-1', name), text);
  }
  const mark = join(policy, 'upgrade-unfinished.yaml');
  await writeFile(mark, JSON.stringify({ copies: '.before-upgrade-1', changed: [...FIRST_POLICY.keys()], added: [] }));
  await utimes(mark, 1, 1);
  const running = gateway();
  await running.printed('ready');
  expect(running.errors.join('\n')).toContain('took an upgrade of the policy back that was cut off');
  for (const [name, text] of FIRST_POLICY) expect(await readFile(join(policy, name), 'utf8')).toBe(text);
});

test('its log says what failed inside, with the stack', async () => {
  // It is written beside its place first; here a folder is in the way.
  const place = join(await temporaryFolder(), 'head.json');
  await mkdir(`${place}.new`);
  const running = gateway('--journal-witness', place);
  await running.printed('ready');
  expect(running.errors.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({
      level: 'error',
      msg: 'how far the journal reaches cannot be kept outside its folder',
      error: expect.objectContaining({ code: 'EISDIR', stack: expect.stringMatching(/^Error: EISDIR.*\n +at /s) }),
    }),
  );
});

test('everything it keeps is 0600 in 0700 folders, and the keys stay the same', async () => {
  const first = gateway();
  await first.printed('ready');
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    const { mode } = await stat(join(entry.parentPath, entry.name));
    expect([entry.name, (mode & 0o777).toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
  }
  const keys = ['certificate-authority.json', 'mask-key.json', 'journal-key.json'].map((name) => join(data, name));
  const before = await Promise.all(keys.map((path) => readFile(path, 'utf8')));
  first.stop();
  await first.exit;
  const second = gateway();
  await second.printed('ready');
  expect(await Promise.all(keys.map((path) => readFile(path, 'utf8')))).toEqual(before);
});

test('without --policy the default policy is written into the data folder', async () => {
  const running = gateway();
  await running.printed('ready');
  expect((await readdir(join(data, 'policy'))).filter((name) => /\.ya?ml$/.test(name))).not.toEqual([]);
});

describe('it does not start, and says why', () => {
  test('beside another gateway on the same data folder, which goes on', async () => {
    const first = gateway();
    await first.printed('ready');
    const second = await run('gateway', ...flags);
    expect(second).toMatchObject({
      code: 1,
      out: '',
      errors: expect.stringMatching(/another gateway \(process \d+\) already writes to/),
    });
    expect(await run('requests', '--data', data)).toMatchObject({ code: 0 });
  });

  test('with a damaged key file, which it leaves alone', async () => {
    const first = gateway();
    await first.printed('ready');
    first.stop();
    await first.exit;
    const path = join(data, 'mask-key.json');
    await writeFile(path, '{"kid":"1"}');
    expect(await run('gateway', ...flags)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/mask-key\.json is damaged: put its copy back/),
    });
    expect(await readFile(path, 'utf8')).toBe('{"kid":"1"}');
  });

  test('where the client kubeconfig would replace a file that is not ours, which it leaves alone', async () => {
    await writeFile(kubeconfig, 'somebody else wrote this');
    const { code, out } = await run('gateway', ...flags);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(await readFile(kubeconfig, 'utf8')).toBe('somebody else wrote this');
  });

  test('where the data folder is a file', async () => {
    await writeFile(data, '');
    expect(await run('gateway', ...flags)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/--data: .*data is not a folder: move it away/),
    });
  });

  test('where the data folder is too deep for its control socket: nothing was made there', async () => {
    const deep = join(data, 'x'.repeat(110));
    const { code, errors } = await run('gateway', ...flags.slice(0, -1), deep);
    expect(errors).toMatch(/--data: the path .* has \d+ bytes/);
    expect(code).toBe(2);
    await expect(stat(deep)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
