import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Answers that say that nothing has changed: kubectl's discovery cache lives by them. */
export function describeNotModified(environment: () => RunningGateway): void {
  describe('an answer that says that nothing has changed', () => {
    it.each(['/apis', '/api'])('case 48: a 304 of %s has no body, and no Content-Type of ours', async (target) => {
      const { request } = environment();
      const header = (answer: { headers: ReadonlyArray<readonly [string, string]> }, wanted: string) =>
        answer.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
      const first = await request('GET', target, { Accept: AGGREGATED });
      expect(first.status).toBe(200);
      const [tag = ''] = header(first, 'etag');
      expect(tag).toMatch(/^"/);
      const second = await request('GET', target, { Accept: AGGREGATED, 'If-None-Match': tag });
      expect([second.status, second.body]).toEqual([304, '']);
      expect(header(second, 'content-type')).toEqual([]);
      expect(header(second, 'etag')).toEqual([tag]);
      const other = await request('GET', target, { Accept: AGGREGATED, 'If-None-Match': '"other"' });
      expect([other.status, other.body]).toEqual([200, first.body]);
    });

    it('case 48: kubectl’s cache stays good through them', async () => {
      const { kubectl, records } = environment();
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cache-'));
      try {
        // Each asks anew, with the tags of what is in the cache.
        const [first, second, third] = [await ask(), await ask(), await ask()];
        expect(first.stdout).toMatch(/configmaps/);
        expect([second, third]).toEqual([first, first]);
        const seen = (await records()).map((record) => (record.type === 'finished' ? record.status : 0));
        expect(seen).toContain(304);
      } finally {
        await rm(folder, { recursive: true });
      }
      function ask() {
        return kubectl(['api-resources', '--cache-dir', folder]);
      }
    });
  });
}
