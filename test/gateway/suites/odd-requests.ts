import { describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Requests that no ordinary client sends: refused before anything reaches the cluster, and recorded. */
export function describeOddRequests(environment: () => RunningGateway): void {
  describe('odd requests', () => {
    it.each([
      ['case 31: dot segments', 'GET', '/api/v1/../v1/secrets', {}, 400],
      ['case 31: encoded dot segments', 'GET', '/api/v1/%2e%2e/v1/secrets', {}, 400],
      ['case 31: an encoded slash', 'GET', '/api/v1/namespaces/default%2Fsecrets', {}, 400],
      ['case 31: an empty segment', 'GET', '/api/v1/namespaces//secrets', {}, 400],
      ['case 31: a backslash', 'GET', '/api/v1\\secrets', {}, 400],
      ['case 32: TRACE', 'TRACE', '/api/v1/secrets', {}, 405],
      ['case 42: a semicolon in the query', 'POST', '/api/v1/namespaces/default/pods?dryRun=All;x=1', {}, 400],
      ['case 17: an upgrade of a list', 'GET', '/api/v1/secrets', { Connection: 'Upgrade', Upgrade: 'websocket' }, 400],
      [
        'case 18: h2c',
        'GET',
        '/api/v1/pods',
        { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'x' },
        400,
      ],
      [
        'case 47: an unknown upgrade',
        'GET',
        '/api/v1/namespaces/default/pods/p/exec',
        { Connection: 'Upgrade', Upgrade: 'foo' },
        400,
      ],
      ['case 26: nodes/proxy', 'GET', '/api/v1/nodes/n1/proxy/pods', {}, 403],
      ['case 27: services/proxy', 'GET', '/api/v1/namespaces/default/services/x:80/proxy/', {}, 403],
      ['case 33: /metrics', 'GET', '/metrics', {}, 403],
      ['case 33: /logs', 'GET', '/logs/', {}, 403],
      ['case 33: /debug', 'GET', '/debug/pprof/', {}, 403],
      ['case 33: /configz', 'GET', '/configz', {}, 403],
    ])('%s', async (_name, method, target, headers, status) => {
      const { request, cluster, records } = environment();
      const before = (await cluster.auditLog()).length;
      const answer = await request(method, target, headers);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: status });
      expect((await cluster.auditLog()).length).toBe(before);
      const [decided] = (await records()).filter(({ type }) => type === 'decided');
      expect(decided).toMatchObject({ type: 'decided', decision: { outcome: status === 403 ? 'deny' : 'refused' } });
    });

    it('case 15: another cluster’s prefix is not found', async () => {
      const { gateway, request } = environment();
      expect(gateway.clusters()).toHaveLength(1);
      const answer = await request('GET', '/../../c/other/api', {});
      expect(answer.status).toBe(400);
    });

    it('case 30: the verb is the API server’s, for every spelling of a watch', async () => {
      const { request, records } = environment();
      const spellings = [
        ['?watch=0', 'list'],
        ['?watch=False', 'list'],
        ['?Watch=true', 'list'],
        ['?fieldSelector=metadata.name%3Dabsent', 'list'],
        ['?watch=1&timeoutSeconds=1', 'watch'],
        ['?watch&timeoutSeconds=1', 'watch'],
        ['?watch=no&timeoutSeconds=1', 'watch'],
        ['?%77atch=1&timeoutSeconds=1', 'watch'],
      ] as const;
      for (const [query, verb] of spellings) {
        await request('GET', `/api/v1/namespaces/default/configmaps${query}`, {});
        const [decided] = (await records()).filter(({ type }) => type === 'decided');
        expect(decided, query).toMatchObject({ request: { verb } });
      }
    });
  });
}
