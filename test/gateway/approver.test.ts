import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askGateway } from '../../cli/command/control-client.ts';
import type { ApprovalRequest } from '../../model/approval.ts';
import type { JournalRecord } from '../../model/journal-record.ts';
import { commandLine, refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { kubectlPath, start } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('approver: votes of other users are not tried: only root can be several');

/** The account of the gateway: not root where the tests are, which may be the other one then. */
const NOBODY = 65_534;
const STRANGER = 4711;
/** Another user, whom no folder keeps out: neither the checkout, wherever it lies, nor the data folder. */
const as = (uid: number) => [
  ...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'],
  ...['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'],
];

/** Whom each program runs as. */
const PEOPLE = {
  root: [],
  owner: isRoot ? as(NOBODY) : [],
  'another user that no folder keeps out': as(STRANGER),
} as const;

describe.runIf(process.platform === 'linux')('who decides at the program as it is built', () => {
  let folder = '';
  let demo: Awaited<ReturnType<typeof startDemo>>;
  let gateway: ReturnType<typeof spawn>;
  const data = () => join(folder, 'data');
  const kubeconfig = () => join(folder, 'client.yaml');
  const stopping: Array<() => void> = [];

  beforeAll(async () => {
    await refreshCommandLine();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-approver-'));
    demo = await startDemo();
    const upstream = join(folder, 'upstream.yaml');
    await copyFile(demo.kubeconfig, upstream);
    if (isRoot) for (const path of [folder, upstream]) await chown(path, NOBODY, NOBODY);
    gateway = startAs('owner', [
      ...['gateway', '--kubeconfig', upstream, '--context', demo.context, '--write-kubeconfig', kubeconfig()],
    ]);
    gateway.stderr?.resume();
    for await (const chunk of gateway.stdout ?? []) if (String(chunk).includes('ready')) break;
  });
  afterAll(async () => {
    for (const stop of stopping) stop();
    if (gateway.exitCode === null) {
      gateway.kill('SIGTERM');
      await once(gateway, 'exit');
    }
    await demo.close();
    await rm(folder, { recursive: true, force: true });
  });

  function startAs(person: keyof typeof PEOPLE, words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const [command = '', ...args] = [...PEOPLE[person], process.execPath, commandLine, ...words, '--data', data()];
    return spawn(command, args, {
      env: { PATH: process.env.PATH, HOME: folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function gatehouse(person: keyof typeof PEOPLE, words: readonly string[], environment?: NodeJS.ProcessEnv) {
    const program = startAs(person, words, environment);
    const ended = once(program, 'close');
    const [out, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
    return { code: Number((await ended)[0]), out, errors };
  }

  const kubectl = (...args: string[]) => {
    const command = start(kubectlPath, args, { kubeconfig: kubeconfig() });
    stopping.push(command.stop);
    return command;
  };

  /** A binding that somebody has to approve, by its code once it waits. */
  async function asked(name: string) {
    const { done } = kubectl('create', 'clusterrolebinding', name, '--clusterrole=cluster-admin', '--user=eve');
    await expect.poll(() => waitingFor(name)).toMatchObject({ state: 'PENDING' });
    return { done, code: (await waitingFor(name))?.code ?? '' };
  }

  async function waitingFor(name: string): Promise<ApprovalRequest | undefined> {
    const known = await askGateway(data(), { v: 1, ask: 'requests' });
    return known.find(({ intent }) => intent.request.newName === name);
  }

  async function records(): Promise<JournalRecord[]> {
    const folder = join(data(), 'journal');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.ndjson')).toSorted();
    const written = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    return written.flatMap((lines) => lines.split('\n').slice(0, -1)).map((line) => JSON.parse(line));
  }

  const SUDO = { SUDO_USER: 'alice', SUDO_UID: '1001' };
  const own = isRoot ? 'local:nobody' : expect.stringMatching(/^local:\w/);
  const ownUid = isRoot ? NOBODY : process.getuid?.();

  type Row = readonly [keyof typeof PEOPLE, uid: number | undefined, by: unknown, NodeJS.ProcessEnv, claims: object];
  describe.each<Row>([
    ['owner', ownUid, own, {}, {}],
    ['owner', ownUid, own, SUDO, { sudoUser: 'alice', sudoUid: 1001 }],
    ...(isRoot
      ? ([
          ['root', 0, 'local:root', SUDO, { sudoUser: 'alice', sudoUid: 1001 }],
          [
            'another user that no folder keeps out',
            STRANGER,
            `local:uid:${STRANGER}`,
            { SUDO_USER: 'root' },
            { sudoUser: 'root' },
          ],
        ] as const)
      : []),
  ])('%s (uid %s)', (person, uid, by, environment, claims) => {
    const author = { by, caller: { uid, claims: expect.objectContaining(claims) } };
    const name = () => `binding-${crypto.randomUUID()}`;

    it('who approves is recorded as the user that the kernel knows, beside what they say of themselves', async () => {
      const { done, code } = await asked(name());
      const approved = await gatehouse(person, ['approve', code.toLowerCase(), '--reason', 'on call'], environment);
      expect(approved).toMatchObject({ code: 0, errors: '' });
      expect((await done).stderr).toMatch(new RegExp(`approved by local:.* \\(request ${code}\\)`));
      expect(await records()).toContainEqual(
        expect.objectContaining({ type: 'approval', code, state: 'APPROVED', comment: 'on call', ...author }),
      );
      const { out } = await gatehouse('owner', ['requests', code]);
      expect(out).toMatch('sudoUser' in claims ? /decided by .*, through sudo by \w+ \(claimed\)/ : /decided by/);
    });

    it('who denies is, too', async () => {
      const { done, code } = await asked(name());
      await gatehouse(person, ['deny', code, '--comment', 'not now'], environment);
      expect((await done).stderr).toContain('was denied: not now');
      expect(await records()).toContainEqual(
        expect.objectContaining({ type: 'approval', code, state: 'DENIED', comment: 'not now', ...author }),
      );
    });

    it('who ends a stream is, too, and its client is told what is proved alone', async () => {
      const watch = kubectl('get', 'pods', '--all-namespaces', '--watch');
      await expect.poll(async () => (await streams()).length).toBe(1);
      const [{ auditId } = { auditId: '' }] = await streams();
      expect(await gatehouse(person, ['end', auditId, '--reason', 'lunch'], environment)).toMatchObject({ code: 0 });
      const { stdout, stderr } = await watch.done;
      expect(stdout + stderr).toMatch(/this stream was ended by local:[\w:]+: lunch/);
      expect(stdout + stderr).not.toContain('alice');
      const isEnd = (record: JournalRecord) => record.type === 'finished' && record.auditId === auditId;
      await expect.poll(async () => (await records()).find(isEnd)).toMatchObject({ endedBy: author });
    });

    it('who accepts a policy is, too', async () => {
      const rule = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: ${name()}}
spec: {rules: [{id: open, effect: allow, match: {verbs: ["*"], resources: ["things.example.com"]}}]}
`;
      await writeFile(join(data(), 'policy', `${name()}.yaml`), rule, { mode: 0o644 });
      await expect.poll(() => askGateway(data(), { v: 1, ask: 'waitingPolicy' })).not.toMatchObject({ change: null });
      expect(await gatehouse(person, ['policy', 'accept', '--yes'], environment)).toMatchObject({ code: 0 });
      expect((await records()).findLast(isAccepted)).toMatchObject({ author });
    });
  });

  const isAccepted = (record: JournalRecord) => record.type === 'gateway' && record.event === 'policy-accepted';

  const streams = () => askGateway(data(), { v: 1, ask: 'streams' });

  it('nothing of all this is left in the data folder', async () => {
    const names = await readdir(data());
    expect(names.filter((entry) => entry.startsWith('.control-proof'))).toEqual([]);
  });
});
