import { describe, expect, it } from 'vitest';
import { requestHead, say } from '../environment/raw-client.ts';
import type { HeaderFields } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { lastDecided, nothingReaches } from './nothing-reached.ts';

type OddRequest = [name: string, method: string, target: string, headers: HeaderFields, status: number];

const WEBSOCKET = { Connection: 'Upgrade', Upgrade: 'websocket' };
const CLOSE = 'Connection: close';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const KUBELET = ['pods', 'attach/default/web/web', 'containerLogs/default/web/web'];

/** Writes to subresources that no rule names: the rule for writing their parent does not cover them. */
const SUBRESOURCES = [
  ['PUT', '/api/v1/namespaces/default/pods/web/status'],
  ['PATCH', '/api/v1/namespaces/default/pods/web/resize'],
  ['POST', '/api/v1/namespaces/default/pods/web/binding'],
  ['PUT', '/api/v1/namespaces/default/finalize'],
  ['PATCH', '/apis/apps/v1/namespaces/default/deployments/web/status'],
  ['GET', '/api/v1/namespaces/default/pods/web/unknown'],
  ['PUT', '/apis/certificates.k8s.io/v1/certificatesigningrequests/x/status'],
  ['PUT', '/api/v1/nodes/node-1/status'],
] as const;

/** Requests that no ordinary client sends: refused before anything reaches the cluster, and recorded. */
export function describeOddRequests(environment: () => RunningGateway): void {
  describe('odd requests', () => {
    it.each<OddRequest>([
      ['case 31: dot segments', 'GET', '/api/v1/../v1/secrets', {}, 400],
      ['case 31: encoded dot segments', 'GET', '/api/v1/%2e%2e/v1/secrets', {}, 400],
      ['case 31: an encoded slash', 'GET', '/api/v1/namespaces/default%2Fsecrets', {}, 400],
      ['case 31: an empty segment', 'GET', '/api/v1/namespaces//secrets', {}, 400],
      ['case 31: a backslash', 'GET', '/api/v1\\secrets', {}, 400],
      ['case 31: a second authority', 'GET', '//evil.example/api', {}, 400],
      ['case 31: an encoded backslash', 'GET', '/api/v1/namespaces/default%5c..%5cx', {}, 400],
      ['case 32: TRACE', 'TRACE', '/api/v1/secrets', {}, 405],
      ['case 32: a method of another protocol', 'PROPFIND', '/api/v1/secrets', {}, 405],
      ['case 42: a semicolon in the query', 'POST', '/api/v1/namespaces/default/pods?dryRun=All;x=1', {}, 400],
      ...[
        ...KUBELET,
        'exec/default/web/web?command=id',
        'run/default/web/web?cmd=id',
        'portForward/default/web',
      ].flatMap((path): OddRequest[] => [
        [`case 26: a read of nodes/proxy/${path}`, 'GET', `/api/v1/nodes/node-1/proxy/${path}`, {}, 403],
        [`case 26: a write to nodes/proxy/${path}`, 'POST', `/api/v1/nodes/node-1/proxy/${path}`, {}, 403],
      ]),
      ['case 26: nodes/proxy in its old form', 'GET', '/api/v1/proxy/nodes/node-1/pods', {}, 403],
      ['case 27: pods/proxy', 'GET', '/api/v1/namespaces/default/pods/web/proxy', {}, 403],
      [
        'case 27: pods/proxy with a port and a path',
        'PUT',
        '/api/v1/namespaces/default/pods/web:80/proxy/a/b',
        {},
        403,
      ],
      ['case 27: services/proxy', 'GET', '/api/v1/namespaces/default/services/x:80/proxy/', {}, 403],
      ['case 27: services/proxy with TLS', 'POST', '/api/v1/namespaces/default/services/https:x:y/proxy/a', {}, 403],
      ['case 27: a WebSocket to services/proxy', 'GET', '/api/v1/namespaces/default/services/x/proxy/', WEBSOCKET, 400],
      ...SUBRESOURCES.map(([method, path]): OddRequest => [`case 33: ${method} ${path}`, method, path, {}, 403]),
      ['case 33: /metrics', 'GET', '/metrics', {}, 403],
      ['case 33: /logs', 'GET', '/logs/', {}, 403],
      ['case 33: /debug', 'GET', '/debug/pprof/', {}, 403],
      ['case 33: /configz', 'GET', '/configz', {}, 403],
    ])('%s is refused, on record, and nothing reaches the cluster', async (_name, method, target, headers, status) => {
      const answer = await nothingReaches(environment(), () => environment().request(method, target, headers));
      expect(answer.status, answer.body).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: status });
      const { decision } = await lastDecided(environment());
      expect(decision).toMatchObject({ outcome: status === 403 ? 'deny' : 'refused' });
    });

    it.each([
      ['case 31: an absolute form', requestHead('GET https://{host}{cluster}/version', CLOSE), '', 400],
      ['case 31: an absolute form to elsewhere', requestHead('GET http://evil.example/api', CLOSE), '', 400],
      ['case 32: CONNECT', requestHead('CONNECT evil.example:443'), '', 405],
      ['case 32: a space before a colon', requestHead('GET {cluster}/version', 'Impersonate-User : eve'), '', 400],
      [
        'case 32: two framings',
        requestHead(`POST {cluster}${CONFIG_MAPS}`, 'Content-Length: 5', 'Transfer-Encoding: chunked'),
        '0\r\n\r\n',
        400,
      ],
      [
        'case 32: two lengths',
        requestHead(`POST {cluster}${CONFIG_MAPS}`, 'Content-Length: 2', 'Content-Length: 2'),
        '{}',
        400,
      ],
    ])('%s, byte by byte, is refused, and nothing reaches the cluster', async (_name, head, body, status) => {
      const { kubeconfig } = environment();
      const answer = await nothingReaches(environment(), () => say(kubeconfig, head, body));
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    });

    it.each(['exec/default/web/web?command=id', 'run/default/web/web?cmd=id', 'pods'])(
      'case 26: where policy lets nodes/proxy/%s through, a person is asked all the same, as for a shell on the node',
      async (path) => {
        const { changePolicy, request, decideNext, gateway } = environment();
        const allow = (text: string) =>
          text.replace(/effect: deny\n( +match: \{resources: \["\*\/proxy"\]\})/, 'effect: allow\n$1');
        const restore = await changePolicy('never.yaml', allow);
        try {
          const asking = request('GET', `/api/v1/nodes/node-1/proxy/${path}`);
          await decideNext('deny', 'no shell there');
          expect(await asking).toMatchObject({ status: 403, body: expect.stringContaining('no shell there') });
          const asked = gateway.approvals().find(({ intent }) => intent.request.subresource === 'proxy');
          expect(asked?.intent.message).toMatch(/node/);
        } finally {
          await restore();
        }
      },
    );

    it('case 33: without the rule that names them, eviction and scale are denied though pods and deployments may be written', async () => {
      const { changePolicy, request } = environment();
      const restore = await changePolicy('everyday.yaml', (text) =>
        text.replace('resources: ["*/scale", pods/eviction]', 'resources: [pods/resize]'),
      );
      try {
        for (const [method, target] of [
          ['POST', '/api/v1/namespaces/default/pods/web/eviction'],
          ['PATCH', '/apis/apps/v1/namespaces/default/deployments/web/scale'],
        ] as const) {
          const { status } = await nothingReaches(environment(), () => request(method, target));
          expect(status).toBe(403);
          expect((await lastDecided(environment())).decision).toMatchObject({ rule: 'default-deny' });
        }
      } finally {
        await restore();
      }
    });

    it('case 32: HEAD is a get for policy and journal', async () => {
      await environment().request('HEAD', '/api/v1/namespaces/default');
      expect(await lastDecided(environment())).toMatchObject({ request: { verb: 'get', resource: 'namespaces' } });
      expect((await environment().request('HEAD', '/metrics')).status).toBe(403);
    });

    it.each([
      ['DELETE', '/api/v1/namespaces/default/nodes/node-1'],
      ['DELETE', '/apis/storage.k8s.io/v1/namespaces/default/storageclasses/x'],
      ['GET', '/apis/unknown.example.com/v1/namespaces/default/things'],
      ['GET', '/api/v1/namespaces/default/nonsense'],
    ])('case 33: %s %s, of another scope or unknown, is nothing that the cluster serves', async (method, target) => {
      const { status } = await environment().request(method, target);
      expect(status).toBe(404);
    });

    it('case 30: the verb is the API server’s, for every spelling of a watch', async () => {
      const { request } = environment();
      const spellings = [
        ['?watch=0', 'list'],
        ['?watch=False', 'list'],
        ['?Watch=true', 'list'],
        ['?limit=x', 'list'],
        ['?watch=1&limit=x&timeoutSeconds=1', 'watch'],
        ['?fieldSelector=metadata.name%3Dabsent', 'list'],
        ['?watch=1&timeoutSeconds=1', 'watch'],
        ['?watch&timeoutSeconds=1', 'watch'],
        ['?watch=no&timeoutSeconds=1', 'watch'],
        ['?%77atch=1&timeoutSeconds=1', 'watch'],
      ] as const;
      for (const [query, verb] of spellings) {
        await request('GET', `/api/v1/namespaces/default/configmaps${query}`, {});
        expect(await lastDecided(environment()), query).toMatchObject({ request: { verb } });
      }
      await request('GET', '/api/v1/watch/namespaces/default/secrets?timeoutSeconds=1');
      expect(await lastDecided(environment())).toMatchObject({
        request: { verb: 'watch', resource: 'secrets', namespace: 'default' },
        decision: { outcome: 'allow' },
      });
    });
  });
}
