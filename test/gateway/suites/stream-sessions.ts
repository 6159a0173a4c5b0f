// One place for what a kubectl stream does, over both transports: its parts share the pod and the way to look at records.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DecidedRecord, FinishedRecord } from '../../../model/journal-record.ts';
import { readByteRecording } from '../../../proxy/recording/byte-recording.ts';
import { REDACTED } from '../../../proxy/redaction/stream-redactor.ts';
import type { RunningCommand } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

const namespace = 'stream-sessions';
const pod = 'web';
const CANARY = 'canary-7f3k-never-shown';

const manifest = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'canary', namespace }, stringData: { password: CANARY } },
  {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace } },
    spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080 }, { containerPort: 9000 }] }] },
  },
];

const TRANSPORTS: ReadonlyArray<readonly [name: string, environment: Readonly<Record<string, string>>]> = [
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
];

/** Streams with a real kubectl: what is recorded of them, who may end them, and what their client is told then. */
export function describeStreamSessions(running: () => RunningGateway): void {
  describe('streams with a real kubectl', () => {
    const started: RunningCommand[] = [];

    beforeAll(async () => {
      const { directly } = running();
      await directly(['create', 'namespace', namespace]);
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifest });
      // The account comes from a controller, a moment after the namespace.
      await vi.waitFor(async () => expect((await directly(['apply', '-f', '-'], { input })).code).toBe(0), {
        timeout: 60_000,
        interval: 200,
      });
      await directly(['-n', namespace, 'wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=120s']);
    });
    afterEach(async () => {
      for (const command of started.splice(0)) {
        command.stop();
        await command.done;
      }
      await limit(null);
    });

    const exec = (args: readonly string[], environment = {}, input = '') =>
      running().kubectl(['-n', namespace, 'exec', ...args], { environment, input });
    const start = (args: readonly string[], environment = {}) => {
      const command = running().startKubectl(['-n', namespace, ...args], { environment });
      started.push(command);
      return command;
    };

    /** Puts one more rule into force: obligations of every stream of this suite, or what has to be confirmed. Null takes it out. */
    async function limit(
      obligations: string | null,
      confirm: string | null = null,
      approval = '{level: ownerConfirm}',
    ): Promise<void> {
      const { gateway, folder } = running();
      const file = join(folder, 'policy', 'limits.yaml');
      if (obligations === null && confirm === null && !existsSync(file)) return;
      const before = gateway.policy().digest;
      const text = [
        ...['apiVersion: gatehouse/v1', 'kind: AccessPolicy', 'metadata: {name: limits}', 'spec:', '  rules:'],
        ...(confirm === null
          ? ['  - id: limits', '    effect: none', `    match: {namespaces: [${namespace}], verbs: ["*"]}`]
          : ['  - id: confirm', '    effect: requireApproval', `    match: ${confirm}`]),
        confirm === null ? `    obligations: ${obligations}` : `    approval: ${approval}`,
      ].join('\n');
      if (obligations === null && confirm === null) await rm(file);
      else await writeFile(file, text);
      await vi.waitFor(() => expect(gateway.policy().digest).not.toBe(before), { timeout: 60_000 });
      expect(gateway.policy().problems).toEqual([]);
    }

    /** The newest stream of a subresource: its records. */
    async function lastStream(subresource: string): Promise<{ decided: DecidedRecord; finished: FinishedRecord }> {
      return vi.waitFor(
        async () => {
          const records = await running().records();
          const decided = records
            .filter((record) => record.type === 'decided' && record.request.subresource === subresource)
            .sort((one, other) => one.seq - other.seq)
            .at(-1);
          if (decided?.type !== 'decided') throw new Error('not decided yet');
          const finished = records.find((record) => record.type === 'finished' && record.auditId === decided.auditId);
          if (finished?.type !== 'finished') throw new Error('not finished yet');
          return { decided, finished };
        },
        { timeout: 60_000 },
      );
    }

    const sessions = () => join(running().folder, 'data', 'sessions');

    async function recorded(finished: FinishedRecord) {
      const read = await readByteRecording(join(sessions(), finished.stream?.recording ?? ''));
      const bytes = (stream: string) =>
        Buffer.concat(
          read.records.flatMap((record) =>
            'bytes' in record && record.stream === stream ? [Buffer.from(record.bytes, 'base64')] : [],
          ),
        ).toString('utf8');
      return { ...read, stdout: bytes('stdout'), stderr: bytes('stderr'), stdin: bytes('stdin') };
    }

    /** Waits until a stream of this kind is open, and answers its audit id. */
    async function live(kind: string): Promise<string> {
      return vi.waitFor(
        () => {
          const found = running()
            .gateway.streams()
            .find((stream) => stream.kind === kind && stream.namespace === namespace);
          if (found === undefined) throw new Error('not open yet');
          return found.auditId;
        },
        { timeout: 60_000 },
      );
    }

    describe.each(TRANSPORTS)('over %s', (_name, environment) => {
      it('case 22: is recorded in one format, with its exit status in recording and journal', async () => {
        const { code } = await exec([pod, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'], environment);
        expect(code).toBe(7);
        const { decided, finished } = await lastStream('exec');
        expect(finished).toMatchObject({ status: 101, code: null, stream: { exitCode: 7, error: null } });
        const recording = await recorded(finished);
        expect(recording.stdout).toBe('out\n');
        expect(recording.stderr).toBe('err\n');
        expect(recording.end).toMatchObject({ end: 'exit', exitCode: 7, reason: null });
        expect(recording.subject).toMatchObject({
          id: decided.auditId,
          principal: 'local:tester',
          namespace,
          stream: { kind: 'exec', pod, command: ['sh', '-c', 'echo out; echo err >&2; exit 7'] },
        });
        expect(recording.subject.stream?.kubectlSession).toBe(decided.request.kubectlSession);
      });

      it('case 23: keeps of the input how much it was and its digest', async () => {
        await exec(['-i', pod, '--', 'sh', '-c', 'cat >/dev/null'], environment, 'typed text\n');
        const { finished } = await lastStream('exec');
        const sha256 = createHash('sha256').update('typed text\n').digest('hex');
        expect(finished.stream?.stdin).toEqual({ bytes: 11, sha256 });
        expect((await recorded(finished)).stdin).toBe('');
      });

      it('case 23: keeps the input itself where policy says so', async () => {
        await limit('{record: {level: full, required: true, input: on}}');
        await exec(['-i', pod, '--', 'cat'], environment, 'typed text\n');
        const { finished } = await lastStream('exec');
        expect(await recorded(finished)).toMatchObject({ stdin: 'typed text\n', stdout: 'typed text\n' });
      });

      it('takes Secret values out of output and recording', async () => {
        await running().kubectl(['-n', namespace, 'get', 'secret', 'canary', '-o', 'yaml']);
        const encoded = Buffer.from(CANARY).toString('base64');
        const said = await exec(
          [pod, '--', 'sh', '-c', `echo a ${CANARY} b; echo ${encoded} >&2; exit 3`],
          environment,
        );
        expect(said).toMatchObject({ stdout: `a ${REDACTED} b\n`, code: 3 });
        expect(said.stderr).not.toContain(encoded.slice(0, -2));
        const { finished } = await lastStream('exec');
        expect(finished.maskedValues).toBe(2);
        expect((await recorded(finished)).stdout).toBe(`a ${REDACTED} b\n`);
      });

      it('keeps sizes in a copy whose values were taken out', async () => {
        await running().kubectl(['-n', namespace, 'get', 'secret', 'canary', '-o', 'yaml']);
        const source = join(running().folder, 'plain');
        const target = join(running().folder, 'copied');
        await writeFile(source, `password=${CANARY}\nuser=somebody\n`);
        await running().directly(['cp', source, `${namespace}/${pod}:/tmp/secret`]);
        const { code } = await running().kubectl(['cp', `${namespace}/${pod}:/tmp/secret`, target], { environment });
        expect(code).toBe(0);
        expect(await readFile(target, 'utf8')).toBe(`password=${'*'.repeat(CANARY.length)}\nuser=somebody\n`);
      });

      it('refuses standard input where policy does, before anything is sent', async () => {
        await limit('{stream: {stdin: deny}}');
        const refused = await exec(['-i', pod, '--', 'cat'], environment, 'x');
        expect(refused.code).not.toBe(0);
        expect(refused.stderr).toMatch(/without standard input; leave out -i/);
        expect((await lastStream('exec')).finished).toMatchObject({ status: 403, code: 'stdin-denied' });
        expect(await exec([pod, '--', 'echo', 'still fine'], environment)).toMatchObject({ stdout: 'still fine\n' });
      });

      it('case 29: prints who ended an exec and why', async () => {
        const command = start(['exec', pod, '--', 'sh', '-c', 'echo begun; sleep 60'], environment);
        await command.saw(/begun/);
        expect(running().gateway.endStream(await live('exec'), { by: 'anna', comment: 'lunch' })).toBe(true);
        const { stderr, code } = await command.done;
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/this stream was ended by anna: lunch/);
        const { finished } = await lastStream('exec');
        expect(finished).toMatchObject({
          code: 'stream-ended',
          ended: 'ended-by-person',
          stream: { told: 'Gatehouse: this stream was ended by anna: lunch' },
        });
        expect((await recorded(finished)).end).toMatchObject({ end: 'closed', exitCode: null });
      });

      it('case 29: ends an exec when its time is over', async () => {
        await limit('{stream: {maxDuration: 1s}}');
        const { stderr, code } = await exec([pod, '--', 'sleep', '60'], environment);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/has reached the 1s that the policy allows it/);
        expect((await lastStream('exec')).finished).toMatchObject({ code: 'stream-time-limit', ended: 'time-limit' });
      });

      it('case 29: ends a confirmed exec when the grant is over', async () => {
        await limit(
          null,
          `{namespaces: [${namespace}], resources: [pods/exec]}`,
          '{level: ownerConfirm, grantTTL: 1s}',
        );
        const confirmed = running().decideNext('approve');
        const { stderr, code } = await exec([pod, '--', 'sleep', '60'], environment);
        await confirmed;
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/has reached the 1s that the policy allows it/);
      });

      it.each([
        ['run -i --rm', (name: string) => ['run', name, '--rm', '--restart=Never']],
        ['debug -i', (name: string) => ['debug', pod, `--container=${name}`]],
      ])('case 24: kubectl %s is recorded, as the attach that it ends in', async (_name, command) => {
        const args = [...command(`look-${randomBytes(4).toString('hex')}`), '-i', '--image=busybox'];
        const way = { environment, input: 'typed\n' };
        const { stdout, stderr } = await running().kubectl(
          ['-n', namespace, ...args, '--', 'sh', '-c', 'cat; echo done'],
          way,
        );
        expect(stdout, stderr).toMatch(/typed\ndone/);
        const { decided, finished } = await lastStream('attach');
        expect(decided.request.policyVerb).toBe('create');
        expect((await recorded(finished)).stdout).toMatch(/typed\ndone/);
      });

      it('case 25: forwards the ports that policy allows, and says so where it does not', async () => {
        await limit('{stream: {ports: ["8000-8100"]}}');
        const forward = start(['port-forward', pod, ':8080', ':9000'], environment);
        const allowed = await portOf(forward, 8080);
        const denied = await portOf(forward, 9000);
        expect(await ask(allowed)).toMatch(/GET \/ on port 8080/);
        expect(await ask(denied)).toBe('');
        await forward.saw(/the policy does not let port 9000 be forwarded/);
        forward.stop();
        await forward.done;
        const { finished } = await lastStream('portforward');
        expect(finished.stream?.ports).toEqual([
          { port: 8080, connections: 1, bytesIn: expect.any(Number), bytesOut: expect.any(Number) },
        ]);
        const { records } = await recorded(finished);
        expect(
          records.filter((record) => 'event' in record).map((record) => 'event' in record && record.event),
        ).toEqual(['open', 'close']);
      });

      it('case 29: ends a port-forward', async () => {
        const forward = start(['port-forward', pod, ':8080'], environment);
        await ask(await portOf(forward, 8080));
        running().gateway.endStream(await live('portforward'), { by: 'anna', comment: null });
        expect((await forward.done).stderr).toMatch(/lost connection to pod/);
        expect((await lastStream('portforward')).finished).toMatchObject({ ended: 'ended-by-person' });
      });

      it('case 28: is refused in words where it must be recorded and cannot be', async () => {
        await withBrokenSessions(async () => {
          const refused = await exec([pod, '--', 'echo', 'never'], environment);
          expect(refused.stdout).toBe('');
          expect(refused.stderr).toMatch(/must be recorded, and the recording cannot be written/);
          expect((await lastStream('exec')).finished).toMatchObject({ status: 503, code: 'recording-unavailable' });
        });
        expect(await exec([pod, '--', 'echo', 'again'], environment)).toMatchObject({ stdout: 'again\n', code: 0 });
      });

      it('case 28: goes on where policy does not insist on a recording, and is marked as not recorded', async () => {
        const restore = await running().changePolicy('everyday.yaml', (text) =>
          text.replace('required: true', 'required: false'),
        );
        try {
          await withBrokenSessions(async () => {
            expect(await exec([pod, '--', 'echo', 'unseen'], environment)).toMatchObject({
              stdout: 'unseen\n',
              code: 0,
            });
            expect((await lastStream('exec')).finished).toMatchObject({ status: 101, stream: { recording: null } });
          });
        } finally {
          await restore();
        }
      });

      it('case 28: is ended in words where its recorder fails', async () => {
        const command = start(
          ['exec', pod, '--', 'sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 1; done'],
          environment,
        );
        await command.saw(/1/);
        breakRecorder(`${await live('exec')}.jsonl`);
        const { stderr, code } = await command.done;
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/the recording cannot be written/);
        expect((await lastStream('exec')).finished).toMatchObject({
          code: 'recording-unavailable',
          ended: 'recorder-failed',
        });
      });
    });

    it('case 29: a followed log ends with a line that says why', async () => {
      const command = start(['logs', '-f', pod]);
      await command.saw(/\n/);
      running().gateway.endStream(await live('log'), { by: 'anna', comment: 'enough' });
      expect((await command.done).stdout).toMatch(/this stream was ended by anna: enough\n$/);
    });

    it('case 29: a watch ends with an error that says why', async () => {
      const command = start(['get', 'pods', '-w']);
      await command.saw(/web/);
      running().gateway.endStream(await live('watch'), { by: 'anna', comment: 'enough' });
      // kubectl prints the object of an ERROR event as it prints any other, in a table of its own.
      expect((await command.done).stdout).toMatch(/this stream was ended by anna: enough/);
    });

    it('case 29: the end of a session is the end of its watch, its log and its exec, each with the reason', async () => {
      const { gateway, slug } = running();
      const { kubeconfig } = await gateway.openAccess({ kind: 'outside', id: 'short', cluster: slug, namespace });
      const commands = [
        ['get', 'pods', '-w'],
        ['logs', '-f', pod],
        ['exec', pod, '--', 'sh', '-c', 'echo begun; sleep 60'],
      ].map((args) => running().startKubectl(['--kubeconfig', kubeconfig, ...args]));
      started.push(...commands);
      const [watch, , exec] = commands;
      // kubectl says which container it chose, and lists, before the gateway has a stream.
      await exec?.saw(/begun/);
      for (const kind of ['watch', 'log']) await live(kind);
      await running().directly(['-n', namespace, 'label', 'pod', pod, 'watched=yes', '--overwrite']);
      await watch?.saw(/web.*\n(.*\n)*web/);
      await gateway.closeAccess('short');
      for (const command of commands) {
        const { stdout, stderr } = await command.done;
        expect(stdout + stderr).toMatch(/the terminal or session that this belongs to was closed/);
      }
    });

    it('takes Secret values out of logs', async () => {
      const { kubectl, directly } = running();
      await kubectl(['-n', namespace, 'get', 'secret', 'canary', '-o', 'yaml']);
      const direct = await directly(['-n', namespace, 'logs', pod, '--tail=1']);
      const word = /[A-Za-z0-9./-]{6,}/.exec(direct.stdout)?.[0] ?? '';
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'logged', namespace },
        stringData: { word },
      };
      await kubectl(['create', '-f', '-', '-o', 'yaml'], { input: JSON.stringify(secret) });
      const { stdout } = await kubectl(['-n', namespace, 'logs', pod]);
      expect(stdout).toContain(REDACTED);
      expect(stdout).not.toContain(word);
    });

    it.each([
      ['exec', ['exec', pod, '--', 'true'], 'exec'],
      ['port-forward', ['port-forward', pod, ':8080'], 'portforward'],
    ])('%s asks once, and its fallback to SPDY gets the same answer', async (_name, args, subresource) => {
      const { decideNext, gateway, records } = running();
      await limit(null, `{resources: [pods/${subresource}]}`);
      const before = gateway.approvals().length;
      const command = start(args);
      await decideNext('deny', 'not in this pod');
      const { stderr, code } = await command.done;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/not in this pod/);
      expect(gateway.approvals().length).toBe(before + 1);
      const denied = (await records()).filter(
        (record) =>
          record.type === 'decided' &&
          record.request.subresource === subresource &&
          record.decision.code === 'approval-denied',
      );
      expect(denied.map((record) => record.type === 'decided' && record.request.upgrade).sort()).toEqual([
        'SPDY/3.1',
        'websocket',
      ]);
    });

    /** A file where the folder of recordings should be. */
    async function withBrokenSessions(run: () => Promise<void>): Promise<void> {
      await mkdir(sessions(), { recursive: true });
      const before = await readdir(sessions());
      await rename(sessions(), `${sessions()}.aside`);
      await writeFile(sessions(), 'no folder');
      await chmod(sessions(), 0o600);
      try {
        await run();
      } finally {
        await rm(sessions());
        await rename(`${sessions()}.aside`, sessions());
      }
      expect(await readdir(sessions())).toEqual(before);
    }
  });
}

/** Closes the recorder's own file under it: its next write fails, as on a full disk. */
function breakRecorder(name: string): void {
  const descriptor = readdirSync('/proc/self/fd').find((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`).endsWith(name);
    } catch {
      return false;
    }
  });
  if (descriptor === undefined) throw new Error(`${name} is not open`);
  closeSync(Number(descriptor));
}

async function portOf(forward: RunningCommand, port: number): Promise<number> {
  const line = await forward.saw(new RegExp(`127\\.0\\.0\\.1:\\d+ -> ${port}`));
  return Number(/:(\d+) ->/.exec(line)?.[1]);
}

/** What an HTTP server behind a forwarded port says; nothing where the connection is closed. */
function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(answer));
  });
}
