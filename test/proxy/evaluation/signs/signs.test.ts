import { describe, expect, it } from 'vitest';
import type { SignCode } from '../../../../model/sign.ts';
import { signsOf } from '../../../../proxy/evaluation/signs/signs.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

const STRATEGIC = 'Content-Type: application/strategic-merge-patch+json';

function signs(line: string, header: string, body: unknown) {
  const request = read(line, ...(header === '' ? [] : [header]));
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  return signsOf(question, { request, body: null, parsed: body === undefined ? null : parsed(body) });
}
const codes = (line: string, header: string, body: unknown): string[] =>
  signs(line, header, body).map(({ code }) => code);

type Row = [name: string, line: string, header: string, body: unknown, codes: SignCode[]];

const N = '/api/v1/namespaces';
const POLICY = '/apis/networking.k8s.io/v1/namespaces/n/networkpolicies';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces';
const DEPLOYMENT = '/apis/apps/v1/namespaces/n/deployments/d';
const egress = (...rules: object[]) => ({ spec: { podSelector: {}, policyTypes: ['Egress'], egress: rules } });

describe('signs of traffic that goes elsewhere', () => {
  it.each<Row>([
    ['a policy taken away', `DELETE ${POLICY}/p`, '', undefined, ['network-policy-deleted']],
    ['all of them', `DELETE ${POLICY}`, '', undefined, ['network-policy-deleted']],
    [
      'Cilium’s',
      'DELETE /apis/cilium.io/v2/namespaces/n/ciliumnetworkpolicies/p',
      '',
      undefined,
      ['network-policy-deleted'],
    ],
    ['a rule without peers', `POST ${POLICY}`, '', egress({}), ['network-policy-egress']],
    [
      'every address',
      `POST ${POLICY}`,
      '',
      egress({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }),
      ['network-policy-egress'],
    ],
    [
      'every address of IPv6',
      `PUT ${POLICY}/p`,
      '',
      egress({ to: [{ ipBlock: { cidr: '::/0' } }] }),
      ['network-policy-egress'],
    ],
    [
      'every namespace',
      `PATCH ${POLICY}/p`,
      APPLY,
      egress({ to: [{ namespaceSelector: {} }] }),
      ['network-policy-egress'],
    ],
    [
      'one more rule',
      `PATCH ${POLICY}/p`,
      JSON_PATCH,
      [{ op: 'add', path: '/spec/egress/-', value: {} }],
      ['network-policy-egress'],
    ],
    [
      'the peers of a rule taken away',
      `PATCH ${POLICY}/p`,
      JSON_PATCH,
      [{ op: 'remove', path: '/spec/egress/0/to' }],
      ['network-policy-egress'],
    ],
    ['in from anybody', `PATCH ${POLICY}/p`, MERGE, { spec: { ingress: [{}] } }, ['network-policy-ingress']],
    [
      'one direction less',
      `PATCH ${POLICY}/p`,
      MERGE,
      { spec: { policyTypes: ['Ingress'] } },
      ['network-policy-isolation'],
    ],
    [
      'other pods',
      `PATCH ${POLICY}/p`,
      STRATEGIC,
      { spec: { podSelector: { matchLabels: { a: 'b' } } } },
      ['network-policy-isolation'],
    ],
    ['nothing: one address', `POST ${POLICY}`, '', egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }), []],
    [
      'nothing: one namespace',
      `POST ${POLICY}`,
      '',
      egress({ to: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }),
      [],
    ],
    [
      'nothing: a policy that closes all',
      `POST ${POLICY}`,
      '',
      { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
      [],
    ],

    [
      'external addresses',
      `POST ${N}/n/services`,
      '',
      { spec: { externalIPs: ['8.8.8.8'] } },
      ['service-external-ips'],
    ],
    [
      'one more',
      `PATCH ${N}/n/services/s`,
      JSON_PATCH,
      [{ op: 'add', path: '/spec/externalIPs/-', value: '8.8.8.8' }],
      ['service-external-ips'],
    ],
    [
      'copied ones',
      `PATCH ${N}/n/services/s`,
      JSON_PATCH,
      [{ op: 'copy', from: '/metadata/name', path: '/spec/externalIPs/0' }],
      ['service-external-ips'],
    ],
    [
      'another name',
      `PATCH ${N}/n/services/s`,
      STRATEGIC,
      { spec: { type: 'ExternalName', externalName: 'a.example' } },
      ['service-external-name'],
    ],
    [
      'an address of its choice',
      `POST ${N}/n/services`,
      '',
      { spec: { loadBalancerIP: '1.2.3.4' } },
      ['service-load-balancer-address'],
    ],
    [
      'by annotation',
      `PATCH ${N}/n/services/s`,
      MERGE,
      { metadata: { annotations: { 'metallb.io/loadBalancerIPs': '1.2.3.4' } } },
      ['service-load-balancer-address'],
    ],
    [
      'by its status',
      `PATCH ${N}/n/services/s/status`,
      MERGE,
      { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
      ['service-load-balancer-address'],
    ],
    [
      'the API server’s',
      `PATCH ${N}/default/services/kubernetes`,
      MERGE,
      { spec: { ports: [] } },
      ['api-server-address'],
    ],
    ['its endpoints', `PUT ${N}/default/endpoints/kubernetes`, '', { subsets: [] }, ['api-server-address']],
    [
      'a slice of it',
      `POST ${SLICES}/default/endpointslices`,
      '',
      { metadata: { labels: { 'kubernetes.io/service-name': 'kubernetes' } }, endpoints: [] },
      ['api-server-address'],
    ],
    [
      'endpoints',
      `POST ${N}/n/endpoints`,
      '',
      { metadata: { name: 's' }, subsets: [{ addresses: [{ ip: '1.2.3.4' }] }] },
      ['service-endpoints'],
    ],
    [
      'endpoints in another namespace',
      `PATCH ${N}/n/endpoints/s`,
      JSON_PATCH,
      [{ op: 'add', path: '/subsets/0/addresses/-', value: { ip: '1.2.3.4', targetRef: { namespace: 'vault' } } }],
      ['service-endpoints', 'service-endpoints-elsewhere'],
    ],
    [
      'a slice of a service',
      `POST ${SLICES}/n/endpointslices`,
      '',
      { metadata: { labels: { 'kubernetes.io/service-name': 's' } } },
      ['service-endpoints'],
    ],
    [
      'a slice that is there',
      `PATCH ${SLICES}/n/endpointslices/s-abcde`,
      MERGE,
      { endpoints: [] },
      ['service-endpoints'],
    ],
    ['nothing: a service', `POST ${N}/n/services`, '', { spec: { selector: { a: 'b' }, externalIPs: [] } }, []],
    ['nothing: its label', `PATCH ${N}/n/endpoints/s`, MERGE, { metadata: { labels: {} } }, []],
    [
      'a snippet',
      `PATCH /apis/networking.k8s.io/v1/namespaces/n/ingresses/i`,
      MERGE,
      { metadata: { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'x' } } },
      ['ingress-snippet'],
    ],
    [
      'nothing: an ingress',
      `POST /apis/networking.k8s.io/v1/namespaces/n/ingresses`,
      '',
      { metadata: { annotations: { 'nginx.ingress.kubernetes.io/rewrite-target': '/' } } },
      [],
    ],
  ])('%s', (_name, line, header, body, expected) => {
    expect(codes(line, header, body)).toEqual(expected);
  });
});

describe('signs of pods in a place of their choice', () => {
  const CONTROL = 'node-role.kubernetes.io/control-plane';
  it.each<Row>([
    ['a node', `POST ${N}/n/pods`, '', { spec: { nodeName: 'n1' } }, ['pod-placed-on-node']],
    [
      'a node and everything tolerated',
      `POST ${N}/n/pods`,
      '',
      { spec: { nodeName: 'n1', tolerations: [{ operator: 'Exists' }] } },
      ['pod-placed-on-node', 'pod-tolerates-everything'],
    ],
    [
      'a node for a template',
      `PATCH ${DEPLOYMENT}`,
      STRATEGIC,
      { spec: { template: { spec: { nodeName: 'n1' } } } },
      ['pod-placed-on-node'],
    ],
    [
      'a node by a pointer',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [{ op: 'add', path: '/spec/template/spec/nodeName', value: 'n1' }],
      ['pod-placed-on-node'],
    ],
    [
      'a node by a pointer to all',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [{ op: 'replace', path: '', value: { spec: { template: { spec: { nodeName: 'n1' } } } } }],
      ['pod-placed-on-node'],
    ],
    [
      'a node, then its field',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [
        { op: 'replace', path: '/spec/template/spec', value: {} },
        { op: 'add', path: '/spec/template/spec/nodeName', value: 'n1' },
      ],
      ['pod-placed-on-node'],
    ],
    [
      'a CronJob',
      'POST /apis/batch/v1/namespaces/n/cronjobs',
      '',
      { spec: { jobTemplate: { spec: { template: { spec: { nodeName: 'n1' } } } } } },
      ['pod-placed-on-node'],
    ],
    ['a binding', `POST ${N}/n/pods/p/binding`, '', { target: { name: 'n1' } }, ['pod-placed-on-node']],
    [
      'the control plane',
      `POST ${N}/n/pods`,
      '',
      { spec: { nodeSelector: { [CONTROL]: '' } } },
      ['pod-on-control-plane'],
    ],
    [
      'its taint',
      `POST ${N}/n/pods`,
      '',
      { spec: { tolerations: [{ key: CONTROL, operator: 'Exists' }] } },
      ['pod-on-control-plane'],
    ],
    [
      'nothing: a zone',
      `POST ${N}/n/pods`,
      '',
      { spec: { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] } },
      [],
    ],
    [
      'nothing: an image',
      `PATCH ${DEPLOYMENT}`,
      STRATEGIC,
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'x' }] } } } },
      [],
    ],
    [
      'nothing: a test',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [{ op: 'test', path: '/spec/template/spec/nodeName', value: 'n1' }],
      [],
    ],
  ])('%s', (_name, line, header, body, expected) => {
    expect(codes(line, header, body)).toEqual(expected);
  });
});

describe('signs of a namespace or an account that may more', () => {
  const labels = (level: string | null) => ({ metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } });
  const pointer = '/metadata/labels/pod-security.kubernetes.io~1enforce';
  const POD_SECURITY: SignCode[] = ['namespace-pod-security'];
  it.each<Row>([
    ['a level that allows all', `PATCH ${N}/n`, MERGE, labels('privileged'), POD_SECURITY],
    ['a weaker level', `PATCH ${N}/n`, STRATEGIC, labels('baseline'), POD_SECURITY],
    ['no level', `PATCH ${N}/n`, MERGE, labels(null), POD_SECURITY],
    ['no level by a pointer', `PATCH ${N}/n`, JSON_PATCH, [{ op: 'remove', path: pointer }], POD_SECURITY],
    [
      'a level by a pointer',
      `PATCH ${N}/n`,
      JSON_PATCH,
      [{ op: 'replace', path: pointer, value: 'privileged' }],
      POD_SECURITY,
    ],
    ['no labels', `PATCH ${N}/n`, JSON_PATCH, [{ op: 'remove', path: '/metadata/labels' }], POD_SECURITY],
    [
      'the rules of an older version',
      `PATCH ${N}/n`,
      MERGE,
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce-version': 'v1.22' } } },
      POD_SECURITY,
    ],
    ['a PUT without one', `PUT ${N}/n`, '', { metadata: { labels: {} } }, POD_SECURITY],
    ['a new one that allows all', `POST ${N}`, '', labels('privileged'), POD_SECURITY],
    ['an apply of it', `PATCH ${N}/n`, APPLY, labels('privileged'), POD_SECURITY],
    ['nothing: the strictest', `PATCH ${N}/n`, MERGE, labels('restricted'), []],
    ['nothing: a new one', `POST ${N}`, '', { metadata: { name: 'n' } }, []],
    ['nothing: another label', `PATCH ${N}/n`, MERGE, { metadata: { labels: { team: 'a' } } }, []],

    [
      'a role of AWS',
      `PATCH ${N}/n/serviceaccounts/s`,
      MERGE,
      { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn' } } },
      ['cloud-role'],
    ],
    [
      'an account of Google',
      `POST ${N}/n/serviceaccounts`,
      '',
      { metadata: { annotations: { 'iam.gke.io/gcp-service-account': 'x' } } },
      ['cloud-role'],
    ],
    [
      'an identity of Azure',
      `PATCH ${N}/n/serviceaccounts/s`,
      JSON_PATCH,
      [{ op: 'add', path: '/metadata/annotations/azure.workload.identity~1client-id', value: 'x' }],
      ['cloud-role'],
    ],
    [
      'a role of a pod',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { metadata: { annotations: { 'iam.amazonaws.com/role': 'x' } } } } },
      ['cloud-role'],
    ],
    [
      'roles of a namespace',
      `PATCH ${N}/n`,
      MERGE,
      { metadata: { annotations: { 'iam.amazonaws.com/allowed-roles': '[".*"]' } } },
      ['cloud-role'],
    ],
    [
      'an identity as an object',
      'POST /apis/aadpodidentity.k8s.io/v1/namespaces/n/azureidentities',
      '',
      {},
      ['cloud-role'],
    ],
    [
      'nothing: a role taken away',
      `PATCH ${N}/n/serviceaccounts/s`,
      MERGE,
      { metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } },
      [],
    ],
    ['nothing: an account', `POST ${N}/n/serviceaccounts`, '', { metadata: { name: 's' } }, []],
    ['nothing: a read', `GET ${N}/n/serviceaccounts/s`, '', undefined, []],
  ])('%s', (_name, line, header, body, expected) => {
    expect(codes(line, header, body)).toEqual(expected);
  });
});

it('a sign repeats names and addresses of a body, and nothing else of it', () => {
  const says = (spec: object) => signs(`POST ${N}/n/services`, '', { spec })[0]?.says;
  expect(says({ externalIPs: ['8.8.8.8', 'not an address'] })).toBe(
    'traffic to 8.8.8.8, (something else) goes to this service',
  );
  expect(says({ externalName: 'evil\u001b[2J' })).toBe('the service is another name for (something else)');
});
