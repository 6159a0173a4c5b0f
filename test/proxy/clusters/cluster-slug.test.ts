import { expect, it } from 'vitest';
import { clusterSlug } from '../../../proxy/clusters/cluster-slug.ts';

it.each([
  ['prod', 'prod'],
  ['kind-kind', 'kind-kind'],
  ['a'.repeat(63), 'a'.repeat(63)],
  ['Prod', /^prod-[0-9a-f]{8}$/],
  ['prod@eu', /^prod-eu-[0-9a-f]{8}$/],
  ['arn:aws:eks:eu-west-1:123:cluster/shop', /^arn-aws-eks-eu-west-1-123-cluster-shop-[0-9a-f]{8}$/],
  ['a'.repeat(200), /^a{54}-[0-9a-f]{8}$/],
  ['本番', /^cluster-[0-9a-f]{8}$/],
  ['', /^cluster-[0-9a-f]{8}$/],
  ['-prod-', /^prod-[0-9a-f]{8}$/],
  ['../../etc', /^etc-[0-9a-f]{8}$/],
])('context "%s" is served under a path that needs no escaping', (context, expected) => {
  expect(clusterSlug(context)).toMatch(typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected);
  expect(clusterSlug(context)).toMatch(/^[a-z0-9-]{1,63}$/);
  expect(clusterSlug(context)).toBe(clusterSlug(context));
});

it('never gives two contexts the same slug, not even one that imitates a hash', () => {
  const contexts = ['prod@eu', 'prod/eu', 'prod-eu', 'Prod-eu', clusterSlug('prod@eu')];
  expect(new Set(contexts.map(clusterSlug)).size).toBe(contexts.length);
});
