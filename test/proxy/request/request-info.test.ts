import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../proxy/refusal.ts';
import { readRequestInfo } from '../../../proxy/request/request-info.ts';

/** verb, group/version, namespace, resource/subresource, name: what kube-apiserver 1.36.3 writes into its audit log. */
type Row = readonly [request: string, verb: string, version: string, namespace: string, resource: string, name: string];

const FOO = '/api/v1/namespaces/foo';

const ROWS: readonly Row[] = [
  ['GET /api/v1/namespaces', 'list', 'v1', '', 'namespaces', ''],
  [`GET ${FOO}`, 'get', 'v1', 'foo', 'namespaces', 'foo'],
  [`GET ${FOO}/status`, 'get', 'v1', 'foo', 'namespaces/status', 'foo'],
  [`PUT ${FOO}/finalize`, 'update', 'v1', 'foo', 'namespaces/finalize', 'foo'],
  ['DELETE /api/v1/namespaces', 'deletecollection', 'v1', '', 'namespaces', ''],
  [`GET ${FOO}/pods`, 'list', 'v1', 'foo', 'pods', ''],
  ['GET /api/v1/pods', 'list', 'v1', '', 'pods', ''],
  ['HEAD /api/v1/pods', 'list', 'v1', '', 'pods', ''],
  [`HEAD ${FOO}/pods/p`, 'get', 'v1', 'foo', 'pods', 'p'],
  [`POST ${FOO}/pods`, 'create', 'v1', 'foo', 'pods', ''],
  [`PUT ${FOO}/pods/p`, 'update', 'v1', 'foo', 'pods', 'p'],
  [`PATCH ${FOO}/pods/p`, 'patch', 'v1', 'foo', 'pods', 'p'],
  [`DELETE ${FOO}/pods/p`, 'delete', 'v1', 'foo', 'pods', 'p'],
  [`PATCH ${FOO}/pods/p/status`, 'patch', 'v1', 'foo', 'pods/status', 'p'],
  [`PATCH ${FOO}/pods/p/ephemeralcontainers`, 'patch', 'v1', 'foo', 'pods/ephemeralcontainers', 'p'],
  [`POST ${FOO}/pods/p/binding`, 'create', 'v1', 'foo', 'pods/binding', 'p'],
  [`POST ${FOO}/pods/p/eviction`, 'create', 'v1', 'foo', 'pods/eviction', 'p'],
  [`DELETE ${FOO}/pods?labelSelector=a%3Db`, 'deletecollection', 'v1', 'foo', 'pods', ''],
  [`POST ${FOO}/pods/p/exec?command=sh`, 'create', 'v1', 'foo', 'pods/exec', 'p'],
  [`GET ${FOO}/pods/p/exec?command=sh`, 'get', 'v1', 'foo', 'pods/exec', 'p'],
  [`GET ${FOO}/pods/p/attach`, 'get', 'v1', 'foo', 'pods/attach', 'p'],
  [`POST ${FOO}/pods/p/portforward`, 'create', 'v1', 'foo', 'pods/portforward', 'p'],
  [`GET ${FOO}/pods/p/log?follow=true`, 'get', 'v1', 'foo', 'pods/log', 'p'],
  [`GET ${FOO}/pods/p/proxy/a/b`, 'get', 'v1', 'foo', 'pods/proxy', 'p'],
  [`GET ${FOO}/services/https:web:443/proxy/x`, 'get', 'v1', 'foo', 'services/proxy', 'https:web:443'],
  ['GET /api/v1/nodes/n1/proxy/pods', 'get', 'v1', '', 'nodes/proxy', 'n1'],
  ['POST /api/v1/nodes/n1:10250/proxy/run/ns/p/c', 'create', 'v1', '', 'nodes/proxy', 'n1:10250'],
  ['GET /api/v1/proxy/namespaces/foo/pods/p/x', 'proxy', 'v1', 'foo', 'pods', 'p'],
  ['GET /api/v1/watch/pods', 'watch', 'v1', '', 'pods', ''],
  ['GET /api/v1/watch/namespaces/foo/secrets', 'watch', 'v1', 'foo', 'secrets', ''],
  ['GET /api/v1/watch/namespaces/foo/secrets/s', 'watch', 'v1', 'foo', 'secrets', 's'],
  ['POST /api/v1/watch/namespaces/foo/secrets', 'watch', 'v1', 'foo', 'secrets', ''],
  ['GET /api/v1/watch/namespaces', 'watch', 'v1', '', 'namespaces', ''],
  ['GET /api/v1/watch/namespaces/foo', 'watch', 'v1', 'foo', 'namespaces', 'foo'],
  ['GET /api/v1/watch/namespaces/foo/secrets?watch=false', 'watch', 'v1', 'foo', 'secrets', ''],
  ['GET /api/v1/watch/namespaces/foo/secrets?fieldSelector=metadata.name=s1', 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=true`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=no`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=1`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=TRUE`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=f`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=%20false`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?%77atch=1`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=0`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=False`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=false&watch=true`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?Watch=true`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?watch=1;`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets/s?watch=true`, 'get', 'v1', 'foo', 'secrets', 's'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name%3Ds1`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name==s1`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?watch=1&fieldSelector=metadata.name=s1`, 'watch', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1,type=Opaque`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1,metadata.name=s2`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s2,metadata.name=s1`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [
    `GET ${FOO}/secrets?fieldSelector=metadata.name=s1&fieldSelector=metadata.name=s2`,
    'list',
    'v1',
    'foo',
    'secrets',
    's1',
  ],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name!=s1`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=a/b`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1,broken`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1,type=a%5Cb`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1,type=a%5C,b`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets/s1?fieldSelector=metadata.name=s2`, 'get', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?watch=1&limit=abc`, 'watch', 'v1', 'foo', 'secrets', ''],
  [`POST ${FOO}/secrets/s1`, 'create', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets/s1/foo/bar`, 'get', 'v1', 'foo', 'secrets/foo', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&limit=abc`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&limit=`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&limit=9223372036854775808`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&limit=9223372036854775807`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&timeoutSeconds=x`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&allowWatchBookmarks=x`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [
    `GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a%20in%20(b,,c),!d`,
    'list',
    'v1',
    'foo',
    'secrets',
    's1',
  ],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a%20in%20(b`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=-a`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a%3E5`, 'list', 'v1', 'foo', 'secrets', 's1'],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a%3Eb`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a%20b`, 'list', 'v1', 'foo', 'secrets', ''],
  [
    `GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=in%20in%20(in,notin),x.io/y!=`,
    'list',
    'v1',
    'foo',
    'secrets',
    's1',
  ],
  [`GET ${FOO}/secrets?fieldSelector=metadata.name=s1&labelSelector=a,`, 'list', 'v1', 'foo', 'secrets', ''],
  [`DELETE ${FOO}/secrets?fieldSelector=metadata.name=s1`, 'deletecollection', 'v1', 'foo', 'secrets', ''],
  [`OPTIONS ${FOO}/secrets`, '', 'v1', 'foo', 'secrets', ''],
  [`POST ${FOO}/serviceaccounts/sa/token`, 'create', 'v1', 'foo', 'serviceaccounts/token', 'sa'],
  ['GET /apis/apps/v1/deployments', 'list', 'apps/v1', '', 'deployments', ''],
  ['PUT /apis/apps/v1/namespaces/foo/deployments/d/scale', 'update', 'apps/v1', 'foo', 'deployments/scale', 'd'],
  [
    'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/c/approval',
    'update',
    'certificates.k8s.io/v1',
    '',
    'certificatesigningrequests/approval',
    'c',
  ],
  ['GET /apis/metrics.k8s.io/v1beta1/namespaces/foo/pods', 'list', 'metrics.k8s.io/v1beta1', 'foo', 'pods', ''],
  // Slashes at both ends are trimmed; what the hygiene gate refuses is parsed the server's way all the same.
  [`GET ${FOO}/secrets/`, 'list', 'v1', 'foo', 'secrets', ''],
  [`GET ${FOO}/secrets//`, 'list', 'v1', 'foo', 'secrets', ''],
  ['GET /api/v1/namespaces//secrets', 'list', 'v1', '', 'secrets', ''],
  ['GET //api/v1/namespaces/foo/secrets', 'list', 'v1', 'foo', 'secrets', ''],
];

const NON_RESOURCE: ReadonlyArray<readonly [request: string, verb: string]> = [
  ['GET /api', 'get'],
  ['GET /apis', 'get'],
  ['GET /api/v1', 'get'],
  ['GET /apis/apps', 'get'],
  ['GET /apis/apps/v1', 'get'],
  ['GET /openapi/v2', 'get'],
  ['GET /openapi/v3/apis/apps/v1', 'get'],
  ['GET /healthz', 'get'],
  ['GET /metrics', 'get'],
  ['GET /version', 'get'],
  ['GET /logs/', 'get'],
  ['GET /', 'get'],
  ['GET /API/v1/namespaces', 'get'],
  ['HEAD /version', 'head'],
  ['OPTIONS /api/v1', 'options'],
];

function read(request: string) {
  const [method = '', target = ''] = request.split(' ', 2);
  const [path = '', query = ''] = target.split(/\?(.*)/s, 2);
  return readRequestInfo(method, path, query);
}

describe('case 30: RequestInfo reads a request as kube-apiserver does', () => {
  it.each(ROWS)('%s', (request, verb, version, namespace, resource, name) => {
    const info = read(request);
    expect({
      isResourceRequest: info.isResourceRequest,
      verb: info.verb,
      version: info.apiGroup === '' ? info.apiVersion : `${info.apiGroup}/${info.apiVersion}`,
      namespace: info.namespace,
      resource: info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`,
      name: info.name,
    }).toEqual({ isResourceRequest: true, verb, version, namespace, resource, name });
  });

  it.each(NON_RESOURCE)('%s is not about a resource', (request, verb) => {
    const info = read(request);
    expect([info.isResourceRequest, info.verb, info.resource, info.namespace]).toEqual([false, verb, '', '']);
  });

  it.each(['GET /api/v1/watch', 'GET /api/v1/proxy', 'GET /apis/apps/v1/watch'])('%s cannot be resolved', (request) => {
    expect(() => read(request)).toThrow(Refusal);
  });

  it('keeps the first raw selectors of list, watch and deletecollection for authorization', () => {
    const query = 'fieldSelector=a%3Db&fieldSelector=c&labelSelector=x';
    expect(readRequestInfo('GET', `${FOO}/pods`, query)).toMatchObject({ fieldSelector: 'a=b', labelSelector: 'x' });
    expect(readRequestInfo('DELETE', `${FOO}/pods`, query)).toMatchObject({ fieldSelector: 'a=b', labelSelector: 'x' });
    expect(readRequestInfo('GET', `${FOO}/pods/p`, query)).toMatchObject({ fieldSelector: '', labelSelector: '' });
    expect(readRequestInfo('GET', '/api/v1/watch/pods', query)).toMatchObject({ fieldSelector: '', labelSelector: '' });
  });
});
