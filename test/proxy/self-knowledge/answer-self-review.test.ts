import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { answerSelfReview } from '../../../proxy/self-knowledge/answer-self-review.ts';
import { selfReviewOf } from '../../../proxy/self-knowledge/self-review.ts';
import { canAsk, judgeOf } from './judges.ts';

const RULES = '  - {id: reads, effect: allow, match: {verbs: [get], resources: ["*"], namespaces: [shop]}}\n';
const GROUP = '/apis/authorization.k8s.io/v1';

function request(resource: string, contentType: string) {
  const rawHeaders = ['Host', 'gatehouse', 'Content-Type', contentType];
  return readRequest({ method: 'POST', target: `${GROUP}/${resource}`, rawHeaders });
}

function upstream(status: number, body: string) {
  const headers = [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
    ['Audit-Id', 'a'],
  ] as const;
  return { status, headers, body: Readable.from([Buffer.from(body)]) };
}

const rulesReview = JSON.stringify({
  kind: 'SelfSubjectRulesReview',
  spec: {},
  status: { resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }], incomplete: false },
});

describe('the answer to a review of oneself', () => {
  it.each([
    ['POST', `${GROUP}/selfsubjectaccessreviews`, 'access'],
    ['POST', '/apis/authorization.k8s.io/v1beta1/selfsubjectrulesreviews', 'rules'],
    ['POST', `${GROUP}/subjectaccessreviews`, null],
    ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', null],
    ['POST', `${GROUP}/selfsubjectaccessreviews/x/status`, null],
    ['GET', `${GROUP}/selfsubjectaccessreviews`, null],
  ])('is rewritten for reviews of oneself only: %s %s', (method, target, kind) => {
    expect(selfReviewOf(readRequest({ method, target, rawHeaders: ['Host', 'g'] }))).toBe(kind);
  });

  // The namespace of a rules review stands in the request only, in whatever form that came.
  it.each([
    ['application/json', Buffer.from('{"spec":{"namespace":"shop"}}')],
    ['application/yaml', Buffer.from('spec:\n  namespace: shop\n')],
    [
      'application/vnd.kubernetes.protobuf',
      Buffer.concat([
        Buffer.from('k8s\0'),
        field(1, Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, 'SelfSubjectRulesReview')])),
        field(2, field(2, field(1, 'shop'))),
      ]),
    ],
  ])('reads the namespace from a body of %s', async (contentType, body) => {
    const question = { kind: 'rules', request: request('selfsubjectrulesreviews', contentType), body } as const;
    const { response } = await answerSelfReview(upstream(201, rulesReview), {
      ...question,
      judge: judgeOf(RULES),
      canAsk,
    });
    const answered = await text(response.body);
    expect(JSON.parse(answered).status.resourceRules).toHaveLength(1);
    expect(response.headers).toContainEqual(['Content-Length', String(answered.length)]);
    expect(response.headers).toContainEqual(['Audit-Id', 'a']);
    expect(response.headers.filter(([name]) => name === 'Content-Length')).toHaveLength(1);
  });

  it('is the cluster’s own where that is an error', async () => {
    const body = '{"kind":"Status","code":422}';
    const question = {
      kind: 'access',
      request: request('selfsubjectaccessreviews', 'application/json'),
      body: null,
    } as const;
    const { response } = await answerSelfReview(upstream(422, body), { ...question, judge: judgeOf(RULES), canAsk });
    expect([response.status, await text(response.body)]).toEqual([422, body]);
  });

  it.each(['not JSON', '[]', '{"status":{"allowed":true}}'])(
    'is withheld where it cannot be read, because half of it would be untrue: %s',
    async (body) => {
      const question = {
        kind: 'access',
        request: request('selfsubjectaccessreviews', 'application/json'),
        body: null,
      } as const;
      await expect(
        answerSelfReview(upstream(201, body), { ...question, judge: judgeOf(RULES), canAsk }),
      ).rejects.toMatchObject({ code: 'upstream-response-invalid' });
    },
  );
});

/** A length-delimited protobuf field. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
