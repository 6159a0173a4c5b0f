import { describe, expect, it } from 'vitest';
import { gainedByControlData } from '../../../../proxy/evaluation/act-as/control-data.ts';
import { suspectedRoads } from '../../../../proxy/evaluation/act-as/suspects.ts';
import { gainedByUrl } from '../../../../proxy/policy/act-as.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

function suspected(line: string, header: string, body: unknown): readonly string[] {
  const request = read(line, ...(header === '' ? [] : [header]));
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  const known = gainedByUrl(question).map(({ road }) => road);
  return [...known, ...suspectedRoads(question, request, parsed(body))];
}

const named = (name: string, data: object = { a: 'b' }) => ({ metadata: { name }, data });
const SYSTEM = '/api/v1/namespaces/kube-system/configmaps';
const SHOP = '/api/v1/namespaces/shop/configmaps';

describe('case 55: a write of a ConfigMap, by its words', () => {
  it.each<[string, string, string, unknown, string[]]>([
    ['a create of sign-ins', `POST ${SYSTEM}`, '', named('aws-auth'), ['rbac']],
    ['a PUT of them', `PUT ${SYSTEM}/aws-auth`, '', named('aws-auth'), ['rbac']],
    ['an apply of them', `PATCH ${SYSTEM}/aws-auth`, APPLY, named('aws-auth'), ['rbac']],
    ['a label of them', `PATCH ${SYSTEM}/aws-auth`, MERGE, { metadata: { labels: {} } }, ['rbac']],
    ['a JSON Patch of them', `PATCH ${SYSTEM}/aws-auth`, JSON_PATCH, [{ op: 'remove', path: '/data' }], ['rbac']],
    ['the same name elsewhere', `POST ${SHOP}`, '', named('aws-auth'), []],
    ['a name alike', `POST ${SYSTEM}`, '', named('aws-auth-notes'), []],
    ['a name that wins over a prefix', `POST ${SYSTEM}`, '', { metadata: { name: 'x', generateName: 'aws-' } }, []],
    ['a prefix that may become one', `POST ${SYSTEM}`, '', { metadata: { generateName: 'kubelet-' } }, ['node']],
    ['a prefix that is one', `POST ${SHOP}`, '', { metadata: { generateName: 'chart-content-x' } }, ['controller']],
    ['a prefix of nothing', `POST ${SYSTEM}`, '', { metadata: { generateName: 'notes-' } }, []],
    ['no name at all', `POST ${SYSTEM}`, '', {}, []],
    ['kubeadm’s', `POST ${SYSTEM}`, '', named('kubeadm-config'), ['controller']],
    ['a kubelet’s of a release', `POST ${SYSTEM}`, '', named('kubelet-config-1.31'), ['node']],
    ['the names of the cluster', `PATCH ${SYSTEM}/coredns`, MERGE, { data: { Corefile: '.' } }, ['webhook']],
    ['a label of them', `PATCH ${SYSTEM}/coredns`, MERGE, { metadata: { labels: {} } }, []],
    [
      'an annotation of them as a JSON Patch',
      `PATCH ${SYSTEM}/coredns`,
      JSON_PATCH,
      [{ op: 'add', path: '/metadata/annotations/a', value: 'b' }],
      [],
    ],
    [
      'a patch that replaces all by saying little',
      `PATCH ${SYSTEM}/coredns`,
      'Content-Type: application/strategic-merge-patch+json',
      { $patch: 'replace', metadata: {} },
      ['webhook'],
    ],
    ['an apply that leaves the data out', `PATCH ${SYSTEM}/coredns`, APPLY, { metadata: {} }, ['webhook']],
    [
      'a move out of the data',
      `PATCH ${SYSTEM}/coredns`,
      JSON_PATCH,
      [{ op: 'move', from: '/data', path: '/metadata/annotations' }],
      ['webhook'],
    ],
    ['Argo CD’s rights in any namespace', `POST ${SHOP}`, '', named('argocd-rbac-cm'), ['rbac']],
    ['what pods trust', `PATCH ${SHOP}/kube-root-ca.crt`, MERGE, { data: {} }, ['webhook']],
    ['sign-ins taken away', `DELETE ${SYSTEM}/aws-auth`, '', {}, ['rbac']],
    ['names of the cluster taken away', `DELETE ${SYSTEM}/coredns`, '', {}, ['webhook']],
    ['what Argo CD goes by, which has to be looked at', `DELETE ${SHOP}/argocd-cm`, '', {}, ['rbac']],
    ['what says nothing but what is given', `DELETE ${SHOP}/argocd-cmd-params-cm`, '', {}, []],
    ['what the cluster writes anew', `DELETE ${SHOP}/kube-root-ca.crt`, '', {}, []],
    ['everything of a namespace like any other', `DELETE ${SHOP}`, '', {}, []],
    ['an ordinary one', `POST ${SHOP}`, '', named('app'), []],
    ['an ordinary one taken away', `DELETE ${SHOP}/app`, '', {}, []],
    [
      'one of that name in another group',
      'POST /apis/a.example/v1/namespaces/kube-system/configmaps',
      '',
      named('aws-auth'),
      [],
    ],
  ])('%s: %s', (_name, line, header, body, roads) => {
    expect(suspected(line, header, body)).toEqual(roads);
  });

  it('everything of the system’s namespace, with what is in it', () => {
    const roads = suspected(`DELETE ${SYSTEM}`, '', {});
    expect(new Set(roads)).toEqual(new Set(['rbac', 'controller', 'node', 'webhook']));
  });
});

describe('case 55: what counts in a control ConfigMap', () => {
  const gained = (name: string, before: object | null, after: object, namespace = 'kube-system') =>
    gainedByControlData(['rbac', 'controller', 'node', 'webhook'], {
      ...{ namespace, resource: 'configmaps', role: null },
      before: before === null ? null : { metadata: { name }, ...before },
      after: { metadata: { name }, ...after },
    }).map(({ road }) => road);

  it.each<[string, string, object | null, object, boolean]>([
    ['a new one', 'coredns', null, { data: { Corefile: '.' } }, true],
    ['other data', 'coredns', { data: { Corefile: '.' } }, { data: { Corefile: 'x' } }, true],
    ['data taken away', 'coredns', { data: { Corefile: '.' } }, {}, true],
    ['data as bytes', 'coredns', {}, { binaryData: { Corefile: 'Lg==' } }, true],
    ['the same data', 'coredns', { data: { a: 'b' } }, { data: { a: 'b' } }, false],
    ['any write of sign-ins', 'aws-auth', { data: { a: 'b' } }, { data: { a: 'b' } }, true],
    ['rights in Argo CD', 'argocd-rbac-cm', { data: {} }, { data: { 'policy.csv': 'g, x, role:admin' } }, true],
    ['rights in another file', 'argocd-rbac-cm', { data: {} }, { data: { 'policy.x.csv': 'g, x, role:admin' } }, true],
    ['rights for everybody', 'argocd-rbac-cm', { data: {} }, { data: { 'policy.default': 'role:admin' } }, true],
    ['other groups', 'argocd-rbac-cm', null, { data: { scopes: '[email]' } }, true],
    [
      'what a chart writes out',
      'argocd-rbac-cm',
      null,
      { data: { 'policy.csv': '', 'policy.default': '', 'policy.matchMode': 'glob', scopes: '[groups]' } },
      false,
    ],
    ['nothing', 'argocd-rbac-cm', null, {}, false],
    ['sign-in by another', 'argocd-cm', {}, { data: { 'dex.config': 'connectors: []' } }, true],
    ['no sign-in', 'argocd-cm', {}, { data: { 'users.anonymous.enabled': 'true' } }, true],
    ['the administrator again', 'argocd-cm', { data: { 'admin.enabled': 'false' } }, {}, true],
    ['the administrator as ever', 'argocd-cm', null, { data: { 'admin.enabled': 'true' } }, false],
    ['its address', 'argocd-cm', {}, { data: { url: 'https://x', 'exec.enabled': 'false' } }, false],
    ['snippets', 'ingress-nginx-controller', {}, { data: { 'allow-snippet-annotations': 'true' } }, true],
    ['no snippets', 'ingress-nginx-controller', null, { data: { 'allow-snippet-annotations': 'false' } }, false],
    ['how large a body may be', 'ingress-nginx-controller', {}, { data: { 'proxy-body-size': '8m' } }, false],
  ])('%s in %s', (_name, name, before, after, counts) => {
    expect(gained(name, before, after)).toHaveLength(counts ? 1 : 0);
  });

  it.each<[string, string, object | null, boolean]>([
    ['the administrator kept out', 'argocd-cm', { data: { 'admin.enabled': 'false' } }, true],
    [
      'accounts of its own for what is synced',
      'argocd-cm',
      { data: { 'application.sync.impersonation.enabled': 'true' } },
      true,
    ],
    ['sign-in', 'argocd-cm', { data: { 'admin.enabled': 'true', 'oidc.config': 'issuer: x' } }, false],
    ['rights', 'argocd-rbac-cm', { data: { 'policy.csv': 'g, x, role:admin' } }, false],
    ['rights refused', 'argocd-rbac-cm', { data: { 'policy.csv': 'p, role:x, applications, delete, *, deny' } }, true],
    ['what could not be read', 'argocd-cm', null, true],
  ])('and in the end of one: %s in %s', (_name, name, before, counts) => {
    const change = { namespace: 'argocd', resource: 'configmaps', role: null, after: {} };
    const was = before === null ? null : { metadata: { name }, ...before };
    expect(gainedByControlData(['rbac'], { ...change, before: was })).toHaveLength(counts ? 1 : 0);
  });

  it('is what a made-up name may become, and not what the rehearsal made up', () => {
    const after = { metadata: { name: 'kubelet-x7k2p', generateName: 'kubelet-' }, data: { a: 'b' } };
    const change = { namespace: 'kube-system', resource: 'configmaps', role: null, before: null, after };
    expect(gainedByControlData(['node'], change)).toHaveLength(1);
    expect(gainedByControlData(['rbac'], change)).toEqual([]);
  });
});
