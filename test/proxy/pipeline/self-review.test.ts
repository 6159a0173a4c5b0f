import { describe, expect, it } from 'vitest';
import type { Answering } from './outer-edges.ts';
import { ALLOW_ALL, pipeline } from './pipeline.ts';

describe('a question about oneself', () => {
  const target = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const resourceAttributes = { verb: 'delete', resource: 'pods', namespace: 'shop' };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const NO_DELETE = '  - {id: no-delete, effect: deny, match: {verbs: [delete], resources: [pods]}}\n';
  const asked = { method: 'POST', target, body: review, headers: ['Accept-Encoding: gzip'] };
  const cluster: Answering = () => ({ status: 201, body: { ...review, status: { allowed: true } } });

  it('is answered with what policy says too', async () => {
    const denied = await pipeline({ rules: ALLOW_ALL + NO_DELETE, cluster }).serve(asked);
    expect(denied.json().status).toMatchObject({ allowed: false });
    const allowed = await pipeline({ cluster }).serve(asked);
    expect(allowed.json().status).toMatchObject({ allowed: true });
  });

  it('is put to the cluster so that its answer can be read', async () => {
    const gate = pipeline({ cluster });
    await gate.serve({ ...asked, headers: [...asked.headers, 'Accept: application/vnd.kubernetes.protobuf'] });
    expect([gate.sent[0]?.header('Accept'), gate.sent[0]?.header('Accept-Encoding')]).toEqual([
      'application/json',
      'identity',
    ]);
  });
});
