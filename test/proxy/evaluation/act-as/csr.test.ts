import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Readable } from 'node:stream';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../../../model/decision.ts';
import { gainedByChange } from '../../../../proxy/evaluation/act-as/gained.ts';
import { Evaluator } from '../../../../proxy/evaluation/evaluate.ts';
import type { Upstream } from '../../../../proxy/forward/upstream.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import type { PolicySource } from '../../../../proxy/policy/policy-source.ts';
import { document, engineOf, LOCAL } from '../../policy/policies.ts';
import { parsed, read } from '../requests.ts';
import { cluster } from '../upstreams.ts';

const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const CLIENT = 'kubernetes.io/kube-apiserver-client';

let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
});

/** A CertificateSigningRequest for a subject, as the API server shows it. */
async function asking(subject: string, spec: object = {}): Promise<{ spec: object }> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: subject, keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
    webcrypto as Parameters<typeof Pkcs10CertificateRequestGenerator.create>[1],
  );
  const pem = Buffer.from(request.toString('pem')).toString('base64');
  return { spec: { request: pem, signerName: CLIENT, usages: ['client auth'], ...spec } };
}

const approved = (request: object) => ({ ...request, status: { conditions: [{ type: 'Approved' }] } });

/** What is decided about a write: the live object as it is, and what the dry run makes of it. */
async function decide(
  files: Readonly<Record<string, string>>,
  line: string,
  { live = null, after }: { readonly live?: object | null; readonly after: object },
): Promise<Decision> {
  const engine = engineOf(files);
  const policy: Pick<PolicySource, 'decide'> = { decide: (question) => engine.decide(question) };
  const metadata = { name: 'c', uid: 'u', resourceVersion: '7' };
  const upstream: Pick<Upstream, 'request'> = {
    request: async (_cluster, _credential, { method }) => {
      const object = method === 'GET' ? live : after;
      const status = object === null ? 404 : method === 'POST' ? 201 : 200;
      const text = JSON.stringify({ metadata, ...object });
      return { status, headers: [], body: Readable.from([Buffer.from(text)]) };
    },
  };
  const request = read(line, 'Content-Type: application/json');
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  const body = { metadata, ...after };
  const evaluated = await new Evaluator(policy as PolicySource, upstream as Upstream).evaluate({
    cluster,
    request,
    question,
    decision: engine.decide(question),
    body: Buffer.from(JSON.stringify(body)),
    parsed: parsed(body),
    signal: new AbortController().signal,
  });
  return evaluated.decision;
}

/** Creating the request, and approving one that is there. */
const roads: ReadonlyArray<[road: string, decide: (rules: string, subject: string) => Promise<Decision>]> = [
  [
    'asked for',
    async (rules, subject) => decide({ 'p.yaml': document(rules) }, `POST ${CSRS}`, { after: await asking(subject) }),
  ],
  [
    'approved',
    async (rules, subject) => {
      const live = await asking(subject);
      return decide({ 'p.yaml': document(rules) }, `PUT ${CSRS}/c/approval`, { live, after: approved(live) });
    },
  ],
];

describe.each(roads)('a client certificate that is %s: every group of its subject is gained', (_road, decided) => {
  const resources =
    'resources: [certificatesigningrequests.certificates.k8s.io, certificatesigningrequests.certificates.k8s.io/approval]';
  const permit = (as: string) => `  - {id: r, effect: allow, match: {${resources}, actsAs: {as: ${as}}}}\n`;
  const restrict = (as: string) =>
    `  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}\n  - {id: r, effect: deny, match: {actsAs: {as: ${as}}}, message: "as {{actsAs}}"}\n`;

  it.each<[string, string, Decision['outcome']]>([
    ['CN=eve,O=dev', '{users: [eve], groups: [dev]}', 'allow'],
    ['CN=eve,O=dev,O=ops', '{users: [eve], groups: [dev, ops]}', 'allow'],
    ['CN=eve', '{users: [eve], groups: [dev]}', 'allow'],
    ['CN=eve,O=dev,O=ops', '{users: [eve], groups: [dev]}', 'deny'],
    ['CN=eve,O=ops,O=dev', '{users: [eve], groups: [dev]}', 'deny'],
    ['CN=eve,O=dev+O=ops', '{users: [eve], groups: [dev]}', 'deny'],
    ['CN=eve,O=dev', '{users: [eve]}', 'deny'],
    ['CN=eve,O=dev', '{groups: [dev]}', 'deny'],
    ['CN=eve,CN=bob,O=dev', '{users: [eve, bob], groups: [dev]}', 'deny'],
  ])('%s, and a rule permits %s: %s', async (subject, as, outcome) => {
    expect((await decided(permit(as), subject)).outcome).toBe(outcome);
  });

  it.each<[string, string, Decision['outcome']]>([
    ['CN=eve,O=dev,O=ops', '{groups: [ops]}', 'deny'],
    ['CN=eve,O=ops,O=dev', '{groups: [ops]}', 'deny'],
    ['CN=eve,O=dev+O=ops', '{groups: [ops]}', 'deny'],
    ['CN=eve,O=dev', '{users: [eve]}', 'deny'],
    ['O=ops', '{groups: [ops]}', 'deny'],
    ['L=nowhere', '{groups: [ops]}', 'deny'],
    ['CN=eve,CN=bob,O=dev', '{groups: [ops]}', 'deny'],
    ['CN=eve,O=dev', '{groups: [ops]}', 'allow'],
    ['CN=eve,OU=ops', '{groups: [ops]}', 'allow'],
  ])('%s, and a rule forbids %s: %s', async (subject, as, outcome) => {
    expect((await decided(restrict(as), subject)).outcome).toBe(outcome);
  });

  it('and each is said', async () => {
    const { message } = await decided(restrict('{groups: [ops]}'), 'CN=eve,O=dev,O=ops');
    expect(message).toBe('as eve in dev, ops, by a client certificate (rule p/r)');
  });
});

it('the built-in policy denies a certificate in system:masters, whatever groups stand beside it', async () => {
  const files = Object.fromEntries(DEFAULT_POLICY.map(({ file, text }) => [file, text]));
  for (const subject of ['CN=eve,O=dev,O=system:masters', 'CN=eve,O=system:masters,O=dev']) {
    expect(await decide(files, `POST ${CSRS}`, { after: await asking(subject) })).toMatchObject({
      outcome: 'deny',
      decidingRule: 'never/act-as-privileged',
    });
  }
});

describe('a certificate is gained', () => {
  const gained = (before: object | null, after: object) =>
    gainedByChange(['csr'], { namespace: '', resource: 'certificatesigningrequests', before, after, role: null });

  it.each<[string, object, boolean]>([
    ['of the signer for clients', {}, true],
    ['of the signer for kubelets', { signerName: `${CLIENT}-kubelet` }, true],
    [
      'of the old signer, whatever it is to be used for',
      { signerName: 'kubernetes.io/legacy-unknown', usages: [] },
      true,
    ],
    ['of any signer of the cluster, for a client', { signerName: 'kubernetes.io/kubelet-serving' }, true],
    ['not of that for a server', { signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth'] }, false],
    ['not of one that the API server does not trust', { signerName: 'example.com/kube-apiserver-client' }, false],
  ])('%s', async (_what, spec, isGained) => {
    expect(gained(null, await asking('CN=eve,O=dev', spec))).toMatchObject(
      isGained ? [{ road: 'csr', user: 'eve', groups: ['dev'], anyone: false }] : [],
    );
  });

  it('with the request and with its approval, and with nothing that is done to it between or after', async () => {
    const request = await asking('CN=eve,O=dev');
    const labelled = { ...request, metadata: { labels: { a: 'b' } } };
    expect(gained(null, request)).toHaveLength(1);
    expect(gained(request, labelled)).toEqual([]);
    expect(gained(request, approved(request))).toHaveLength(1);
    expect(gained(approved(request), approved(labelled))).toEqual([]);
    expect(gained(approved(request), approved(await asking('CN=bob')))).toHaveLength(1);
  });
});
