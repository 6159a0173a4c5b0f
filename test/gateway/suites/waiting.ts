import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { lastDecided } from './nothing-reached.ts';

const NAMESPACE = 'gatehouse-waiting';
const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const POLICY = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: waiting}
spec:
  rules:
  - id: held
    effect: requireApproval
    match: {verbs: [patch, delete], resources: [configmaps], namespaces: [${NAMESPACE}]}
    approval: {level: ownerConfirm, hold: 1s}
    message: "ask first"
`;

/** A write that nobody decides about in time, and what a decision that comes later is good for. */
export function describeWaiting(environment: () => RunningGateway): void {
  describe('a write that a person is asked about', () => {
    let restore = async (): Promise<void> => undefined;
    beforeAll(async () => {
      const { directly, writePolicy } = environment();
      restore = await writePolicy('waiting.yaml', POLICY);
      await directly(['create', 'namespace', NAMESPACE]);
      for (const name of ['one', 'two']) await directly(['-n', NAMESPACE, 'create', 'configmap', name]);
    });
    afterAll(async () => {
      await restore();
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const patch = (name: string, value: string) =>
      environment().request(
        'PATCH',
        `/api/v1/namespaces/${NAMESPACE}/configmaps/${name}`,
        MERGE,
        JSON.stringify({ data: { value } }),
      );
    const pending = () =>
      environment()
        .gateway.approvals()
        .filter(({ state }) => state === 'PENDING');

    it('case 40: is a 403 with the id of the request and what to do, after the time that policy says; nothing was written', async () => {
      const { kubectl, directly } = environment();
      const command = ['-n', NAMESPACE, 'patch', 'configmap', 'one', '--type=merge', '-p', '{"data":{"by":"kubectl"}}'];
      const started = Date.now();
      const { stderr, code } = await kubectl(command);
      expect(code).not.toBe(0);
      expect(Date.now() - started).toBeGreaterThan(900);
      expect(stderr).toMatch(/Error from server \(Forbidden\): .*ask first/);
      const named = /request (\w+) is waiting .*; run the same command again/.exec(stderr)?.[1];
      expect(pending().map((asked) => asked.code)).toContain(named);
      expect(await lastDecided(environment())).toMatchObject({ decision: { code: 'approval-pending' } });
      expect((await directly(['-n', NAMESPACE, 'get', 'configmap', 'one', '-o', 'yaml'])).stdout).not.toMatch(
        /by: kubectl/,
      );
    });

    it('case 40: once approved, exactly that request passes, and passes once', async () => {
      const { gateway, request, cluster } = environment();
      expect(await patch('one', 'a')).toMatchObject({ status: 403 });
      const asked = pending().find(({ intent }) => intent.bodyPreview?.includes('"a"'));
      await gateway.review({ id: asked?.id ?? '', verdict: 'approve', by: 'local:tester', comment: null });

      const others = await Promise.all([
        patch('two', 'a'),
        patch('one', 'b'),
        request('DELETE', `/api/v1/namespaces/${NAMESPACE}/configmaps/one`),
      ]);
      expect(others.map(({ status }) => status)).toEqual([403, 403, 403]);

      expect((await patch('one', 'a')).status).toBe(200);
      const written = async () =>
        (await cluster.auditLog()).filter(({ verb, requestURI }) => verb === 'patch' && !requestURI.includes('dryRun'))
          .length;
      const before = await written();
      expect((await patch('one', 'a')).status).toBe(403);
      expect(await written()).toBe(before);
      const denied = (await environment().records()).filter(
        (record) => record.type === 'decided' && record.decision.code === 'approval-pending',
      );
      expect(denied.length).toBeGreaterThanOrEqual(5);
    });
  });
}
