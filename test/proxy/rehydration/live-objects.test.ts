import { expect, it } from 'vitest';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import type { Upstream } from '../../../proxy/forward/upstream.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import { SeenByCluster } from '../../../proxy/redaction/seen-by-cluster.ts';
import { openLiveObjects } from '../../../proxy/rehydration/live-objects.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { KEY } from '../masking/requests.ts';

it('case 38: what a write would show is judged without what this gateway remembers, which is gone after its next start', () => {
  const seen = new SeenByCluster();
  const cluster = {} as Cluster;
  seen.of(cluster).add(Buffer.from('Vq8-zT2-pL5x'));
  const target = '/api/v1/namespaces/team-a/configmaps/settings';
  const objects = openLiveObjects({
    policy: {} as PolicySource,
    upstream: { request: () => Promise.reject(new Error('not asked')) } as unknown as Upstream,
    maskKey: KEY,
    principal: { user: 'anna', groups: [] } as never,
    cluster,
    policyCluster: { name: 'c', labels: {} },
    request: readRequest({ method: 'PUT', target, rawHeaders: ['Content-Type', 'application/json'] }),
    masks: [{ resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] }],
    seen,
    auditId: 'a',
    signal: new AbortController().signal,
  });
  const settings = {
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { a: 'Vq8-zT2-pL5x', b: 'x://u:orange@h' },
  };
  const shown = JSON.parse(jsonText(objects.mask(readStrictJson(Buffer.from(JSON.stringify(settings))))));
  expect(shown.data.a).toBe('Vq8-zT2-pL5x');
  expect(shown.data.b).toMatch(/^x:\/\/u:gatehouse-masked/);
});
