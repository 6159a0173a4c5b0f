import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FIRST_POLICY } from '../../proxy/policy/upgrade/first-policy.ts';
import { kubeconfigToNowhere } from '../nowhere.ts';
import { finished, run, start, startBefore, temporaryFolder } from '../run.ts';

const document = (rules: string) => `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: p}
spec:
  rules:
${rules}`;
const VAULT = '  - {id: vault, effect: deny, match: {namespaces: [vault]}}\n';
const BASE = document(`  - {id: pods, effect: allow, match: {verbs: [get], resources: [pods]}}\n${VAULT}`);
const LOOSER = document(`  - {id: pods, effect: allow, match: {verbs: [get, delete], resources: [pods]}}\n`);

let data = '';
let policy = '';
let flags: string[] = [];

beforeEach(async () => {
  const folder = await temporaryFolder();
  data = join(folder, 'data');
  policy = join(data, 'policy');
  await mkdir(policy, { recursive: true, mode: 0o700 });
  const own = await kubeconfigToNowhere(folder);
  flags = ['--kubeconfig', own, '--write-kubeconfig', join(folder, 'client.yaml'), '--data', data];
});

async function gateway(...more: string[]) {
  const running = start('gateway', ...flags, ...more);
  onTestFinished(async () => {
    running.stop();
    await running.exit;
  });
  await running.printed('ready');
  return running;
}

/** Starts on a policy, stops, and starts again on another. */
async function changedWhileStopped(text = LOOSER, ...more: string[]) {
  await writeFile(join(policy, 'p.yaml'), BASE);
  const first = await gateway();
  first.stop();
  await first.exit;
  await writeFile(join(policy, 'p.yaml'), text);
  return gateway(...more);
}

const pending = () => run('policy', 'pending', '--data', data);
const SAID = /^policy folder .*\nThe policy folder was changed, and the change opens something \(since .*\)\n\n/;

describe('case 63: gatehouse policy', () => {
  test('pending says when nothing waits, and when no gateway answers', async () => {
    expect(await pending()).toMatchObject({ code: 4 });
    await gateway();
    expect(await pending()).toEqual({ code: 0, out: 'nothing waits', errors: '' });
    expect(await run('policy', 'accept', '--data', data)).toEqual({ code: 0, out: 'nothing waits', errors: '' });
  });

  test('pending shows rule by rule what opens, and that it is not in force', async () => {
    const running = await changedWhileStopped();
    expect(running.errors.map((line) => JSON.parse(line).msg)).toContain(
      'a change of the policy waits: "gatehouse policy accept" shows it',
    );
    const { code, out } = await pending();
    expect(code).toBe(5);
    expect(out).toMatch(SAID);
    expect(out.replace(SAID, '').split('\n')).toEqual([
      '! p/pods  (p.yaml, changed)  allows: verbs get, delete; resources pods',
      '    opens: allows more',
      '    verbs: also delete',
      '! p/vault  (p.yaml, removed)  denies: namespaces vault',
      '    opens: denies less',
      '',
      expect.stringMatching(
        /^2 rules open something, told against the policy that was accepted last; in force: [0-9a-f]{64}$/,
      ),
    ]);
  });

  test.each([
    ['y', 0],
    ['YES', 0],
    ['', 5],
    ['n', 5],
    ['yep', 5],
  ])('accept asks a person, and takes %j as an answer: %i', async (answer, code) => {
    await changedWhileStopped();
    const asked: string[] = [];
    const person = (question: string) => {
      asked.push(question);
      return answer;
    };
    const result = await finished(startBefore(person, 'policy', 'accept', '--data', data));
    expect(asked).toEqual(['Accept this change of the policy? [y/N] ']);
    expect(result.code).toBe(code);
    expect(result.out).toMatch(SAID);
    expect(await pending()).toMatchObject({ code });
  });

  test('accept without a terminal and without --yes accepts nothing', async () => {
    await changedWhileStopped();
    const { code, errors } = await run('policy', 'accept', '--data', data);
    expect([code, errors]).toEqual([5, 'nothing was accepted; --yes accepts it']);
    expect(await pending()).toMatchObject({ code: 5 });
  });

  test('accept --yes puts it into force, on record with who it was, for the next start too', async () => {
    const running = await changedWhileStopped();
    const { code, out } = await run('policy', 'accept', '--yes', '--data', data);
    expect(code).toBe(0);
    const digest = /accepted: policy ([0-9a-f]{64}) is in force$/.exec(out)?.[1] ?? 'none';
    const journal = await run('journal', 'tail', '--data', data);
    expect(journal.out).toContain(`${digest} by local:ada: p/pods, p/vault`);
    running.stop();
    await running.exit;
    await gateway();
    expect(await pending()).toMatchObject({ code: 0 });
  });

  test('accept accepts what was shown: nothing, where the folder is changed while the person reads', async () => {
    await changedWhileStopped();
    const person = (_question: string) => {
      writeFileSync(join(policy, 'p.yaml'), document('  - {id: all, effect: allow, match: {}}\n'));
      return 'y';
    };
    const { code, errors } = await finished(startBefore(person, 'policy', 'accept', '--data', data));
    expect(code).toBe(1);
    expect(errors).toMatch(/changed since it was shown, look again \(policy-change-not-waiting\)$/);
    expect((await pending()).out).toContain('! p/all');
  });

  test('text of a rule reaches the terminal without control characters', async () => {
    await changedWhileStopped(
      document('  - {id: pods, effect: allow, match: {namespaces: ["\\e[2J\\u202eshop"]}, message: "\\e[31mx"}\n'),
    );
    const { out } = await pending();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
  });

  test('--trust-policy-folder takes each change at once', async () => {
    await changedWhileStopped(LOOSER, '--trust-policy-folder');
    expect(await pending()).toMatchObject({ code: 0, out: 'nothing waits' });
  });

  test('a damaged record denies everything until somebody accepts, and no key file is left readable to others', async () => {
    await writeFile(join(policy, 'p.yaml'), BASE);
    const first = await gateway();
    first.stop();
    await first.exit;
    for (const file of ['accepted-policy.json', 'policy-key.json']) {
      expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
    }
    await writeFile(join(data, 'accepted-policy.json'), '{}');
    await gateway();
    const { code, out } = await pending();
    expect(code).toBe(5);
    expect(out).toContain('so everything is denied until you accept what the folder says');
    expect(out).toMatch(/told against the built-in policy of this version; in force: nothing$/);
    expect(await run('policy', 'accept', '--yes', '--data', data)).toMatchObject({ code: 0 });
    expect(await pending()).toMatchObject({ code: 0 });
  });

  test('a key that is removed with its record makes no first start of it: the journal knows better', async () => {
    const first = await changedWhileStopped();
    first.stop();
    await first.exit;
    for (const file of ['accepted-policy.json', 'policy-key.json']) await rm(join(data, file));
    await gateway();
    expect((await pending()).out).toContain('the record of the policy that was accepted last is gone');
  });

  test('what a person takes over by policy upgrade is in force in the gateway that runs', async () => {
    for (const [name, text] of FIRST_POLICY) await writeFile(join(policy, name), text);
    await gateway();
    expect(await run('policy', 'upgrade', '--data', data, '--yes')).toMatchObject({ code: 0, errors: '' });
    expect(await readFile(join(policy, 'never.yaml'), 'utf8')).toContain('- id: act-as-privileged\n');
    expect(await pending()).toMatchObject({ code: 0, out: 'nothing waits' });
  });

  test('and is not, where something else waits that the yes was not for', async () => {
    for (const [name, text] of FIRST_POLICY) await writeFile(join(policy, name), text);
    const first = await gateway();
    first.stop();
    await first.exit;
    await writeFile(join(policy, 'p.yaml'), LOOSER);
    await gateway();
    const { code, errors } = await run('policy', 'upgrade', '--data', data, '--yes');
    expect([code, errors]).toEqual([
      0,
      'it is not in force yet: a change of the policy waits, "gatehouse policy accept" shows it',
    ]);
    expect((await pending()).out).toContain('! p/pods');
  });
});
