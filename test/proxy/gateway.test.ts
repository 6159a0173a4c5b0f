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
    expect(routeOf(target)).toEqual(route);
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
    expect(routeOf(target)).toEqual({ kind: 'nowhere' });
  });
});
