import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../model/decision.ts';
import type { GainedIdentity } from '../../../model/gained-identity.ts';
import { DEFAULT_POLICY } from '../../../proxy/policy/default-policy/default-policy.ts';
import { policyQuestion } from '../../../proxy/policy/policy-question.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { engineOf, LOCAL } from './policies.ts';

const engine = engineOf(Object.fromEntries(DEFAULT_POLICY.map(({ file, text }) => [file, text])));

/** Decides a request line as it comes in, with the identity headers given as `Name: value`. */
function decide(line: string, ...headers: string[]): Decision {
  const [method = '', target = ''] = line.split(' ', 2);
  const rawHeaders = headers.flatMap((header) => header.split(/: (.*)/s, 2));
  return engine.decide(
    policyQuestion(LOCAL, { name: 'prod', labels: {} }, readRequest({ method, target, rawHeaders })),
  );
}

const NS = '/api/v1/namespaces/shop';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const ALLOWED = [
  'GET /version',
  'GET /api',
  'GET /apis/apps/v1',
  'GET /openapi/v3/apis/apps/v1',
  'GET /readyz/ping',
  'HEAD /healthz',
  `GET ${NS}/pods`,
  'GET /api/v1/pods?watch=1',
  'GET /api/v1/nodes/n1',
  `GET ${NS}/secrets/db`,
  `GET ${NS}/pods/p/log?follow=true`,
  'GET /apis/apps/v1/namespaces/shop/deployments/d/scale',
  'GET /apis/example.com/v1/widgets',
  'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
  'POST /api/v1/namespaces',
  `PATCH ${NS}?fieldManager=helm`,
  `POST ${NS}/pods`,
  `POST ${NS}/secrets`,
  'PATCH /apis/apps/v1/namespaces/shop/deployments/d',
  `DELETE ${NS}/pods/p`,
  'PATCH /apis/apps/v1/namespaces/shop/deployments/d/scale',
  `POST ${NS}/pods/p/eviction`,
  `POST ${NS}/pods/p/exec?command=sh`,
  `GET ${NS}/pods/p/exec?command=sh`,
  `GET ${NS}/pods/p/attach`,
  `POST ${NS}/pods/p/portforward`,
  `PATCH ${NS}/pods/p/ephemeralcontainers`,
] as const;

const CONFIRMED: ReadonlyArray<readonly [line: string, rule: string]> = [
  [`POST ${NS}/serviceaccounts/ci/token`, 'confirm/service-account-tokens'],
  [`POST ${NS}/serviceaccounts/ci/token?dryRun=All`, 'confirm/service-account-tokens'],
  ['POST /apis/certificates.k8s.io/v1/certificatesigningrequests', 'confirm/certificate-requests'],
  ['PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/c/approval', 'confirm/certificate-requests'],
  ['PATCH /apis/certificates.k8s.io/v1/certificatesigningrequests/c/approval', 'confirm/certificate-requests'],
  [`POST ${RBAC}/clusterrolebindings`, 'confirm/rights-and-admission'],
  [`PATCH ${RBAC}/namespaces/shop/roles/r`, 'confirm/rights-and-admission'],
  [`DELETE ${RBAC}/clusterroles/r`, 'confirm/rights-and-admission'],
  ['POST /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', 'confirm/rights-and-admission'],
  ['PUT /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p', 'confirm/rights-and-admission'],
  ['POST /apis/apiregistration.k8s.io/v1/apiservices', 'confirm/rights-and-admission'],
  [`DELETE ${NS}`, 'confirm/deletes-with-everything-in-them'],
  ['DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/c', 'confirm/deletes-with-everything-in-them'],
  ['DELETE /api/v1/persistentvolumes/v', 'confirm/deletes-with-everything-in-them'],
  ['DELETE /api/v1/nodes/n1', 'confirm/deletes-with-everything-in-them'],
  [`DELETE ${NS}/pods?labelSelector=a%3Db`, 'confirm/delete-collections'],
  [`DELETE ${NS}/secrets`, 'confirm/delete-collections'],
  [`DELETE ${RBAC}/clusterroles`, 'confirm/delete-collections'],
  ['PATCH /api/v1/nodes/n1', 'confirm/cluster-wide-writes'],
  ['POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'confirm/cluster-wide-writes'],
  ['POST /apis/storage.k8s.io/v1/storageclasses', 'confirm/cluster-wide-writes'],
];

const DENIED: ReadonlyArray<readonly [line: string, rule: string]> = [
  [`GET ${NS}/pods/p/proxy/`, 'never/proxy-subresources'],
  [`GET ${NS}/services/https:web:443/proxy/x`, 'never/proxy-subresources'],
  ['GET /api/v1/nodes/n1/proxy/pods', 'never/proxy-subresources'],
  ['POST /api/v1/nodes/n1/proxy/run/ns/p/c', 'never/proxy-subresources'],
  ['GET /api/v1/proxy/namespaces/shop/pods/p/x', 'never/proxy-verb'],
  ['GET /logs/', 'never/control-plane-internals'],
  ['GET /logs/kube-apiserver.log', 'never/control-plane-internals'],
  ['GET /debug/pprof/profile', 'never/control-plane-internals'],
  ['GET /metrics', 'never/control-plane-internals'],
  ['GET /configz', 'never/control-plane-internals'],
  ['GET /flagz', 'never/control-plane-internals'],
  ['GET /statusz', 'never/control-plane-internals'],
  ['GET /', 'default-deny'],
  ['GET /unknown', 'default-deny'],
  ['POST /version', 'default-deny'],
  ['GET /API/v1/namespaces', 'default-deny'],
];

describe('the built-in policy', () => {
  it.each(ALLOWED)('allows %s', (line) => {
    expect(decide(line).outcome).toBe('allow');
  });

  it.each(CONFIRMED)('asks the person for %s', (line, rule) => {
    const { outcome, matchedRules, approval } = decide(line);
    expect(outcome).toBe('requireApproval');
    expect(matchedRules).toContain(rule);
    expect(approval?.level).toBe('ownerConfirm');
  });

  it.each(DENIED)('denies %s', (line, rule) => {
    expect([decide(line).outcome, decide(line).decidingRule]).toEqual(['deny', rule]);
  });

  it.each(['status', 'finalize', 'binding', 'resize', 'unknown'])(
    'case 33: a write to the subresource %s has no rule, so it is denied though pods may be written',
    (subresource) => {
      expect(decide(`PUT ${NS}/pods/p/${subresource}`).decidingRule).toBe('default-deny');
    },
  );

  it('case 16: exec is create of pods/exec by WebSocket GET and by SPDY POST', () => {
    const [webSocket, spdy] = ['GET', 'POST'].map((method) => decide(`${method} ${NS}/pods/p/exec?command=sh`));
    expect(webSocket?.matchedRules).toEqual(spdy?.matchedRules);
    expect(webSocket?.matchedRules).toContain('everyday/into-pods');
  });

  it('masks the values of Secrets in reads, watches and the answers to writes', () => {
    for (const line of [
      `GET ${NS}/secrets`,
      `GET ${NS}/secrets?watch`,
      `PATCH ${NS}/secrets/db`,
      `DELETE ${NS}/secrets`,
    ]) {
      expect(decide(line).masks).toEqual([
        {
          resource: 'secrets',
          fields: ['data.*', 'stringData.*'],
          annotations: ['kubectl.kubernetes.io/last-applied-configuration'],
          keep: [],
        },
      ]);
    }
  });

  it('masks what looks like a credential in everything else', () => {
    for (const line of [
      `GET ${NS}/pods`,
      `GET ${NS}/pods/web/status`,
      `PATCH ${NS}/configmaps/app`,
      'GET /api/v1/nodes',
    ]) {
      expect(decide(line).masks).toEqual([
        { resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] },
      ]);
    }
  });

  it('asks for a confirmation and a reason before a key of a Secret is revealed', () => {
    const request = readRequest({ method: 'GET', target: `${NS}/secrets/db`, rawHeaders: [] });
    const decision = engine.decide({ ...policyQuestion(LOCAL, { name: 'prod', labels: {} }, request), verb: 'reveal' });
    expect(decision).toMatchObject({ outcome: 'requireApproval', decidingRule: 'confirm/reveal' });
    expect(decision.approval?.reasonRequired).toBe(true);
    expect(decision.message).toBe('showing a value of the Secret db in shop needs your confirmation and a reason');
  });
});

describe('the built-in policy on impersonation', () => {
  it('asks the person before anything is done as somebody else', () => {
    const decision = decide(`GET ${NS}/pods`, 'Impersonate-User: bob', 'Impersonate-Group: dev');
    expect(decision).toMatchObject({ outcome: 'requireApproval', decidingRule: 'confirm/acting-as-another' });
    expect(decision.message).toBe('acting as bob, group dev needs your confirmation');
  });

  it('never holds discovery under --as', () => {
    for (const line of ['GET /api?timeout=32s', 'GET /apis', 'GET /apis/apps/v1', 'GET /openapi/v3', 'GET /version']) {
      expect(decide(line, 'Impersonate-User: bob').outcome).toBe('allow');
    }
  });

  it.each([
    ['Impersonate-User: system:admin'],
    ['Impersonate-User: kubernetes-admin'],
    ['Impersonate-User: system:kube-controller-manager'],
    ['Impersonate-User: system:node:n1'],
    ['Impersonate-User: system:serviceaccount:kube-system:generic-garbage-collector'],
    ['Impersonate-User: bob', 'Impersonate-Group: dev', 'Impersonate-Group: system:masters'],
  ])('case 9: %s %s %s is never allowed, for discovery neither, and the answer names the rule', (...headers) => {
    const given = headers.filter((header) => header !== undefined);
    for (const line of [`GET ${NS}/pods`, 'GET /api']) {
      const decision = decide(line, ...given);
      expect([decision.outcome, decision.decidingRule]).toEqual(['deny', 'never/act-as-privileged']);
      expect(decision.message).toContain('(rule never/act-as-privileged)');
    }
  });

  it('case 5: a UID has no rule of its own, so it is denied', () => {
    const decision = decide(`GET ${NS}/pods`, 'Impersonate-User: bob', 'Impersonate-Uid: 123');
    expect([decision.outcome, decision.decidingRule]).toEqual(['deny', 'default-deny']);
    expect(decision.message).toContain('impersonation.uids');
  });

  it('case 11: a service account is confirmed like any identity, those of kube-system are denied', () => {
    expect(decide(`GET ${NS}/pods`, 'Impersonate-User: system:serviceaccount:shop:ci').outcome).toBe('requireApproval');
    expect(decide(`GET ${NS}/pods`, 'Impersonate-User: system:serviceaccount:kube-system:x').outcome).toBe('deny');
  });

  it.each(['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'])(
    'case 51: --as-group=%s is never allowed',
    (group) => {
      const decision = decide(`GET ${NS}/pods`, 'Impersonate-User: eve', `Impersonate-Group: ${group}`);
      expect(decision).toMatchObject({ outcome: 'deny', decidingRule: 'never/bootstrap-tokens' });
    },
  );

  it('case 51: a bootstrap token is denied; a policy folder from before that rule asks', () => {
    const gained: GainedIdentity[] = [
      {
        ...{ road: 'secret', user: 'system:bootstrap:abc123', groups: ['system:bootstrappers'] },
        ...{ anyone: false, strong: true, says: 'a bootstrap token' },
      },
    ];
    const request = readRequest({ method: 'POST', target: '/api/v1/namespaces/kube-system/secrets', rawHeaders: [] });
    const asked = { ...policyQuestion(LOCAL, { name: 'prod', labels: {} }, request), gained, evaluated: true };
    expect(engine.decide(asked)).toMatchObject({ outcome: 'deny', decidingRule: 'never/bootstrap-tokens' });
    const before = engineOf(
      Object.fromEntries(
        DEFAULT_POLICY.map(({ file, text }) => [file, text.replace(/ {2}- id: bootstrap-tokens(?:.*\n)+?\n/, '')]),
      ),
    );
    expect(before.decide(asked)).toMatchObject({
      outcome: 'requireApproval',
      decidingRule: 'confirm/acting-as-another',
    });
  });

  it('case 12: can-i under --as waits as well, it is never answered about the caller', () => {
    const review = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect(decide(review, 'Impersonate-User: bob').outcome).toBe('requireApproval');
  });

  it('does not let a confirmation of the identity open what is denied without --as', () => {
    for (const line of ['GET /', 'GET /unknown', `PUT ${NS}/pods/p/status`, 'GET /metrics']) {
      expect(decide(line, 'Impersonate-User: bob').outcome).toBe('deny');
    }
  });
});

describe('cases that hang on the request line alone', () => {
  it('case 24: ephemeral containers are judged as exec is, by every method that writes them', () => {
    for (const method of ['PATCH', 'PUT']) {
      const decision = decide(`${method} ${NS}/pods/p/ephemeralcontainers`);
      expect(decision).toMatchObject({ outcome: 'allow', decidingRule: 'everyday/into-pods' });
      expect(decide(`GET ${NS}/pods/p/exec`)).toMatchObject({ decidingRule: decision.decidingRule });
    }
  });

  it('case 25: port-forward needs a rule that names it; writing pods is not enough', () => {
    const engineWithout = engineOf({
      'p.yaml': `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: p}
spec: {rules: [{id: pods, effect: allow, match: {verbs: ["*"], resources: ["*"]}}]}
`,
    });
    for (const method of ['GET', 'POST']) {
      const request = readRequest({ method, target: `${NS}/pods/p/portforward`, rawHeaders: [] });
      const question = policyQuestion(LOCAL, { name: 'prod', labels: {} }, request);
      expect(engineWithout.decide(question)).toMatchObject({ outcome: 'deny', decidingRule: 'default-deny' });
    }
  });

  it.each([
    'DELETE /api/v1/namespaces/shop',
    `DELETE ${NS}/pods`,
    'DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/c',
  ])('case 41: %s?dryRun=All is judged as the delete that it can be', (line) => {
    const { outcome, decidingRule } = decide(line);
    expect(outcome).toBe('requireApproval');
    for (const query of ['dryRun=All', 'dryRun=All&dryRun=All', 'DryRun=All', 'dryRun=']) {
      expect(decide(`${line}?${query}`)).toMatchObject({ outcome, decidingRule });
    }
  });

  it('case 42: no spelling of dryRun makes a write harmless', () => {
    const { outcome, decidingRule } = decide(`POST ${RBAC}/clusterrolebindings`);
    for (const query of ['dryRun=All', 'DryRun=All', 'dryRun=', 'dryRun=all']) {
      expect(decide(`POST ${RBAC}/clusterrolebindings?${query}`)).toMatchObject({ outcome, decidingRule });
    }
  });
});
