import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Redirects of a real API server: it sends one where the path behind `proxy` is missing. Policy has to let that through first. */
export function describeRedirects(environment: () => RunningGateway): void {
  describe('a redirect of the API server', () => {
    const undo: Array<() => Promise<void>> = [];
    beforeAll(async () => {
      const { changePolicy, writePolicy } = environment();
      undo.push(
        await changePolicy('never.yaml', (text) => text.replace('resources: ["*/proxy"]', 'resources: [none/proxy]')),
      );
      undo.push(
        await writePolicy(
          'tunnels.yaml',
          `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: tunnels}
spec:
  rules:
  - {id: tunnels, effect: allow, match: {verbs: [get], resources: [nodes/proxy]}}
`,
        ),
      );
    });
    afterAll(async () => {
      for (const one of undo.reverse()) await one();
    });

    it('case 21: is a 502, neither followed nor relayed', async () => {
      const { request, decideNext, cluster } = environment();
      const before = (await cluster.auditLog()).length;
      const asking = request('GET', '/api/v1/nodes/node-1/proxy');
      await decideNext('approve');
      const { status, headers, body } = await asking;
      expect(status, body).toBe(502);
      expect(body).toMatch(/upstream-redirect/);
      expect(headers.map(([name]) => name.toLowerCase())).not.toContain('location');
      const sent = (await cluster.auditLog())
        .slice(before)
        .filter(({ objectRef }) => objectRef?.subresource === 'proxy');
      expect(sent).toHaveLength(1);
    });
  });
}
