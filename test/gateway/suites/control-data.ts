import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const NAMESPACE = 'gatehouse-control';
const SYSTEM = '/api/v1/namespaces/kube-system/configmaps';
const OWN = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

const configMap = (metadata: object, data?: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
const named = (name: string, data: object = { a: 'b' }) => configMap({ name }, data);

/** ConfigMaps from which something with rights of its own takes what it does: the built-in policy asks, by every way to write one. */
export function describeControlData(environment: () => RunningGateway): void {
  describe('case 55: ConfigMaps that others act on', () => {
    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', NAMESPACE]);
      const items = [
        named('argocd-rbac-cm', { 'policy.csv': '' }),
        named('argocd-cm', { 'admin.enabled': 'false', url: 'https://argo.example' }),
        named('app'),
      ];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const created = await directly(['-n', NAMESPACE, 'create', '-f', '-'], { input: list });
      expect(created.stderr).toBe('');
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const { asked, send } = sender(environment);
    const signIn = 'whoever this maps to, who signs in';
    const yaml = (text: string) => () =>
      environment().request('POST', SYSTEM, { 'Content-Type': 'application/yaml' }, text);

    it.each<[string, () => Promise<RawAnswer>, string]>([
      ['a create of aws-auth', send('POST', SYSTEM, JSON_TYPE, named('aws-auth')), signIn],
      [
        'a create whose name is escaped',
        yaml('{apiVersion: v1, kind: ConfigMap, "metad\\x61ta": {name: "\\x61ws-auth"}, data: {mapUsers: x}}'),
        signIn,
      ],
      ['an apply of it', send('PATCH', `${SYSTEM}/aws-auth?fieldManager=t`, APPLY, named('aws-auth')), signIn],
      [
        'a name of a kubelet’s configuration',
        send('POST', SYSTEM, JSON_TYPE, named('kubelet-config-1.36')),
        'kubelets',
      ],
      [
        'a made-up name of a chart',
        send('POST', SYSTEM, JSON_TYPE, configMap({ generateName: 'chart-content-' }, { chart: 'x' })),
        'the Helm controller of k3s',
      ],
      ['kubeadm’s configuration', send('POST', SYSTEM, JSON_TYPE, named('kubeadm-config')), 'kubeadm'],
      ['CoreDNS’ files', send('POST', SYSTEM, JSON_TYPE, named('coredns-custom')), 'look up by name'],
      [
        'rights in Argo CD',
        send('PATCH', `${OWN}/argocd-rbac-cm`, MERGE, { data: { 'policy.csv': 'g, eve, role:admin' } }),
        'Argo CD, for whoever this gives rights there',
      ],
      [
        'rights in Argo CD, copied from elsewhere',
        send('PATCH', `${OWN}/argocd-rbac-cm`, JSON_PATCH, [
          { op: 'copy', from: '/metadata/name', path: '/data/policy.default' },
        ]),
        'Argo CD, for whoever this gives rights there',
      ],
      [
        'Argo CD’s administrator again',
        send('PATCH', `${OWN}/argocd-cm`, MERGE, { data: { 'admin.enabled': null } }),
        'Argo CD, for whoever this lets sign in',
      ],
      [
        'commands in Argo CD, by a PUT',
        send(
          'PUT',
          `${OWN}/argocd-cm`,
          JSON_TYPE,
          named('argocd-cm', { 'admin.enabled': 'false', 'exec.enabled': 'true' }),
        ),
        'Argo CD, for whoever this lets sign in',
      ],
      ['Argo CD’s administrator let in by a delete', send('DELETE', `${OWN}/argocd-cm`, JSON_TYPE, {}), 'Argo CD'],
      ['what pods trust', send('POST', OWN, JSON_TYPE, named('istio-ca-root-cert')), 'trust by these certificates'],
    ])('%s is asked about, and says whom', async (_name, sending, shown) => {
      expect(await asked(sending)).toContain(shown);
    });

    it.each<[string, () => Promise<RawAnswer>]>([
      ['an ordinary ConfigMap', send('POST', OWN, JSON_TYPE, named('notes'))],
      ['one with a made-up name', send('POST', OWN, JSON_TYPE, configMap({ generateName: 'notes-' }, { a: 'b' }))],
      ['a name that is special elsewhere', send('POST', OWN, JSON_TYPE, named('aws-auth'))],
      ['an ordinary one taken away', send('DELETE', `${OWN}/app`, JSON_TYPE, {})],
      [
        'Argo CD’s address',
        send('PATCH', `${OWN}/argocd-cm`, MERGE, { data: { url: 'https://other.example', 'exec.enabled': 'false' } }),
      ],
      ['a label of its rights', send('PATCH', `${OWN}/argocd-rbac-cm`, MERGE, { metadata: { labels: { a: 'b' } } })],
      [
        'what a chart writes out of them',
        send('PATCH', `${OWN}/argocd-rbac-cm`, MERGE, {
          data: { 'policy.default': '', 'policy.matchMode': 'glob', scopes: '[groups]' },
        }),
      ],
      ['rights in Argo CD taken away', send('DELETE', `${OWN}/argocd-rbac-cm`, JSON_TYPE, {})],
    ])('%s runs unasked', async (_name, sending) => {
      const { gateway } = environment();
      const before = gateway.approvals().length;
      const answer = await sending();
      expect(answer.status, answer.body).toBeLessThan(300);
      expect(gateway.approvals().length).toBe(before);
    });
  });
}
