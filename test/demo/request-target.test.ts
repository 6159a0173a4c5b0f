import { describe, expect, it } from 'vitest';
import { readTarget, TargetError } from '../../demo/api/request-target.ts';

/** method, target, then verb, namespace, resource/subresource, name; as the real server's audit log has them. */
const vectors: ReadonlyArray<readonly [string, string, string, string, string, string]> = [
  ['GET', '/api/v1/namespaces', 'list', '', 'namespaces', ''],
  ['GET', '/api/v1/namespaces/foo', 'get', 'foo', 'namespaces', 'foo'],
  ['GET', '/api/v1/namespaces/foo/status', 'get', 'foo', 'namespaces/status', 'foo'],
  ['PUT', '/api/v1/namespaces/foo/finalize', 'update', 'foo', 'namespaces/finalize', 'foo'],
  ['GET', '/api/v1/namespaces/foo/pods', 'list', 'foo', 'pods', ''],
  ['PATCH', '/api/v1/namespaces/foo/pods/p/status', 'patch', 'foo', 'pods/status', 'p'],
  ['DELETE', '/api/v1/namespaces/foo/pods?labelSelector=a%3Db', 'deletecollection', 'foo', 'pods', ''],
  ['GET', '/api/v1/namespaces/foo/pods/p/exec?command=sh', 'get', 'foo', 'pods/exec', 'p'],
  ['GET', '/api/v1/watch/namespaces/foo/secrets/s', 'watch', 'foo', 'secrets', 's'],
  ['GET', '/api/v1/namespaces/foo%2Fsecrets', 'list', 'foo', 'secrets', ''],
  ['GET', '/api/v1/namespaces/foo/secrets?watch', 'watch', 'foo', 'secrets', ''],
  ['GET', '/api/v1/namespaces/foo/secrets?watch=False', 'list', 'foo', 'secrets', ''],
  ['GET', '/api/v1/namespaces/foo/secrets?fieldSelector=metadata.name%3Ds1', 'list', 'foo', 'secrets', 's1'],
  ['GET', '/apis/apps/v1/deployments', 'list', '', 'deployments', ''],
];

describe('a target', () => {
  it.each(vectors)('%s %s is %s', (method, target, verb, namespace, resource, name) => {
    const [path = '', query = ''] = target.split('?');
    const info = readTarget(method, path, new URLSearchParams(query));
    const subresource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource;
    expect([info.verb, info.namespace, subresource, info.name]).toEqual([verb, namespace, resource, name]);
  });

  it('without a resource is a path', () => {
    expect(readTarget('GET', '/apis/apps/v1', new URLSearchParams()).isResourceRequest).toBe(false);
  });

  it('that stops after watch is refused', () => {
    expect(() => readTarget('GET', '/api/v1/watch', new URLSearchParams())).toThrow(TargetError);
  });
});
