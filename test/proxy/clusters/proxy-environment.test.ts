import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from '../../../proxy/clusters/proxy-environment.ts';

const PROXY = 'http://proxy:3128';

function proxied(host: string, noProxy: string, port = 6443): boolean {
  return proxyFromEnvironment({ HTTPS_PROXY: PROXY, NO_PROXY: noProxy }, host, port) !== null;
}

describe('the proxy of the environment', () => {
  it.each([
    [{}, null],
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ https_proxy: PROXY }, PROXY],
    [{ HTTPS_PROXY: PROXY, https_proxy: 'http://other' }, PROXY],
    [{ HTTPS_PROXY: 'proxy:3128' }, PROXY],
    [{ HTTP_PROXY: PROXY, ALL_PROXY: PROXY }, null],
    [{ HTTPS_PROXY: PROXY, no_proxy: '*' }, null],
  ])('%o is %s', (environment, expected) => {
    expect(proxyFromEnvironment(environment, 'k8s.example', 443)).toBe(expected);
  });

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.1', '::1'])('is never for %s', (host) => {
    expect(proxied(host, '')).toBe(false);
  });

  // As golang.org/x/net/http/httpproxy reads them.
  it.each([
    ['foo.com', 'foo.com', false],
    ['foo.com', 'bar.foo.com', false],
    ['foo.com', 'xfoo.com', true],
    ['.foo.com', 'bar.foo.com', false],
    ['.foo.com', 'foo.com', true],
    ['*.foo.com', 'bar.foo.com', false],
    ['*.foo.com', 'foo.com', true],
    [' Foo.COM , bar', 'FOO.com', false],
    ['foo.com:6443', 'foo.com', false],
    ['foo.com:443', 'foo.com', true],
    ['10.0.0.1', '10.0.0.1', false],
    ['10.0.0.1', '10.0.0.10', true],
    ['10.0.0.1:443', '10.0.0.1', true],
    ['10.0.0.0/8', '10.200.0.1', false],
    ['10.0.0.0/8', '11.0.0.1', true],
    ['10.0.0.0/33', '10.0.0.1', true],
    ['10.0.0.0/8', 'foo.com', true],
    ['fd00::/8', 'fd00::1', false],
    ['[fd00::1]:6443', 'fd00::1', false],
    ['fd00:0::1', 'fd00::1', false],
    ['0.1', '10.0.0.1', true],
    [',,', 'foo.com', true],
    [':6443', 'foo.com', true],
  ])('NO_PROXY=%s for %s: proxied is %s', (noProxy, host, expected) => {
    expect(proxied(host, noProxy)).toBe(expected);
  });
});
