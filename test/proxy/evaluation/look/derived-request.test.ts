import { describe, expect, it } from 'vitest';
import { createQuestion, mayCreate } from '../../../../proxy/evaluation/creates.ts';
import {
  dryRunRequest,
  liveObjectRequest,
  reviewRequest,
  withContentType,
} from '../../../../proxy/evaluation/look/derived-request.ts';
import { APPLY, MERGE, read } from '../requests.ts';

describe('requests that the gateway makes in the course of a client’s', () => {
  it.each([
    ['PATCH /api/v1/namespaces/n/pods/p', '/api/v1/namespaces/n/pods/p?dryRun=All'],
    [
      'PATCH /api/v1/namespaces/n/pods/p?fieldManager=a&force=true',
      '/api/v1/namespaces/n/pods/p?fieldManager=a&force=true&dryRun=All',
    ],
    ['POST /api/v1/namespaces/n/pods?dryRun=no&dry%52un=x&DryRun=y', '/api/v1/namespaces/n/pods?DryRun=y&dryRun=All'],
  ])('the rehearsal of %s', (line, target) => {
    const rehearsal = dryRunRequest(read(line));
    expect(rehearsal.target).toBe(target);
    expect(rehearsal.query.filter(([name]) => name === 'dryRun')).toEqual([['dryRun', 'All']]);
  });

  it('the rehearsal runs as whom the request runs, with the headers that the server looks at', () => {
    const request = read('POST /api/v1/pods', 'Impersonate-User: eve', 'User-Agent: kubectl/v1.36.3', MERGE);
    expect(dryRunRequest(request)).toMatchObject({ impersonation: { user: 'eve' }, headers: request.headers });
  });

  it.each([
    ['PATCH /api/v1/namespaces/n/pods/p/ephemeralcontainers', '/api/v1/namespaces/n/pods/p'],
    ['POST /api/v1/namespaces/n/pods/p/exec?command=id', '/api/v1/namespaces/n/pods/p'],
    ['DELETE /api/v1/namespaces/n', '/api/v1/namespaces/n'],
    [
      'PUT /apis/rbac.authorization.k8s.io/v1/clusterroles/system:x',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Ax',
    ],
  ])('the read of the object of %s', (line, target) => {
    const live = liveObjectRequest(read(line, 'Impersonate-User: eve', 'Content-Type: application/json'));
    expect(live).toMatchObject({
      method: 'GET',
      target,
      impersonation: { user: 'eve' },
      contentType: '',
      upgrade: null,
    });
  });

  it('a review of rights is asked as the gateway itself', () => {
    const review = reviewRequest(read('GET /api/v1/pods', 'Impersonate-User: eve'), '/apis/authorization.k8s.io/v1/x');
    expect(review).toMatchObject({ method: 'POST', impersonation: null, contentType: 'application/json' });
  });

  it('a body written anew says so once', () => {
    const request = withContentType(
      read('PUT /api/v1/namespaces/n/pods/p', 'content-type: application/yaml'),
      'application/json',
    );
    expect(request.headers.all('Content-Type')).toEqual(['application/json']);
  });
});

describe('case 45: writes that create', () => {
  it.each([
    ['PATCH /api/v1/namespaces/n/configmaps/c', APPLY, true],
    ['PATCH /api/v1/namespaces/n/configmaps/c', MERGE, false],
    ['PATCH /api/v1/namespaces/n/pods/p/status', APPLY, false],
    ['PUT /api/v1/namespaces/n/services/s', '', true],
    ['PUT /api/v1/namespaces/n/endpoints/s', '', true],
    ['PUT /api/v1/namespaces/n/limitranges/s', '', true],
    ['PUT /api/v1/namespaces/n/events/s', '', true],
    ['PUT /apis/coordination.k8s.io/v1/namespaces/n/leases/l', '', true],
    ['PUT /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles/r', '', true],
    ['PUT /apis/rbac.authorization.k8s.io/v1/clusterroles/r', '', true],
    ['PUT /apis/rbac.authorization.k8s.io/v1/namespaces/n/rolebindings/r', '', true],
    ['PUT /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/r', '', false],
    ['PUT /api/v1/namespaces/n/configmaps/c', '', false],
    ['PUT /api/v1/namespaces/n/services/s/status', '', false],
    ['POST /api/v1/namespaces/n/services', '', false],
  ])('%s %s: %s', (line, header, expected) => {
    expect(mayCreate(read(line, ...(header === '' ? [] : [header])))).toBe(expected);
  });

  it('are asked about as a create of the same object', () => {
    const question = { verb: 'patch', name: 'c', namespace: 'n' } as Parameters<typeof createQuestion>[0];
    expect(createQuestion(question)).toEqual({ verb: 'create', name: 'c', namespace: 'n' });
  });
});
