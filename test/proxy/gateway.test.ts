import { describe, expect, it } from 'vitest';
import { routeOf } from '../../proxy/gateway.ts';

describe('the gateway’s own part of a target', () => {
  it.each([
    ['/c/prod/api/v1/pods?watch=1', { kind: 'cluster', slug: 'prod', target: '/api/v1/pods?watch=1' }],
    ['/c/prod', { kind: 'cluster', slug: 'prod', target: '/' }],
    ['/c/prod/', { kind: 'cluster', slug: 'prod', target: '/' }],
    ['/c/prod?x', { kind: 'cluster', slug: 'prod', target: '/?x' }],
    ['/c/prod//api', { kind: 'cluster', slug: 'prod', target: '//api' }],
    ['/c/prod/../other/api', { kind: 'cluster', slug: 'prod', target: '/../other/api' }],
    ['/_gatehouse/v1/reveal', { kind: 'reveal' }],
  ])('%s', (target, route) => {
    expect(routeOf(target, null)).toEqual(route);
    expect(routeOf(target, 'staging')).toEqual(route);
  });

  it.each([
    '/',
    '/api/v1/pods',
    '/c/',
    '/c/Prod/api',
    '/c/prod%2Fapi',
    '/c%2Fprod/api',
    '//c/prod/api',
    '/c//prod/api',
    '/c/prod.example/api',
    'https://evil/c/prod/api',
    '*',
    '/_gatehouse/v1/reveal/',
    '/_gatehouse/v1/reveal?x',
    `/c/${'a'.repeat(64)}/api`,
  ])('%s leads nowhere', (target) => {
    expect(routeOf(target, null)).toEqual({ kind: 'nowhere' });
  });

  it.each(['/', '/api/v1/pods?watch=1', '/version', '/apis', '/cluster', '/c.d/api', '/../c/prod/api', '//c/prod/api'])(
    'case 15: %s leads to the one cluster that a certificate is for, byte for byte',
    (target) => {
      expect(routeOf(target, 'staging')).toEqual({ kind: 'cluster', slug: 'staging', target });
    },
  );

  it.each([
    '/c/',
    '/c',
    '/c?x',
    '/c/Prod/api',
    '/C/prod/api',
    '/c%2Fprod/api',
    '/c//prod/api',
    '/c;/prod',
    '/_gatehouse',
    '/_gatehouse/v1/reveal/',
    '/_gatehouse/v2',
    '/_GATEHOUSE/v1/reveal',
    '/_gatehouse%2fv1/reveal',
    'https://evil/c/prod/api',
    '*',
  ])('case 15: %s is reserved, whatever a certificate is for', (target) => {
    expect(routeOf(target, 'staging')).toEqual({ kind: 'nowhere' });
  });
});
