import { describe, expect, it } from 'vitest';
import { MERGE, POD_PATH, PODS_PATH } from './objects.ts';
import type { ClientRequest } from './outer-edges.ts';
import { ASK_ALL, pipeline } from './pipeline.ts';

const create = (name: string): ClientRequest => ({
  method: 'POST',
  target: PODS_PATH,
  body: { apiVersion: 'v1', kind: 'Pod', metadata: { name } },
});

describe('an approval', () => {
  it('is good once', async () => {
    const gate = pipeline({ rules: ASK_ALL, person: { says: 'approve' } });
    await gate.serve(create('one'));
    await gate.serve(create('one'));
    expect(gate.asked()).toHaveLength(2);
    expect(new Set(gate.asked().map(({ intent }) => intent.digest)).size).toBe(1);
    expect(
      gate
        .decided()
        .map(({ approval }) => approval?.id)
        .toSorted(),
    ).toEqual(
      gate
        .asked()
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it('is for exactly the body that was shown', async () => {
    const gate = pipeline({ rules: ASK_ALL, person: { says: 'approve' } });
    await gate.serve(create('one'));
    await gate.serve(create('two'));
    expect(new Set(gate.asked().map(({ intent }) => intent.digest)).size).toBe(2);
    expect(gate.asked().map(({ intent }) => /"(one|two)"/.exec(intent.bodyPreview ?? '')?.[1])).toEqual(['two', 'one']);
  });

  it('is for the object that was there, and not for the next one of its name', async () => {
    let uid = 'first';
    const cluster = () => ({ body: { metadata: { name: 'web-0', uid, resourceVersion: '7' } } });
    const gate = pipeline({ rules: ASK_ALL, person: { says: 'approve' }, cluster });
    await gate.serve({ method: 'DELETE', target: POD_PATH });
    uid = 'second';
    await gate.serve({ method: 'DELETE', target: POD_PATH });
    expect(new Set(gate.asked().map(({ intent }) => intent.digest)).size).toBe(2);
  });

  it('that came after the client had left is used by the same request, made again', async () => {
    const gate = pipeline({ rules: ASK_ALL, meanwhile: () => setImmediate(() => client.leave()) });
    const client = gate.begin(create('one'));
    await client.served;
    await gate.approve();
    const got = await gate.serve(create('one'));
    expect(got.status).toBe(200);
    expect(gate.asked()).toHaveLength(1);
    expect(gate.decided().map(({ approval }) => approval?.state)).toEqual(['PENDING', 'APPROVED']);
    expect(gate.sent.map(({ method }) => method)).toEqual(['POST']);
  });

  it('says to the person what is asked, of whom and by which rules', async () => {
    const gate = pipeline({ rules: ASK_ALL, person: { says: 'approve' } });
    await gate.serve({ method: 'PATCH', target: `${POD_PATH}?token=abc`, headers: [MERGE], body: { spec: {} } });
    expect(gate.asked()).toMatchObject([
      {
        intent: {
          principal: { user: 'local:ada' },
          cluster: 'test',
          rules: ['p/asked'],
          bodyBytes: 11,
          reason: null,
          request: { policyVerb: 'patch', resource: 'pods', name: 'web-0', target: `${POD_PATH}?token=redacted` },
        },
      },
    ]);
  });
});
