import { describe, expect, it } from 'vitest';
import { tokensIn } from '../../../../proxy/evaluation/look/token-secrets.ts';
import { Probe } from '../../../../proxy/forward/probe.ts';
import type { UpstreamRequest } from '../../../../proxy/forward/upstream.ts';
import { read } from '../requests.ts';
import { type Answering, cluster, upstreamOf } from '../upstreams.ts';

const SECRETS = '/api/v1/namespaces/shop/secrets';
const LIST = `GET ${SECRETS}?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token&limit=1000`;
const TYPE = 'kubernetes.io/service-account-token';
const metadata = (name: string, account: string) => ({
  metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
});

/** Whose tokens two Secrets hold, and what the API server was asked. */
async function tokens(answering: Answering, ...headers: string[]) {
  const asked: UpstreamRequest[] = [];
  const probe = new Probe(upstreamOf(answering, asked), cluster, new AbortController().signal);
  const request = read('POST /api/v1/namespaces/shop/pods', ...headers);
  const found = await tokensIn('shop', ['a', 'b'], probe, request);
  return {
    found: Object.fromEntries(found),
    asked: asked.map(({ method, target }) => `${method} ${target}`),
    all: asked,
  };
}

const isList = ({ target }: UpstreamRequest): boolean => target.includes('?');

describe('case 53: whose token a Secret holds', () => {
  it('is asked once for all of them, without values', async () => {
    const { found, asked, all } = await tokens(() => [200, { items: [metadata('a', 'ci'), metadata('c', 'other')] }]);
    expect(found).toEqual({ a: { account: 'ci' }, b: 'none' });
    expect(asked).toEqual([LIST]);
    expect(all[0]?.headers.find(([name]) => name === 'Accept')?.[1]).toMatch(/as=PartialObjectMetadataList/);
  });

  it('is asked one by one of who may not list them', async () => {
    const { found, asked } = await tokens((request) => {
      if (isList(request)) return [403, {}];
      return request.target.endsWith('/a') ? [200, { type: TYPE, ...metadata('a', 'ci') }] : [404, {}];
    });
    expect(found).toEqual({ a: { account: 'ci' }, b: 'none' });
    expect(asked).toEqual([LIST, `GET ${SECRETS}/a`, `GET ${SECRETS}/b`]);
  });

  it('is none in a Secret of another type, whatever its annotations say', async () => {
    const { found } = await tokens((request) =>
      isList(request) ? [403, {}] : [200, { type: 'Opaque', ...metadata('a', 'ci') }],
    );
    expect(found).toEqual({ a: 'none', b: 'none' });
  });

  it('is asked one by one where they are more than one answer holds', async () => {
    const { found } = await tokens((request) =>
      isList(request)
        ? [200, { metadata: { continue: 'x' }, items: [] }]
        : [200, { type: TYPE, ...metadata('a', 'ci') }],
    );
    expect(found).toEqual({ a: { account: 'ci' }, b: { account: 'ci' } });
  });

  it('is asked as the gateway itself where whom it acts as may not', async () => {
    const isActing = ({ headers }: UpstreamRequest): boolean => headers.some(([name]) => name === 'Impersonate-User');
    const { found, asked } = await tokens(
      (request) => (isActing(request) ? [403, {}] : [200, { items: [metadata('a', 'ci')] }]),
      'Impersonate-User: eve',
    );
    expect(found).toEqual({ a: { account: 'ci' }, b: 'none' });
    expect(asked).toEqual([LIST, LIST]);
  });

  it.each<[number, string]>([
    [403, 'forbidden'],
    [500, 'no-answer'],
    [429, 'no-answer'],
  ])('is not known where everything gets %i: %s', async (status, expected) => {
    const { found } = await tokens(() => [status, {}]);
    expect(found).toEqual({ a: expected, b: expected });
  });
});
