import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from '../environment/raw-request.ts';
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
  - id: held-long
    effect: requireApproval
    match: {verbs: [patch], resources: [configmaps], namespaces: [${NAMESPACE}-long]}
    approval: {level: ownerConfirm, hold: 5m}
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

    /** What a session asks for that nobody else asks for. */
    const ask = (kubeconfig: string, namespace: string, value: string) =>
      rawRequest(
        kubeconfig,
        'PATCH',
        `/api/v1/namespaces/${namespace}/configmaps/one`,
        MERGE,
        JSON.stringify({ data: { value } }),
      );
    const many = (kubeconfig: string, namespace: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => ask(kubeconfig, namespace, `many-${index}`)));
    const sessionFor = async (id: string): Promise<string> => {
      const { gateway, slug } = environment();
      return (await gateway.openAccess({ kind: 'inAppTerminal', id, cluster: slug, namespace: null })).kubeconfig;
    };
    const denyAll = async (): Promise<void> => {
      for (const { id } of pending()) {
        await environment().gateway.review({ id, verdict: 'deny', by: 'local:tester', comment: null });
      }
    };

    it('case 65: what one session leaves behind makes room for what it asks next, and takes nobody else’s places', async () => {
      const loud = await sessionFor('loud');
      const quiet = await sessionFor('quiet');
      const answers = await many(loud, NAMESPACE, 230);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
      const ofLoud = pending().filter(({ intent }) => intent.principal.session.id === 'loud');
      expect(ofLoud.length).toBeLessThanOrEqual(100);
      expect((await ask(quiet, NAMESPACE, 'quiet')).body).toMatch(/is waiting for approval in Gatehouse/);
      expect((await ask(loud, NAMESPACE, 'again')).body).toMatch(/is waiting for approval in Gatehouse/);
      const ended = environment()
        .gateway.approvals()
        .find(({ endReason }) => endReason !== undefined);
      expect(ended).toMatchObject({ state: 'CANCELLED', endReason: expect.stringContaining('made room for a newer') });
      expect(await environment().records()).toContainEqual(
        expect.objectContaining({
          type: 'approval',
          approvalId: ended?.id,
          state: 'CANCELLED',
          comment: ended?.endReason,
        }),
      );
      await denyAll();
    });

    it('case 65: a session whose every place has a client on the line is told how many wait, and what to do', async () => {
      const loud = await sessionFor('louder');
      const quiet = await sessionFor('quieter');
      const held = many(loud, `${NAMESPACE}-long`, 100);
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (pending().filter(({ held: isHeld }) => isHeld).length < 100) return;
          stop();
          resolve();
        };
        const stop = environment().gateway.on('approval', look);
        look();
      });
      const refused = await ask(loud, `${NAMESPACE}-long`, 'one too many');
      expect(refused.status).toBe(403);
      expect(refused.body).toMatch(/100 requests of this session \(inAppTerminal\/louder\) already wait for approval/);
      expect(refused.body).toContain('gatehouse/approval-unavailable');
      expect((await ask(quiet, NAMESPACE, 'quieter')).body).toMatch(/is waiting for approval in Gatehouse/);
      await denyAll();
      expect(new Set((await held).map(({ status }) => status))).toEqual(new Set([403]));
    });
  });
}
