import { describe, expect, test } from 'vitest';
import type { RequestSummary } from '../../model/journal-record.ts';
import { requestLine, resourceName } from '../../model/request-words.ts';
import { waitingImpersonation } from '../renderer/bridge-data.ts';

const base = waitingImpersonation(new Date(0)).intent.request;
const asked = (request: Partial<RequestSummary>): RequestSummary => ({ ...base, ...request });

describe('a request in one line', () => {
  test.each([
    ['a list', {}, 'list pods in shop'],
    ['a list of all namespaces', { namespace: '' }, 'list pods'],
    ['one object', { resource: 'secrets', policyVerb: 'get', name: 'stripe' }, 'get secret shop/stripe'],
    ['a log', { policyVerb: 'get', subresource: 'log', name: 'api-0' }, 'read log of pod shop/api-0'],
    [
      'a subresource',
      { policyVerb: 'patch', apiGroup: 'apps', resource: 'deployments', subresource: 'scale', name: 'web' },
      'patch deployment.apps/scale shop/web',
    ],
    ['an exec', { policyVerb: 'create', subresource: 'exec', name: 'api-0' }, 'exec into pod shop/api-0'],
    [
      'a reveal',
      { resource: 'secrets', policyVerb: 'reveal', name: 'stripe', revealKey: 'api-key' },
      'reveal api-key of secret shop/stripe',
    ],
    ['a cluster-scoped object', { resource: 'nodes', namespace: '', name: 'n1', policyVerb: 'get' }, 'get node n1'],
    [
      'what is made',
      { resource: 'secrets', policyVerb: 'create', name: '', newName: 'stripe' },
      'create secret shop/stripe',
    ],
    [
      'what is made for the whole cluster',
      {
        resource: 'clusterroles',
        apiGroup: 'rbac.authorization.k8s.io',
        policyVerb: 'create',
        namespace: '',
        newName: 'x*',
      },
      'create clusterrole.rbac.authorization.k8s.io x*',
    ],
    ['a namespace itself', { resource: 'namespaces', name: 'shop', policyVerb: 'get' }, 'get namespace shop'],
    ['a path without a resource', { resource: '', policyVerb: 'get', target: '/version?timeout=5s' }, 'get /version'],
  ])('%s', (_name, request, line) => {
    expect(requestLine(asked(request))).toBe(line);
  });
});

test('a resource is written as RBAC writes it', () => {
  expect(resourceName(asked({ apiGroup: 'apps', resource: 'deployments', subresource: 'scale' }))).toBe(
    'deployments.apps/scale',
  );
});
