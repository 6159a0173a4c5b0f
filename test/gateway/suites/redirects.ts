import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Redirects of a real API server: it sends one from the folder of its profiles to the same with a slash. Policy has to let that through first. */
export function describeRedirects(environment: () => RunningGateway): void {
  describe('a redirect of the API server', () => {
    const undo: Array<() => Promise<void>> = [];
    beforeAll(async () => {
      const { changePolicy, writePolicy } = environment();
      undo.push(await changePolicy('never.yaml', (text) => text.replace('/debug, "/debug/*", ', '')));
      const rule = 'rules: [{id: profiles, effect: allow, match: {verbs: [get], nonResourceURLs: [/debug/pprof]}}]';
      const head = 'apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: profiles}\nspec:\n';
      undo.push(await writePolicy('profiles.yaml', `${head}  ${rule}\n`));
    });
    afterAll(async () => {
      for (const one of undo.reverse()) await one();
    });

    it('case 21: is a 502, neither followed nor relayed', async () => {
      const { request, cluster, directly } = environment();
      const direct = await directly(['get', '--raw', '/debug/pprof', '-v=8']);
      expect(direct.stderr).toMatch(/302 Found/);
      const before = (await cluster.auditLog()).length;
      const { status, headers, body } = await request('GET', '/debug/pprof');
      expect(status, body).toBe(502);
      expect(body).toMatch(/upstream-redirect/);
      expect(headers.map(([name]) => name.toLowerCase())).not.toContain('location');
      const sent = (await cluster.auditLog()).slice(before).map(({ requestURI }) => requestURI);
      expect(sent).toEqual(['/debug/pprof']);
    });
  });
}
