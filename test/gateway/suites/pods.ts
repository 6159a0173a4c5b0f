import { beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Exec and logs, where the cluster runs pods: the same bytes and exit status as without the gateway. */
export function describePods(environment: () => RunningGateway): void {
  describe('exec and logs', () => {
    let namespace = '';
    let pod = '';

    beforeAll(async () => {
      const { stdout } = await environment().directly(['get', 'pods', '-A', '-o', 'json']);
      const { items } = JSON.parse(stdout) as {
        items: Array<{ metadata: { name: string; namespace: string }; status: { phase: string } }>;
      };
      const running = items.find(({ status }) => status.phase === 'Running');
      namespace = running?.metadata.namespace ?? '';
      pod = running?.metadata.name ?? '';
    });

    it.each([
      ['stdout', ['echo', 'hello'], 'hello\n', 0],
      ['an exit status', ['sh', '-c', 'exit 3'], '', 3],
      ['a pipeline', ['sh', '-c', 'seq 1 5 | head -n 2'], '1\n2\n', 0],
    ])('case 22: %s', async (_name, command, stdout, code) => {
      const { kubectl, directly } = environment();
      const args = ['-n', namespace, 'exec', pod, '--', ...command];
      const direct = await directly(args);
      const through = await kubectl(args);
      expect(through.stdout).toBe(stdout);
      expect(through.code).toBe(code);
      expect({ stdout: through.stdout, code: through.code }).toEqual({ stdout: direct.stdout, code: direct.code });
    });

    it('case 23: standard input reaches the command, and its end too', async () => {
      const input = `${'line of input\n'.repeat(2_000)}the end\n`;
      const { stdout, code } = await environment().kubectl(['-n', namespace, 'exec', '-i', pod, '--', 'cat'], {
        input,
      });
      expect(code).toBe(0);
      expect(stdout).toBe(input);
    });

    it('case 16: exec is `create pods/exec` for policy and journal, whatever the method', async () => {
      await environment().kubectl(['-n', namespace, 'exec', pod, '--', 'true']);
      const records = await environment().records();
      const decided = records.find((record) => record.type === 'decided' && record.request.subresource === 'exec');
      expect(decided).toMatchObject({ request: { verb: 'get', policyVerb: 'create', upgrade: 'websocket' } });
      if (decided?.type !== 'decided') throw new Error('no record');
      const finished = records.find((record) => record.type === 'finished' && record.auditId === decided.auditId);
      expect(finished).toMatchObject({ status: 101 });
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
