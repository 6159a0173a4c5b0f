import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandResult } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { podForSuite } from './ready-pod.ts';

const namespace = 'gatehouse-pods';
const pod = 'web';

/** kubectl's own choice (WebSocket, since 1.31 for everything), and what older clients speak. */
const transports: ReadonlyArray<readonly [name: string, environment: Readonly<Record<string, string>>]> = [
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
];

/** Exec, attach, copying, port-forward and logs: the same bytes and exit status as without the gateway. */
export function describePods(environment: () => RunningGateway): void {
  describe('what people do inside pods', () => {
    let folder = '';

    podForSuite(environment, namespace);
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-pods-'));
    });
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    const outcome = ({ stdout, code }: CommandResult) => ({ stdout, code });

    describe.each(transports)('over %s', (_transport, variables) => {
      const both = async (args: readonly string[], input = '') => {
        const way = { input, environment: variables };
        const { kubectl, directly } = environment();
        return {
          direct: await directly(['-n', namespace, ...args], way),
          through: await kubectl(['-n', namespace, ...args], way),
        };
      };

      it.each([
        ['stdout', ['echo', 'hello'], 'hello\n', 0],
        ['an exit status', ['sh', '-c', 'exit 3'], '', 3],
        ['a pipeline', ['sh', '-c', 'seq 1 5 | head -n 2'], '1\n2\n', 0],
      ])('case 22: exec gives %s', async (_name, command, stdout, code) => {
        const { direct, through } = await both(['exec', pod, '--', ...command]);
        expect(outcome(through)).toEqual({ stdout, code });
        expect(outcome(direct)).toEqual({ stdout, code });
      });

      it('case 22: stderr stays apart', async () => {
        const { direct, through } = await both(['exec', pod, '--', 'sh', '-c', 'echo out; echo err >&2; exit 4']);
        expect(through.stdout).toBe('out\n');
        expect(through.stderr).toMatch(/^err$/m);
        expect(direct.stderr).toMatch(/^err$/m);
        expect([direct.code, through.code]).toEqual([4, 4]);
      });

      it('case 23: standard input reaches the command, and its end too', async () => {
        const input = `${'line of input\n'.repeat(20_000)}the end\n`;
        const { direct, through } = await both(['exec', '-i', pod, '--', 'cat'], input);
        expect(outcome(through)).toEqual({ stdout: input, code: 0 });
        expect(outcome(direct)).toEqual({ stdout: input, code: 0 });
      });

      it('case 23: a here document runs', async () => {
        const { direct, through } = await both(['exec', '-i', pod, '--', 'sh'], 'cd /tmp\npwd\nexit 5\n');
        expect(outcome(through)).toEqual({ stdout: '/tmp\n', code: 5 });
        expect(outcome(direct)).toEqual({ stdout: '/tmp\n', code: 5 });
      });

      it('case 23: cp brings a file into the pod and back, byte for byte', async () => {
        const { kubectl } = environment();
        const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
        await writeFile(join(folder, 'sent'), sent);
        const way = { environment: variables };
        const up = await kubectl(['cp', join(folder, 'sent'), `${namespace}/${pod}:/tmp/copied`], way);
        expect(up.stderr).toBe('');
        const down = await kubectl(['cp', `${namespace}/${pod}:/tmp/copied`, join(folder, 'received')], way);
        expect([up.code, down.code], down.stderr).toEqual([0, 0]);
        expect((await readFile(join(folder, 'received'))).equals(sent)).toBe(true);
      });

      it('case 24: attach shows what the container prints from then on', async () => {
        const attached = environment().startKubectl(['-n', namespace, 'attach', pod], { environment: variables });
        try {
          await attached.saw(/"level":"info"/);
        } finally {
          attached.stop();
          await attached.done;
        }
      });

      it('case 25: port-forward carries several connections to several ports', async () => {
        const forward = environment().startKubectl(['-n', namespace, 'port-forward', pod, ':8080', ':9000'], {
          environment: variables,
        });
        try {
          const [, port] = /127\.0\.0\.1:(\d+) -> 8080/.exec(await forward.saw(/127\.0\.0\.1:\d+ -> 8080/)) ?? [];
          const answers = await Promise.all(['/a', '/b', '/c'].map((path) => askLoopback(`${port}`, path)));
          expect(answers).toEqual(
            ['/a', '/b', '/c'].map((path) => `GET ${path} on port 8080 of ${namespace}/${pod}\n`),
          );
        } finally {
          forward.stop();
          await forward.done;
        }
      });
    });

    it('case 16: exec is `create pods/exec` for policy and journal, whatever the method', async () => {
      await environment().kubectl(['-n', namespace, 'exec', pod, '--', 'true']);
      const isExec = ({ request }: { request: { subresource: string } }) => request.subresource === 'exec';
      const records = await environment().records();
      const decided = records.findLast((record) => record.type === 'decided' && isExec(record));
      if (decided?.type !== 'decided') throw new Error('no record');
      expect(decided).toMatchObject({ request: { verb: 'get', policyVerb: 'create', upgrade: 'websocket' } });
      // The journal has the end of a stream when both sides have closed it.
      await vi.waitFor(
        async () => {
          const ends = (await environment().records()).filter(({ type }) => type === 'finished');
          const finished = ends.find((record) => record.type === 'finished' && record.auditId === decided.auditId);
          expect(finished).toMatchObject({ status: 101 });
        },
        { timeout: 60_000 },
      );
    });

    it('a denied exec is answered once, for WebSocket and for the fallback to SPDY', async () => {
      const { startKubectl, decideNext, records } = environment();
      const command = startKubectl(['-n', namespace, 'exec', pod, '--as=eve', '--', 'true']);
      await decideNext('deny', 'not in this pod');
      const { stderr, code } = await command.done;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/not in this pod/);
      expect((await records()).length).toBeGreaterThan(0);
    });

    it('logs come through, and follow as they are written', async () => {
      const { kubectl, startKubectl } = environment();
      const { stdout, code } = await kubectl(['-n', namespace, 'logs', pod, '--tail=3']);
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
      const following = startKubectl(['-n', namespace, 'logs', '-f', pod, '--tail=1']);
      try {
        await following.saw(/\n.*\n/);
      } finally {
        following.stop();
        await following.done;
      }
    });
  });
}

function askLoopback(port: string, path: string): Promise<string> {
  return new Promise((done, reject) => {
    get(`http://127.0.0.1:${port}${path}`, { agent: false }, (incoming) => text(incoming).then(done, reject)).on(
      'error',
      reject,
    );
  });
}
