import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SignInTerminal } from '../../../main/gateway-host/sign-in-terminal.ts';
import { openTerminalPair } from '../../../main/terminal-pair.ts';
import type { SignInQuestion } from '../../../preload/contract.ts';
import { type ExecPluginRun, runExecPlugin } from '../../../proxy/clusters/exec-plugin.ts';
import { openCluster } from '../../../proxy/clusters/kubeconfig-cluster.ts';
import { readKubeconfigs } from '../../../proxy/clusters/kubeconfig-files.ts';

const CREDENTIAL = JSON.stringify({
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  status: { token: 'the-token' },
});

let folder: string;
let told: Array<SignInQuestion | null>;
let wake: () => void;
let terminal: SignInTerminal;
let logged: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-sign-in-'));
  told = [];
  logged = [];
  wake = () => undefined;
  terminal = new SignInTerminal({
    open: async () => openTerminalPair(80, 24),
    tell: (question) => {
      told.push(question);
      wake();
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The question of this context, once it is as wanted. */
async function asked(context: string, like: (question: SignInQuestion) => boolean): Promise<SignInQuestion> {
  for (;;) {
    const question = told.at(-1) ?? null;
    if (question?.context === context && like(question)) return question;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

/** Runs a plugin that is this shell script; `$credential` is what it has to print. */
async function run(context: string, script: string, more: Partial<ExecPluginRun> & { readonly mode?: string } = {}) {
  const command = join(folder, context);
  writeFileSync(command, `#!/bin/sh\ncredential='${CREDENTIAL}'\n${script}\n`);
  chmodSync(command, 0o755);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    interactiveMode: more.mode ?? 'IfAvailable',
  };
  const file = join(folder, `${context}.json`);
  writeFileSync(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'https://k' } }],
      users: [{ name: 'u', user: { exec } }],
    }),
  );
  const read = await readKubeconfigs([file]);
  const cluster = read.clusters.get('c');
  const plugin = read.users.get('u')?.exec;
  if (cluster === undefined || plugin == null) throw new Error('no plugin');
  const note = (...what: unknown[]) => void logged.push(what);
  return runExecPlugin({
    plugin,
    user: 'u',
    context,
    cluster,
    authorityData: null,
    environment: { PATH: process.env['PATH'] },
    terminal,
    log: { info: note, warn: note, error: note },
    ...more,
  });
}

const ASKS_HIDDEN = `stty -echo < /dev/tty
printf 'Password: ' > /dev/tty
read -r answer < /dev/tty
stty echo < /dev/tty
[ "$answer" = 'open sesame' ] || { echo "wrong: $answer" >&2; exit 1; }
echo "$credential"`;
const ASKS_SHOWN = `printf 'Code: ' >&2
read -r answer
[ "$answer" = 42 ] && echo "$credential"`;

describe('a credential plugin that may ask', () => {
  test('and asks on the terminal itself, without echo, is answered', async () => {
    const running = run('hidden', ASKS_HIDDEN);
    const question = await asked('hidden', ({ text }) => text.includes('Password: '));
    expect(question).toMatchObject({ command: join(folder, 'hidden'), masked: true, others: 0 });
    terminal.answer(question.id, 'open sesame');
    expect(await running).toMatchObject({ token: 'the-token' });
    expect(told.at(-1)).toBeNull();
    expect(JSON.stringify(told)).not.toMatch(/the-token|sesame/);
  });

  test('and asks on standard error, with echo, is seen to show what is typed', async () => {
    const running = run('shown', ASKS_SHOWN);
    const question = await asked('shown', ({ masked }) => !masked);
    expect(question.text).toBe('Code: ');
    terminal.answer(question.id, '42');
    expect(await running).toMatchObject({ token: 'the-token' });
    expect(JSON.stringify(told)).not.toContain('the-token');
  });

  test('and asks nothing is heard of by nobody, whatever it warns of', async () => {
    expect(await run('quiet', 'echo "a newer version is there" >&2\necho "$credential"')).toMatchObject({
      token: 'the-token',
    });
    expect(told.filter((question) => question !== null)).toEqual([]);
  });

  test('finds a terminal as its standard input, and knows that it may ask', async () => {
    const looks = `[ -t 0 ] && [ ! -t 1 ] && case $KUBERNETES_EXEC_INFO in *'"interactive":true'*) echo "$credential";; esac`;
    expect(await run('looks', looks, { mode: 'Always' })).toMatchObject({ token: 'the-token' });
  });

  test('but says that it never does gets no terminal', async () => {
    await expect(run('never', '(: < /dev/tty) 2>/dev/null && exit 4\n[ -t 0 ] && exit 5\nexit 6', { mode: 'Never' }))
      // What can be opened as /dev/tty there is the terminal of whoever runs this test, if any.
      .rejects.toThrow(/exit code [46]/);
  });
});

describe('what a person types', () => {
  test('is quoted by no complaint and no log, though the plugin repeats it', async () => {
    const running = run('wrong', ASKS_HIDDEN);
    const { id } = await asked('wrong', ({ text }) => text.includes('Password: '));
    terminal.answer(id, 'hunter two');
    const error = await running.catch((thrown: Error) => thrown);
    expect(String((error as Error).message)).toContain('failed with exit code 1');
    expect(`${(error as Error).message} ${JSON.stringify(logged)}`).not.toContain('hunter');
  });

  test('leaves the complaint that does not repeat it, and not the question before it', async () => {
    const running = run('expired', `printf 'Code: ' >&2\nread -r answer\necho 'the code is too old' >&2\nexit 1`);
    const { id } = await asked('expired', ({ text }) => text.includes('Code: '));
    terminal.answer(id, '778899');
    await expect(running).rejects.toThrow(/"u" the code is too old|failed with exit code 1: the code is too old/);
  });

  test('goes to nobody but the plugin that asked', async () => {
    await run('over', 'echo "$credential"');
    expect(() => terminal.answer('5d1b9a5c-0000-4000-8000-000000000000', 'x')).toThrow(
      expect.objectContaining({ code: 'sign-in-over' }),
    );
  });
});

describe('a person who does not answer', () => {
  test('ends the plugin, and is told how to be asked again', async () => {
    const running = run('cancelled', ASKS_HIDDEN);
    const { id } = await asked('cancelled', ({ text }) => text.includes('Password: '));
    terminal.decline(id);
    await expect(running).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('asked a person, who did not answer; sign in again in Gatehouse'),
    });
    expect(told.at(-1)).toBeNull();
  });

  test('is not asked again by requests, until somebody signs in', async () => {
    const command = join(folder, 'plugin');
    writeFileSync(command, `#!/bin/sh\necho run >> '${folder}/runs'\n${ASKS_HIDDEN}\n`, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Always' };
    const file = join(folder, 'config');
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://k' } }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'polled', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    const note = () => undefined;
    const cluster = await openCluster(
      { kubeconfigFiles: [file], context: 'polled', labels: {} },
      { log: { info: note, warn: note, error: note }, environment: { PATH: process.env['PATH'] }, terminal },
    );
    const runs = () => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1;

    const waiting = [cluster.credential(), cluster.credential()];
    terminal.decline((await asked('polled', () => true)).id);
    for (const refused of await Promise.allSettled(waiting)) expect(refused.status).toBe('rejected');
    await expect(cluster.credential()).rejects.toThrow('sign in again in Gatehouse');
    await expect(cluster.credentialAtHand()).resolves.toMatchObject({ due: true });
    expect(runs()).toBe(1);

    cluster.credentialRejected();
    const signingIn = cluster.credential();
    await expect.poll(runs).toBe(2);
    terminal.decline((await asked('polled', () => true)).id);
    await expect(signingIn).rejects.toThrow('sign in again in Gatehouse');
  });

  test('in time is not waited for', async () => {
    const running = run('patient', ASKS_HIDDEN, { patience: 50 });
    await expect(running).rejects.toThrow('did not answer within 0.05 s');
  });
});

test('of two that ask, the second waits for its turn, and its time with it', async () => {
  const first = run('first', ASKS_SHOWN);
  const one = await asked('first', () => true);
  const second = run('second', ASKS_SHOWN, { timeLimit: 2_000 });
  const { others } = await asked('first', (question) => question.others === 1);
  expect(others).toBe(1);
  terminal.answer(one.id, '42');
  await first;
  const two = await asked('second', () => true);
  expect(() => terminal.answer(one.id, '42')).toThrow(expect.objectContaining({ code: 'sign-in-over' }));
  terminal.answer(two.id, '42');
  expect(await second).toMatchObject({ token: 'the-token' });
});
