import { describe, expect, test } from 'vitest';
import type { Intent } from '../../../model/approval.ts';
import type { RequestSummary } from '../../../model/journal-record.ts';
import { consequence } from '../../../renderer/decision/approval-words.ts';
import { waitingImpersonation } from '../bridge-data.ts';

const base = waitingImpersonation(new Date(0)).intent;
function asked(request: Partial<RequestSummary>, fields: Partial<Intent> = {}): Intent {
  return { ...base, effective: null, ...fields, request: { ...base.request, ...request } };
}

describe('what an approval says will happen', () => {
  const admin = { user: 'system:admin', uid: '', groups: [], extra: {} };
  test.each([
    ['a list', asked({}), 'List pods in namespace shop'],
    ['a list as someone else', asked({}, { effective: admin }), 'List pods in namespace shop as system:admin'],
    [
      'deleting a namespace, which RequestInfo puts inside itself',
      asked({ policyVerb: 'delete', resource: 'namespaces', namespace: 'old', name: 'old' }),
      'Delete namespace old',
    ],
    [
      'a deletecollection',
      asked({ policyVerb: 'deletecollection', resource: 'secrets' }),
      'Delete all secrets in namespace shop',
    ],
    [
      'an exec, whatever its method',
      asked({ verb: 'get', policyVerb: 'create', subresource: 'exec', name: 'api-0' }),
      'Run a command in pod api-0 in namespace shop',
    ],
    [
      'a create, whose name is in the body',
      asked({ policyVerb: 'create', apiGroup: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespace: '' }),
      'Create clusterroles.rbac.authorization.k8s.io',
    ],
    [
      'a reveal',
      asked({ policyVerb: 'reveal', resource: 'secrets', name: 'stripe', revealKey: 'api-key' }),
      'Show the value of api-key of secret stripe in namespace shop',
    ],
    [
      'one object whose plural ends in -ies',
      asked({ policyVerb: 'get', apiGroup: 'networking.k8s.io', resource: 'networkpolicies', name: 'deny' }),
      'Read networkpolicy.networking.k8s.io deny in namespace shop',
    ],
    [
      'one object whose plural ends in -es',
      asked({ policyVerb: 'patch', apiGroup: 'networking.k8s.io', resource: 'ingresses', name: 'web' }),
      'Change ingress.networking.k8s.io web in namespace shop',
    ],
    ['an unknown verb', asked({ policyVerb: 'bind', name: 'x' }), 'bind pod x in namespace shop'],
  ])('%s', (_name, intent, words) => {
    expect(consequence(intent)).toBe(words);
  });
});
