import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

const NAMESPACE = 'gatehouse-signs';
const OWN = `/api/v1/namespaces/${NAMESPACE}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

/** Tricks that nothing asks about yet: the journal has their names. */
export function describeSigns(environment: () => RunningGateway): void {
  describe('signs', () => {
    beforeAll(async () => {
      await environment().directly(['create', 'namespace', NAMESPACE]);
      await environment().directly(['-n', NAMESPACE, 'create', 'serviceaccount', 'app']);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const service = (name: string, more: object) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: 'a' }, ports: [{ port: 80 }], ...more },
    });
    const pod = (name: string, spec: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'registry.example/app:1' }], ...spec },
    });

    it.each<[string, string, string, object, object, string[]]>([
      [
        'an external address',
        'POST',
        `${OWN}/services`,
        JSON_TYPE,
        service('a', { externalIPs: ['192.0.2.7'] }),
        ['service-external-ips: traffic to 192.0.2.7 goes to this service'],
      ],
      ['an ordinary service', 'POST', `${OWN}/services`, JSON_TYPE, service('b', {}), []],
      [
        'a pod on a node',
        'POST',
        `${OWN}/pods`,
        JSON_TYPE,
        pod('a', { nodeName: 'none', tolerations: [{ operator: 'Exists' }] }),
        [
          'pod-placed-on-node: the pods are put on node none, past the scheduler',
          'pod-tolerates-everything: the pods run on any node, whatever it is kept free for',
        ],
      ],
      [
        'a namespace without pod security',
        'PATCH',
        OWN,
        MERGE,
        { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
        ['namespace-pod-security: pod security of the namespace: enforces privileged'],
      ],
      [
        'a role of a cloud',
        'PATCH',
        `${OWN}/serviceaccounts/app`,
        MERGE,
        { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' } } },
        [
          'cloud-role: whatever runs as this service account may act as an identity of the cloud (eks.amazonaws.com/role-arn)',
        ],
      ],
    ])('%s runs unasked, and the record says what it is', async (_name, method, target, headers, body, expected) => {
      const { request, records } = environment();
      const answer = await request(method, target, { ...headers }, JSON.stringify(body));
      expect(answer.status, answer.body).toBeLessThan(300);
      // Newest first.
      const record = (await records()).find((one) => one.type === 'decided' && one.request.method === method);
      const signs = record?.type === 'decided' && record.request.target === target ? (record.signs ?? []) : null;
      expect(signs).not.toBeNull();
      expect(signs?.map(({ code, says }) => `${code}: ${says}`)).toEqual(expected);
    });
  });
}
